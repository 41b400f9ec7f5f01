// The left rail: the pages that exist, and what adds a cluster.
import { Tooltip } from "@mantine/core";
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { sessionQuery } from "../../api/query";
import { highest, may } from "../../api/role";
import { Mark } from "../Mark";
import { placesFor } from "./places";
import classes from "./Rail.module.css";

type Props = { folded: boolean; fold: () => void };

export function Rail({ folded, fold }: Props) {
  const role = highest(useQuery(sessionQuery).data?.account);
  const version = useQuery(sessionQuery).data?.hub.version;
  return (
    <nav className={classes.rail} aria-label="Pages">
      <Link to="/" className={classes.brand} aria-label="Flagstaff, to the fleet">
        <Mark />
        {!folded && <span>Flagstaff</span>}
      </Link>
      <ul className={classes.list}>
        {placesFor(role).map(({ to, word, icon: Icon }) => (
          <li key={to}>
            <Tooltip label={word} position="right" disabled={!folded}>
              <Link to={to} className={classes.entry} activeOptions={{ exact: to === "/", includeSearch: false }}>
                <Icon size={17} stroke={1.7} aria-hidden />
                <span className={folded ? "sr" : undefined}>{word}</span>
              </Link>
            </Tooltip>
          </li>
        ))}
      </ul>
      <div className={classes.foot}>
        {may(role, "operator") && (
          <Tooltip label="Add a cluster" position="right" disabled={!folded}>
            <Link to="/add" search={{ token: undefined }} className={classes.entry}>
              <IconPlus size={17} stroke={1.7} aria-hidden />
              <span className={folded ? "sr" : undefined}>Add a cluster</span>
            </Link>
          </Tooltip>
        )}
        <button type="button" className={classes.entry} onClick={fold} aria-expanded={!folded}>
          {folded ? (
            <IconLayoutSidebarLeftExpand size={17} stroke={1.7} />
          ) : (
            <IconLayoutSidebarLeftCollapse size={17} stroke={1.7} />
          )}
          <span className={folded ? "sr" : undefined}>{folded ? "Unfold" : "Fold"}</span>
        </button>
        {!folded && version && <p className={`label ${classes.version}`}>hub {version}</p>}
      </div>
    </nav>
  );
}
