// Which regions, clusters and stores the graph draws, and what flows between them.
import { isUnwell, STATES } from "../../../api/state";
import type { Cluster } from "../../../api/type";
import { byRegion } from "../fleet";

export type StoreHealth = {
  id: string;
  name: string;
  kind: "prometheus" | "loki";
  region?: string | null;
  is_failing: boolean;
};
export type Node =
  | { key: string; type: "region"; region: string; provider: string; count: number; worst: string; isOpen: boolean }
  | { key: string; type: "cluster"; cluster: Cluster }
  | { key: string; type: "store"; store: StoreHealth };
export type Health = "ok" | "bad" | "unknown";
export type Edge = {
  key: string;
  from: string;
  to: string;
  /** Within: a cluster of a region. Flow: samples on their way to a store. */
  kind: "within" | "flow";
  samplesPerSecond: number | null;
  health: Health;
};
export type Graph = { nodes: Node[]; edges: Edge[]; left: number };

/** More than this nobody reads. */
export const MOST = 150;
/** Three usual intervals: a sample that is older was not taken. */
const FRESH_MS = 180_000;

/** The worst of some states. */
function worstOf(clusters: Cluster[]): string {
  return [...clusters].sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state))[0]?.state ?? "healthy";
}

/** Whether a store took samples of a cluster lately, as the cluster says. */
export function healthOf(cluster: Cluster, now: number): Health {
  const at = cluster.gauges.last_sample_at;
  if (!at || !cluster.last_report_at) return "unknown";
  // Of a silent cluster it is not known.
  if (now - Date.parse(cluster.last_report_at) > FRESH_MS) return "unknown";
  return now - Date.parse(at) <= FRESH_MS ? "ok" : "bad";
}

function sum(clusters: Cluster[]): number | null {
  const known = clusters.map(({ gauges }) => gauges.samples_per_second).filter((rate) => typeof rate === "number");
  return known.length === 0 ? null : known.reduce((total, rate) => total + rate, 0);
}

function together(healths: Health[]): Health {
  if (healths.includes("bad")) return "bad";
  return healths.includes("ok") ? "ok" : "unknown";
}

/** The stores of a region: of each kind its own one, else the one for all. */
function storesOf(region: string, stores: StoreHealth[]): StoreHealth[] {
  return (["prometheus", "loki"] as const).flatMap((kind) => {
    const fitting = stores.filter((store) => store.kind === kind && (!store.region || store.region === region));
    const own = fitting.find((store) => store.region) ?? fitting[0];
    return own ? [own] : [];
  });
}

export function graphOf(clusters: Cluster[], stores: StoreHealth[], open: ReadonlySet<string>, now: number): Graph {
  const nodes: Node[] = [];
  const edges: Edge[] = [];
  const regions = byRegion(clusters);
  let room = Math.max(0, MOST - regions.length - stores.length);
  let left = 0;
  const used = new Set<string>();
  const flow = (from: string, region: string, some: Cluster[]) => {
    if (some.length === 0) return;
    for (const store of storesOf(region, stores)) {
      const metrics = store.kind === "prometheus";
      used.add(store.id);
      edges.push({
        key: `${from} ${store.id}`,
        from,
        to: store.id,
        kind: "flow",
        samplesPerSecond: metrics ? sum(some) : null,
        health: store.is_failing ? "bad" : metrics ? together(some.map((one) => healthOf(one, now))) : "unknown",
      });
    }
  };
  for (const { key, region, provider, clusters: inside } of regions) {
    const isOpen = open.has(key);
    const wanted = inside.filter((one) => isOpen || isUnwell(one.state));
    // The worst are drawn while there is room.
    const worst = [...wanted].sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state)).slice(0, room);
    const drawn = new Set(worst.map(({ id }) => id));
    room -= worst.length;
    left += wanted.length - worst.length;
    nodes.push({ key, type: "region", region, provider, count: inside.length, worst: worstOf(inside), isOpen });
    for (const cluster of inside) {
      if (!drawn.has(cluster.id)) continue;
      nodes.push({ key: cluster.id, type: "cluster", cluster });
      edges.push({
        key: `${key} ${cluster.id}`,
        from: key,
        to: cluster.id,
        kind: "within",
        samplesPerSecond: null,
        health: "unknown",
      });
      flow(cluster.id, cluster.region, [cluster]);
    }
    flow(
      key,
      inside[0]?.region ?? region,
      inside.filter(({ id }) => !drawn.has(id)),
    );
  }
  for (const store of stores) if (used.has(store.id)) nodes.push({ key: store.id, type: "store", store });
  return { nodes, edges, left };
}

/** The width of an edge: its area grows with what flows. */
export function widthOf(edge: Edge, most: number): number {
  if (edge.samplesPerSecond === null || most <= 0) return 1;
  return 1 + 7 * Math.sqrt(Math.max(0, edge.samplesPerSecond) / most);
}
