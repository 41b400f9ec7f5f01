// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes its variables so
// Values, series and tables as panels show them.
import { expect, it } from "vitest";
import { fieldOf, readModel } from "./model";
import { drawnOf } from "./panels/stack";
import { type Answer, columns, legend, type NamedSeries, reduced, seriesOf } from "./series";
import { shown } from "./shown";
import { compare, gridOf } from "./table";
import { inUnit } from "./unit";

const plain = (text: string) => text.replace(/\u202f/g, " ");
const panelOf = (raw: object) => {
  const panel = readModel({ panels: [raw] }).sections[0]?.panels[0];
  if (!panel) throw new Error("no panel");
  return panel;
};
const answer = (series: { labels: Record<string, string>; points: [number, number | null][] }[]) =>
  ({ series, streams: [] }) as unknown as Answer;

it("writes values in Grafana's units", () => {
  const cases: [number, string, number | null, string][] = [
    [0.4215, "percentunit", null, "42 %"],
    [0.0042, "percentunit", null, "0.42 %"],
    [12.5, "percent", 1, "12.5 %"],
    [1_610_612_736, "bytes", null, "1.50 GiB"],
    [512, "bytes", null, "512 B"],
    [2_400_000, "Bps", null, "2.40 MB/s"],
    [0.0031, "s", null, "3.10 ms"],
    [432_000, "s", null, "5 d"],
    [90, "s", null, "1.5 min"],
    [0, "s", null, "0 s"],
    [38.25, "reqps", null, "38.3 req/s"],
    [1234, "short", 0, "1 234"],
    [0.123, "", 3, "0.123"],
    [7, "suffix:apples", null, "7 apples"],
  ];
  for (const [value, unit, decimals, text] of cases) expect(plain(inUnit(value, unit, decimals)), unit).toBe(text);
});

it("maps values, and judges them by thresholds", () => {
  const panel = panelOf({
    type: "stat",
    fieldConfig: {
      defaults: {
        unit: "percentunit",
        thresholds: {
          mode: "absolute",
          steps: [
            { color: "green", value: null },
            { color: "orange", value: 0.8 },
            { color: "red", value: 0.9 },
          ],
        },
        mappings: [
          { type: "value", options: { 0: { text: "Down", color: "red" }, 1: { text: "Up", color: "green" } } },
          { type: "range", options: { from: 2, to: 3, result: { text: "Odd" } } },
          { type: "special", options: { match: "null", result: { text: "Nothing", color: "purple" } } },
        ],
      },
      overrides: [
        {
          matcher: { id: "byName", options: "age" },
          properties: [
            { id: "unit", value: "s" },
            { id: "displayName", value: "Age" },
          ],
        },
      ],
    },
  });
  const { field } = panel;
  expect([0.5, 0.85, 0.95].map((value) => shown(value, field).tone)).toEqual(["ok", "warn", "bad"]);
  expect(shown(0, field)).toEqual({ text: "Down", tone: "bad" });
  expect(shown(2.5, field).text).toBe("Odd");
  expect(shown(null, field)).toEqual({ text: "Nothing", tone: "unknown" });
  expect(shown(null, { ...field, mappings: [] })).toEqual({ text: "–", tone: undefined });
  expect([fieldOf(panel, "age", "A").unit, fieldOf(panel, "age", "A").name, fieldOf(panel, "x", "A").unit]).toEqual([
    "s",
    "Age",
    "percentunit",
  ]);
});

it("names series as their legends say", () => {
  const labels = { __name__: "up", pod: "a", container: "b" };
  expect(legend("{{pod}} {{ container }} {{none}}", labels, false, "T")).toBe("a b");
  expect(legend("__auto", labels, false, "T")).toBe('up{pod="a", container="b"}');
  expect(legend("", { pod: "a" }, false, "T")).toBe("a");
  expect(legend("", {}, true, "Nodes")).toBe("Nodes");
});

it("reduces to one number, and nothing is not zero", () => {
  const points: [number, number | null][] = [
    [1, 2],
    [2, null],
    [3, 6],
    [4, null],
  ];
  expect(
    ["lastNotNull", "last", "mean", "max", "min", "sum", "count", "range", "diff"].map((calc) => reduced(points, calc)),
  ).toEqual([6, null, 4, 6, 2, 8, 2, 4, 4]);
  expect(reduced([[1, null]], "sum")).toBeNull();
});

