// A cluster as a chip, 96 × 28: glyph and the part of its name that differs in its region.
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { look } from "../../api/state";
import type { Cluster } from "../../api/type";
import { Shortened } from "../../ui/Shortened";
import { StateGlyph } from "../../ui/StateGlyph";
import classes from "./Chip.module.css";
import { clusterLabel } from "./clusterLabel";

export const Chip = memo(function Chip({ cluster, short }: { cluster: Cluster; short: string }) {
  const { tone } = look(cluster.state);
  return (
    <Link
      to="/cluster/$id"
      params={{ id: cluster.id }}
      search={{}}
      className={`${classes.chip} ${classes[tone] ?? ""}`}
      data-state={cluster.state}
      data-cluster={cluster.id}
      title={clusterLabel(cluster)}
    >
      <StateGlyph state={cluster.state} labelled />
      <Shortened text={short} full={cluster.name} tail={5} />
    </Link>
  );
});
