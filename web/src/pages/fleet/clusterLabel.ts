// A cluster in one sentence: what a screen reader says, and what a hover shows.
import { look } from "../../api/state";
import type { Cluster } from "../../api/type";
import { formatNumber } from "../../ui/number";
import { seriesOf } from "./fleet";

export function clusterLabel(cluster: Cluster): string {
  const series = seriesOf(cluster);
  const parts = [
    cluster.name,
    look(cluster.state).word,
    cluster.last_state ? `last known ${look(cluster.last_state).word}` : undefined,
    cluster.state_message || undefined,
    series === undefined ? "series not reported" : `${formatNumber(series)} series`,
    cluster.template ? `${cluster.template.pack} ${cluster.template.version}` : undefined,
    cluster.simulated ? "nodes are simulated" : undefined,
  ];
  return parts.filter(Boolean).join(", ");
}
