// A cluster as a tile, 56 high: glyph, name, series; its trend, or its version where that differs from most.
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { look } from "../../api/state";
import type { Cluster } from "../../api/type";
import { Sparkline } from "../../charts/Sparkline";
import { Quantity } from "../../ui/Quantity";
import { Shortened } from "../../ui/Shortened";
import { StateGlyph } from "../../ui/StateGlyph";
import { clusterLabel } from "./clusterLabel";
import { seriesOf, withoutRegion } from "./fleet";
import classes from "./Tile.module.css";

type Props = { cluster: Cluster; usualVersion: string | undefined };

export const Tile = memo(function Tile({ cluster, usualVersion }: Props) {
  const { tone, word } = look(cluster.state);
  const version = cluster.template ? `${cluster.template.pack} ${cluster.template.version}` : undefined;
  const calm = cluster.state === "healthy";
  return (
    <Link
      to="/cluster/$id"
      params={{ id: cluster.id }}
      search={{}}
      className={`${classes.tile} ${classes[tone] ?? ""}`}
      data-state={cluster.state}
      data-cluster={cluster.id}
      title={clusterLabel(cluster)}
    >
      <span className={classes.top}>
        <StateGlyph state={cluster.state} labelled />
        <Shortened text={withoutRegion(cluster.name, cluster.region)} full={cluster.name} />
        {cluster.simulated && <span className={classes.simulated}>simulated</span>}
      </span>
      <span className={classes.bottom}>
        <span className={classes.value}>
          {calm ? <Quantity value={seriesOf(cluster)} why="series not reported" /> : word}
        </span>
        {version && version !== usualVersion ? (
          <span className={classes.version}>{cluster.template?.version}</span>
        ) : (
          <Sparkline points={cluster.series_trend} label="trend of series" />
        )}
      </span>
    </Link>
  );
});
