// The levels of series: what everything is divided by, and what that is divided by in turn.
import type { Scope } from "../../ui/frame/useScope";

export const LEVELS = ["provider", "region", "cluster", "team", "metric", "job"] as const;
export type Level = (typeof LEVELS)[number];

/** What is looked at: all that is given has to hold. */
export type SeriesSearch = { by?: Level; cluster?: string; team?: string; metric?: string; job?: string };
export type Filter = Scope & Omit<SeriesSearch, "by">;

/** Jobs and metrics say the least of where to look; they come last. */
const BELOW: Record<Level, Level> = {
  provider: "region",
  region: "cluster",
  cluster: "team",
  team: "metric",
  metric: "job",
  job: "metric",
};

/** A level out of an address. */
export function level(value: unknown): Level | undefined {
  return LEVELS.find((one) => one === value);
}

/** What is divided next, unless somebody chose. */
export function levelOf(search: SeriesSearch & Scope): Level {
  if (search.by !== undefined && search[search.by] === undefined) return search.by;
  if (search.team !== undefined || search.job !== undefined) return "metric";
  if (search.cluster !== undefined) return "team";
  return search.region === undefined ? "region" : "cluster";
}

/** What a level is divided by in the map; none where that is looked at already. */
export function below(by: Level, filter: Filter): Level | undefined {
  const next = BELOW[by];
  return filter[next] === undefined ? next : undefined;
}

/** How much a number grew, as a share of what it was; undefined where it was not known or nothing. */
export function growth(series: number, before: number | null | undefined): number | undefined {
  return typeof before === "number" && before > 0 ? (series - before) / before : undefined;
}

/** `+12 %`; under half a percent it is as it was. */
export function growthWord(share: number): string {
  const percent = Math.round(share * 100);
  if (percent === 0) return "±0\u202f%";
  return `${percent > 0 ? "+" : "−"}${Math.abs(percent)}\u202f%`;
}
