// The fleet's graph: regions folded, what is not well always drawn, no more nodes than anybody reads.
import { expect, it } from "vitest";
import type { Cluster } from "../../../api/type";
import { graphOf, healthOf, MOST, type StoreHealth, widthOf } from "./graph";
import { placesOf } from "./layout";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
const cluster = (name: string, region: string, state: string, gauges = {}) =>
  ({ id: name, name, region, provider: "aws", state, gauges, last_report_at: ago(20) }) as unknown as Cluster;
const stores: StoreHealth[] = [
  { id: "s-all", name: "all", kind: "prometheus", region: null, is_failing: false },
  { id: "s-eu", name: "eu", kind: "prometheus", region: "eu", is_failing: false },
  { id: "s-logs", name: "logs", kind: "loki", region: null, is_failing: true },
  { id: "s-ap", name: "ap", kind: "prometheus", region: "ap", is_failing: false },
];

it("folds regions, and draws what is not well", () => {
  const flowing = { samples_per_second: 100, last_sample_at: ago(30) };
  const fleet = [
    cluster("a", "eu", "healthy", flowing),
    cluster("b", "eu", "failing", { samples_per_second: 5, last_sample_at: ago(900) }),
    cluster("c", "us", "healthy", flowing),
    cluster("d", "us", "healthy", { ...flowing, samples_per_second: 300 }),
  ];
  const graph = graphOf(fleet, stores, new Set(), NOW);
  expect(graph.nodes.map(({ key }) => key)).toEqual(["aws/eu", "b", "aws/us", "s-all", "s-eu", "s-logs"]);
  const flows = graph.edges.filter(({ kind }) => kind === "flow");
  expect(flows.map(({ from, to, samplesPerSecond, health }) => [from, to, samplesPerSecond, health])).toEqual([
    ["b", "s-eu", 5, "bad"],
    ["b", "s-logs", null, "bad"],
    ["aws/eu", "s-eu", 100, "ok"],
    ["aws/eu", "s-logs", null, "bad"],
    ["aws/us", "s-all", 400, "ok"],
    ["aws/us", "s-logs", null, "bad"],
  ]);
  const open = graphOf(fleet, stores, new Set(["aws/us"]), NOW);
  expect(open.nodes.filter(({ type }) => type === "cluster").map(({ key }) => key)).toEqual(["b", "c", "d"]);
  expect(open.edges.some(({ from, kind }) => from === "aws/us" && kind === "flow")).toBe(false);
  const places = placesOf(open);
  const x = (key: string) => places.get(key)?.x ?? Number.NaN;
  expect([
    x("aws/us") < x("c"),
    x("c") < x("s-all"),
    new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size,
  ]).toEqual([true, true, open.nodes.length]);
});

it("draws at most 150 nodes, the worst first, and says what is left", () => {
  const states = ["degraded", "failing", "offline"];
  const fleet = Array.from({ length: 400 }, (_, at) => cluster(`c-${at}`, `r-${at % 3}`, states[at % 3] ?? ""));
  const graph = graphOf(fleet, stores, new Set(), NOW);
  expect(graph.nodes.length).toBeLessThanOrEqual(MOST);
  expect(graph.nodes.filter(({ type }) => type === "cluster").length + graph.left).toBe(400);
});

it("does not call well what is not known", () => {
  expect(healthOf(cluster("a", "eu", "healthy", {}), NOW)).toBe("unknown");
  const silent = { ...cluster("a", "eu", "offline", { last_sample_at: ago(700) }), last_report_at: ago(700) };
  expect(healthOf(silent as Cluster, NOW)).toBe("unknown");
  const none = graphOf([cluster("a", "eu", "healthy")], [], new Set(), NOW);
  expect([none.nodes.length, none.edges.length]).toEqual([1, 0]);
  const edge = { samplesPerSecond: 25 } as Parameters<typeof widthOf>[0];
  expect([widthOf(edge, 100), widthOf({ ...edge, samplesPerSecond: null }, 100), widthOf(edge, 0)]).toEqual([
    4.5, 1, 1,
  ]);
});
