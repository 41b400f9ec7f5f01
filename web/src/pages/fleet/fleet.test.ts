// What the fleet page computes.
import { expect, it } from "vitest";
import { countStates, isUnwell, look } from "../../api/state";
import type { Cluster } from "../../api/type";
import { toCsv } from "./csv";
import { byRegion, densityFor, distinctParts, filtered, totalSeries, totalTrend, withoutRegion } from "./fleet";

function cluster(name: string, over: Partial<Cluster> = {}): Cluster {
  return {
    id: name,
    uid: name,
    name,
    region: "eu-west-1",
    provider: "aws",
    environment: "prod",
    labels: {},
    state: "healthy",
    state_reason: "",
    state_message: "",
    state_since: "2026-11-22T03:00:00Z",
    accepted: true,
    simulated: true,
    kubernetes_version: "v1.35.2",
    node_count: 3,
    operator_version: "0.1.0",
    template: { pack: "base", version: "1.4.0" },
    flag: { enabled: true, suspended: false, set_by: "" },
    objects: { applied: 36, contested: 0 },
    gauges: { series: 100 },
    series_trend: [],
    enrolled_at: "2026-11-22T03:00:00Z",
    last_report_at: "2026-11-22T03:00:00Z",
    ...over,
  };
}

it("counts states worst first and leaves zeros out", () => {
  expect(countStates(["healthy", "late", "healthy", "failing", "off"])).toEqual([
    ["failing", 1],
    ["late", 1],
    ["off", 1],
    ["healthy", 2],
  ]);
});

it("draws a state that a newer hub invented as unknown, under its own name", () => {
  expect(look("on_holiday")).toEqual({ tone: "unknown", shape: "question", word: "on holiday" });
  expect(isUnwell("on_holiday")).toBe(true);
});

it("sums only what is reported now, and says from how many", () => {
  const clusters = [
    cluster("a"),
    cluster("b", { state: "offline" }),
    cluster("c", { gauges: {} }),
    cluster("d", { gauges: { series: 0 } }),
  ];
  expect(totalSeries(clusters)).toEqual({ series: 100, covered: 2, of: 4 });
  expect(totalSeries([cluster("b", { state: "late" })]).series).toBeUndefined();
});

it("leaves a gap in the total where a cluster that had begun is missing", () => {
  const at = (minute: number) => `2026-11-22T03:${String(minute).padStart(2, "0")}:00Z`;
  const whole = Array.from({ length: 12 }, (_, minute): [string, number] => [at(minute), 10]);
  const holed = whole.filter((_, minute) => minute < 2 || minute > 8);
  const total = totalTrend([cluster("a", { series_trend: whole }), cluster("b", { series_trend: holed })]);
  expect(total.map(([, value]) => value)).toEqual([20, 20, 20, 20, 20, null, null, null, null, 20, 20, 20]);
});

it("keeps places fixed: by provider, region and name, numbers as numbers", () => {
  const groups = byRegion([
    cluster("p-10"),
    cluster("p-2", { state: "failing" }),
    cluster("x", { provider: "", region: "" }),
    cluster("u", { provider: "aws", region: "ap-south-1" }),
  ]);
  expect(groups.map(({ key }) => key)).toEqual(["aws/ap-south-1", "aws/eu-west-1", "not said/not said"]);
  expect(groups[1]?.clusters.map(({ name }) => name)).toEqual(["p-2", "p-10"]);
});

it("filters by words, state and what is not well", () => {
  const clusters = [
    cluster("a"),
    cluster("b", { state: "late", region: "us-east-1" }),
    cluster("c", { state: "suspended" }),
  ];
  expect(filtered(clusters, { q: "AWS us" }).map(({ name }) => name)).toEqual(["b"]);
  expect(filtered(clusters, { unwell: true }).map(({ name }) => name)).toEqual(["b"]);
  expect(filtered(clusters, { state: "suspended" }).map(({ name }) => name)).toEqual(["c"]);
});

it("shortens names to what tells them apart", () => {
  expect(withoutRegion("eu-west-1-prod-1", "eu-west-1")).toBe("prod-1");
  expect(withoutRegion("eu-west-1-", "eu-west-1")).toBe("eu-west-1-");
  expect(distinctParts(["eu-west-1-prod-1", "eu-west-1-stage-1"])).toEqual(["prod-1", "stage-1"]);
  expect(distinctParts(["eu-west-1-prod-1", "eu-west-1-prod-2"])).toEqual(["prod-1", "prod-2"]);
  expect(distinctParts(["same", "same"])).toEqual(["same", "same"]);
  expect(distinctParts(["alone-1"])).toEqual(["alone-1"]);
});

it("draws tiles to 48, chips to 300, cells above", () => {
  expect([48, 49, 300, 301].map(densityFor)).toEqual(["tiles", "chips", "chips", "cells"]);
});

it("exports what a spreadsheet may not run", () => {
  const [, row] = toCsv([cluster('=cmd(), "x"')]).split("\r\n");
  expect(row?.startsWith(`"'=cmd(), ""x""",aws,`)).toBe(true);
});
