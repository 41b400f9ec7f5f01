// Where a cluster is; one that did not say has a place of its own in the list.
import type { Cluster } from "../api/type";

export const NOWHERE = "not said";

export function placeOf(cluster: Cluster): { provider: string; region: string } {
  return { provider: cluster.provider || NOWHERE, region: cluster.region || NOWHERE };
}
