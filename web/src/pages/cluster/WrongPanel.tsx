// What is wrong, or one calm line.
import { toneLook } from "../../api/state";
import type { ClusterDetail } from "../../api/type";
import { Copy } from "../../ui/Copy";
import { Glyph } from "../../ui/Glyph";
import { Panel } from "../../ui/Panel";
import { StateGlyph } from "../../ui/StateGlyph";
import { Time } from "../../ui/Time";
import classes from "./WrongPanel.module.css";
import { wrongWith } from "./wrong";

export function WrongPanel({ cluster }: { cluster: ClusterDetail }) {
  const found = wrongWith(cluster);
  const checks = [...new Set(found.map(({ check }) => check).filter((check) => check !== undefined))];
  if (found.length === 0) {
    if (cluster.state !== "healthy") return null;
    return (
      <p className={classes.calm}>
        <Glyph tone="ok" shape="dot" /> Nothing is wrong here.
      </p>
    );
  }
  return (
    <Panel title="What is wrong" aside={<span className="label num">{found.length}</span>}>
      <ul className={classes.list}>
        {found.map(({ key, tone, cause, evidence, since }) => (
          <li key={key} className={classes.line}>
            {key === "silent" ? (
              <StateGlyph state={cluster.state} size={14} />
            ) : (
              <Glyph {...toneLook(tone)} size={14} />
            )}
            <div>
              <p className={classes.cause}>{cause}</p>
              {evidence && <p className="quiet">{evidence}</p>}
            </div>
            {since && (
              <span className="quiet">
                <Time at={since} />
              </span>
            )}
          </li>
        ))}
      </ul>
      {checks.map((check) => (
        <div key={check} className={classes.check}>
          <p className="label">Look there, with a context for this cluster</p>
          <Copy text={check} label="the command" />
        </div>
      ))}
    </Panel>
  );
}