it("leaves gaps where a store has no sample", () => {
  const panel = panelOf({ type: "timeseries", targets: [{ refId: "A", expr: "up" }] });
  const [target] = panel.targets;
  if (!target) throw new Error("no target");
  const found = seriesOf(panel, "T", [
    [
      target,
      answer([
        {
          labels: { a: "1" },
          points: [
            [0, 1],
            [15, 2],
            [60, 3],
          ],
        },
        { labels: { a: "2" }, points: [[15, 5]] },
      ]),
    ],
  ]);
  expect(columns(found, 15)).toEqual([
    [0, 15, 30, 60],
    [1, 2, null, 3],
    [null, 5, null, null],
  ]);
});

it("draws the five largest and the others, stacked without inventing anything", () => {
  const make = (value: number | null): NamedSeries => ({
    key: String(value),
    name: String(value),
    labels: {},
    refId: "A",
    points: [
      [0, value],
      [1, null],
    ],
    field: panelOf({ type: "x" }).field,
  });
  const series = [1, 7, 3, 6, 2, 5, 4].map(make);
  const rows = series.map(({ points }) => points.map(([, value]) => value));
  const stacked = drawnOf(series, rows, true);
  expect(stacked.drawn.map(({ name }) => name)).toEqual(["7", "3", "6", "5", "4", "2 others"]);
  expect(stacked.drawn.map(({ heights }) => heights)).toEqual([
    [7, null],
    [10, null],
    [16, null],
    [21, null],
    [25, null],
    [28, null],
  ]);
  const lines = drawnOf(series, rows, false);
  expect([lines.drawn.length, lines.others, lines.drawn.filter(({ colour }) => colour === 0).length]).toEqual([
    7, 2, 2,
  ]);
});

it("makes tables of labels and values, arranged as their transformations say", () => {
  const panel = panelOf({
    type: "table",
    targets: [
      { refId: "A", expr: "a", instant: true },
      { refId: "B", expr: "b", instant: true },
    ],
    transformations: [
      {
        id: "organize",
        options: {
          excludeByName: { Time: true, zone: true },
          indexByName: { "Value #B": 0, pod: 1 },
          renameByName: { pod: "Pod" },
        },
      },
      { id: "sortBy", options: { sort: [{ field: "Value #A", desc: true }] } },
      { id: "histogram", options: {} },
    ],
  });
  const [a, b] = panel.targets;
  if (!a || !b) throw new Error("no targets");
  const labels = (pod: string) => ({ __name__: "m", pod, zone: "z" });
  const found = seriesOf(panel, "T", [
    [
      a,
      answer([
        { labels: labels("x"), points: [[1, 5]] },
        { labels: labels("y"), points: [[1, 9]] },
      ]),
    ],
    [b, answer([{ labels: labels("x"), points: [[1, 1]] }])],
  ]);
  const grid = gridOf(panel, found);
  expect(grid.columns.map(({ title }) => title)).toEqual(["Value #B", "Pod", "Value #A"]);
  expect(grid.rows.map((row) => [row.pod, row["Value #A"], row["Value #B"] ?? null])).toEqual([
    ["y", 9, null],
    ["x", 5, 1],
  ]);
  expect(grid.undone).toEqual(["histogram"]);
  expect([10, 9, null, 2].sort(compare)).toEqual([2, 9, 10, null]);
});

it("reads rows, rows within rows, and what it does not know", () => {
  const model = readModel({
    title: "T",
    panels: [
      { type: "stat", id: 1 },
      { type: "row", title: "R", collapsed: true, panels: [{ type: "heatmap", id: 2, title: "H" }] },
      { type: "row", title: "S" },
      {
        type: "logs",
        id: 3,
        datasource: { type: "loki", uid: "${loki}" },
        targets: [{ expr: "{}" }, { expr: "", refId: "B" }],
      },
    ],
  });
  expect(model.sections.map(({ title, panels }) => [title, panels.length])).toEqual([
    ["", 1],
    ["R", 1],
    ["S", 1],
  ]);
  expect(model.sections[2]?.panels[0]?.targets).toMatchObject([{ kind: "loki", source: "${loki}" }]);
  expect(readModel(null).sections).toEqual([]);
});
