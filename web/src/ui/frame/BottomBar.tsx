// On a phone: the pages within reach of the thumb.
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { sessionQuery } from "../../api/query";
import classes from "./BottomBar.module.css";
import { openCommands } from "./commandStore";
import { placesFor } from "./places";

export function BottomBar() {
  const role = useQuery(sessionQuery).data?.account.role;
  return (
    <nav className={classes.bar} aria-label="Pages, phone">
      {placesFor(role).map(({ to, word, icon: Icon }) => (
        <Link key={to} to={to} className={classes.entry} activeOptions={{ exact: to === "/", includeSearch: false }}>
          <Icon size={20} stroke={1.7} aria-hidden />
          {word}
        </Link>
      ))}
      <button type="button" className={classes.entry} onClick={() => openCommands()}>
        <IconSearch size={20} stroke={1.7} aria-hidden />
        Search
      </button>
    </nav>
  );
}
