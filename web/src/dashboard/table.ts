// A table panel's rows: labels and values of each query, joined and arranged as its transformations say.
import type { Field, Panel } from "./model";
import { fieldOf } from "./model";
import { type NamedSeries, reduced } from "./series";

export type Cell = string | number | null;
export type Column = { key: string; title: string; isValue: boolean; field: Field };
export type Grid = {
  columns: Column[];
  rows: Record<string, Cell>[] /** Transformations that are not done. */;
  undone: string[];
};

const DONE = ["organize", "merge", "seriesToColumns", "joinByField", "sortBy"];

export function gridOf(panel: Panel, series: NamedSeries[]): Grid {
  const queries = [...new Set(series.map(({ refId }) => refId))];
  const valueKey = (refId: string) => (queries.length > 1 ? `Value #${refId}` : "Value");
  const labels = [...new Set(series.flatMap((one) => Object.keys(one.labels)))].filter((label) => label !== "__name__");
  const rows = new Map<string, Record<string, Cell>>();
  for (const one of series) {
    // Queries about the same labels are one row.
    const key = labels.map((label) => one.labels[label] ?? "").join("\u0000");
    const row = rows.get(key) ?? Object.fromEntries(labels.map((label) => [label, one.labels[label] ?? ""]));
    row[valueKey(one.refId)] = reduced(one.points, "lastNotNull");
    rows.set(key, row);
  }
  const keys = [
    ...labels.map((key) => ({ key, refId: "" })),
    ...queries.map((refId) => ({ key: valueKey(refId), refId })),
  ];
  const columns = keys.map(({ key, refId }) => {
    const field = fieldOf(panel, key, refId);
    return { key, title: field.name || key, isValue: refId !== "", field };
  });
  return arranged({ columns, rows: [...rows.values()], undone: [] }, panel);
}

type Organize = {
  excludeByName?: Record<string, boolean>;
  indexByName?: Record<string, number>;
  renameByName?: Record<string, string>;
};

function arranged(grid: Grid, panel: Panel): Grid {
  let { columns, rows } = grid;
  for (const { id, options } of panel.transformations) {
    if (id === "organize") {
      const { excludeByName = {}, indexByName = {}, renameByName = {} } = options as Organize;
      const place = (key: string) => indexByName[key] ?? columns.length;
      columns = columns
        .filter(({ key }) => !excludeByName[key])
        .map((column) => ({ ...column, title: renameByName[column.key] || column.title }));
      if (Object.keys(indexByName).length > 0) columns = [...columns].sort((a, b) => place(a.key) - place(b.key));
    }
    if (id === "sortBy") {
      const [by] = (options as { sort?: { field: string; desc?: boolean }[] }).sort ?? [];
      if (by) rows = [...rows].sort((a, b) => compare(a[by.field], b[by.field]) * (by.desc ? -1 : 1));
    }
  }
  const undone = panel.transformations.map(({ id }) => id).filter((id) => !DONE.includes(id));
  return { columns, rows, undone };
}

/** Unknown values last, numbers by size, words by the alphabet. */
export function compare(a: Cell | undefined, b: Cell | undefined): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}
