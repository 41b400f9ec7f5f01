// What stores answer to a panel's queries, as series with names.
import type { components } from "../api/schema";
import type { Field, Panel, Target } from "./model";
import { fieldOf } from "./model";

export type Answer = components["schemas"]["QueryAnswer"];
export type Points = [number, number | null][];
export type Labels = Record<string, string>;
export type NamedSeries = { key: string; name: string; labels: Labels; refId: string; points: Points; field: Field };

/** `{{pod}} {{container}}`; nothing said or `__auto`: the labels, or the title where there is one series only. */
export function legend(format: string, labels: Labels, alone: boolean, title: string): string {
  if (format && format !== "__auto") {
    return format.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, label) => labels[label] ?? "").trim() || title;
  }
  const { __name__: metric, ...others } = labels;
  const written = Object.entries(others).map(([label, value]) => `${label}="${value}"`);
  if (alone || (!metric && written.length === 0)) return title;
  // One label tells series apart by its value alone.
  if (!metric && written.length === 1) return Object.values(others)[0] ?? title;
  return `${metric ?? ""}${written.length > 0 ? `{${written.join(", ")}}` : ""}`;
}

export function seriesOf(panel: Panel, title: string, asked: [Target, Answer | undefined][]): NamedSeries[] {
  const count = asked.reduce((sum, [, answer]) => sum + (answer?.series.length ?? 0), 0);
  return asked.flatMap(([target, answer]) =>
    (answer?.series ?? []).map(({ labels, points }, at) => {
      const name = legend(target.legend, labels, count === 1, title);
      const field = fieldOf(panel, name, target.refId);
      const key = `${target.refId} ${at}`;
      return { key, name: field.name || name, labels, refId: target.refId, points: points as Points, field };
    }),
  );
}

/** One number of many; null where there is none. */
export function reduced(points: Points, calc: string): number | null {
  const known = points.map(([, value]) => value).filter((value) => value !== null);
  if (known.length === 0) return null;
  const sum = () => known.reduce((total, value) => total + value, 0);
  switch (calc) {
    case "last":
      return points.at(-1)?.[1] ?? null;
    case "first":
    case "firstNotNull":
      return known[0] ?? null;
    case "mean":
      return sum() / known.length;
    case "sum":
    case "total":
      return sum();
    case "min":
      return Math.min(...known);
    case "max":
      return Math.max(...known);
    case "count":
      return known.length;
    case "range":
      return Math.max(...known) - Math.min(...known);
    case "diff":
      return (known.at(-1) ?? 0) - (known[0] ?? 0);
    default:
      return known.at(-1) ?? null;
  }
}

/** Series over one time axis; where a series has no sample there is a gap. */
export function columns(series: NamedSeries[], step: number): [number[], ...(number | null)[][]] {
  const known = new Set<number>();
  for (const { points } of series) for (const [at] of points) known.add(at);
  const times = [...known].sort((a, b) => a - b);
  // What a store left out is a gap: an empty instant stands for it.
  const filled: number[] = [];
  for (const [at, time] of times.entries()) {
    const before = times[at - 1];
    if (before !== undefined && time - before > step * 1.5) filled.push(before + step);
    filled.push(time);
  }
  const rows = series.map(({ points }) => {
    const values = new Map(points);
    return filled.map((time) => values.get(time) ?? null);
  });
  return [filled, ...rows];
}
