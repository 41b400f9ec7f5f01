// A cluster as a cell, 24 px with a 12 px glyph, for more than three hundred clusters.
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { look } from "../../api/state";
import type { Cluster } from "../../api/type";
import { StateGlyph } from "../../ui/StateGlyph";
import classes from "./Cell.module.css";
import { clusterLabel } from "./clusterLabel";

export const Cell = memo(function Cell({ cluster }: { cluster: Cluster }) {
  const { tone } = look(cluster.state);
  return (
    <Link
      to="/cluster/$id"
      params={{ id: cluster.id }}
      search={{}}
      preload={false}
      className={`${classes.cell} ${classes[tone] ?? ""}`}
      data-cluster={cluster.id}
      aria-label={clusterLabel(cluster)}
      title={clusterLabel(cluster)}
    >
      <StateGlyph state={cluster.state} />
    </Link>
  );
});
