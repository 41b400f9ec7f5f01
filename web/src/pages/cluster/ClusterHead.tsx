// The head of a cluster: name, its state as a sentence with reason and since when, and the acts.

import { useStale } from "../../api/live";
import { isReporting, look } from "../../api/state";
import type { ClusterDetail } from "../../api/type";
import { Missing } from "../../ui/Missing";
import { placeOf } from "../../ui/place";
import { StateGlyph } from "../../ui/StateGlyph";
import { Time } from "../../ui/Time";
import { ClusterActs } from "./ClusterActs";
import classes from "./ClusterHead.module.css";
import { flagWord } from "./flagWord";

/** Why it is so; of a silent cluster, how long it has been silent and what it was. */
function Because({ cluster }: { cluster: ClusterDetail }) {
  const { state, state_message, last_state, last_report_at } = cluster;
  if (isReporting(state) || !last_report_at) return state_message ? <>: {state_message}</> : null;
  return (
    <>
      : no report for <Time at={last_report_at} span />.
      {last_state && <> Last known health: {look(last_state).word}.</>}
    </>
  );
}

export function ClusterHead({ cluster }: { cluster: ClusterDetail }) {
  const { word, tone } = look(cluster.state);
  const stale = useStale();
  const { provider, region } = placeOf(cluster);
  return (
    <header className={classes.head}>
      <div className={classes.text}>
        <h1 className={classes.name}>{cluster.name}</h1>
        <p className={`${classes.sentence} ${classes[tone]}`}>
          <StateGlyph state={cluster.state} size={14} />
          <span>
            <strong>
              {stale && "Last known: "}
              {word}
            </strong>{" "}
            for <Time at={cluster.state_since} span />
            <Because cluster={cluster} />
          </span>
        </p>
        <dl className={classes.line}>
          <div>
            <dt>Place</dt>
            <dd>
              {provider} ▸ {region}
            </dd>
          </div>
          <div>
            <dt>Flag</dt>
            <dd>{flagWord(cluster.flag)}</dd>
          </div>
          <div>
            <dt>Template</dt>
            <dd>
              {cluster.template ? (
                `${cluster.template.pack} ${cluster.template.version}`
              ) : (
                <Missing why="nothing is installed" />
              )}
            </dd>
          </div>
          <div>
            <dt>Last report</dt>
            <dd>
              {cluster.last_report_at ? (
                <Time at={cluster.last_report_at} />
              ) : (
                <Missing why="it has not reported yet" />
              )}
            </dd>
          </div>
        </dl>
      </div>
      <ClusterActs cluster={cluster} />
    </header>
  );
}
