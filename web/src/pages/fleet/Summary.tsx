// The head of the fleet: how many clusters, how they are, how many series, which versions.
import { useMemo } from "react";
import { countStates } from "../../api/state";
import type { Cluster } from "../../api/type";
import { Sparkline } from "../../charts/Sparkline";
import { formatNumber } from "../../ui/number";
import { Quantity } from "../../ui/Quantity";
import { totalSeries, totalTrend, versionCounts } from "./fleet";
import { StateCounts } from "./StateCounts";
import classes from "./Summary.module.css";

export function Summary({ clusters }: { clusters: Cluster[] }) {
  const total = useMemo(() => totalSeries(clusters), [clusters]);
  const trend = useMemo(() => totalTrend(clusters), [clusters]);
  const versions = useMemo(() => versionCounts(clusters), [clusters]);
  return (
    <header className={classes.summary}>
      <div className={classes.part}>
        <h1 className={classes.headline}>
          <span className="num">{formatNumber(clusters.length)}</span> {clusters.length === 1 ? "cluster" : "clusters"}
        </h1>
        <StateCounts counts={countStates(clusters.map((one) => one.state))} />
      </div>
      <dl className={classes.numbers}>
        <div>
          <dt className="label">Active series</dt>
          <dd className={classes.series}>
            <span className={classes.number}>
              <Quantity value={total.series} why="no cluster in this scope reports its series now" />
            </span>
            <Sparkline points={trend} label="trend of active series" width={88} height={24} />
          </dd>
          <dd className="label">
            from <span className="num">{total.covered}</span> of <span className="num">{total.of}</span>
          </dd>
        </div>
        {versions.length > 0 && (
          <div>
            <dt className="label">Template</dt>
            {versions.slice(0, 3).map(([version, count]) => (
              <dd key={version} className={classes.version}>
                <span>{version}</span>
                <span className="quiet">
                  on <span className="num">{count}</span>
                </span>
              </dd>
            ))}
            {versions.length > 3 && <dd className="label">and {versions.length - 3} more</dd>}
          </div>
        )}
      </dl>
    </header>
  );
}
