// What the fleet page computes from the clusters in scope: groups, totals, versions, short names.
import { isReporting, isUnwell } from "../../api/state";
import type { Cluster } from "../../api/type";
import { placeOf } from "../../ui/place";

export type Region = { key: string; provider: string; region: string; clusters: Cluster[] };
export type Filter = { q?: string; state?: string; unwell?: boolean };

const byName = new Intl.Collator("en", { numeric: true });

/** The measured active series, or undefined when the cluster did not report them. */
export function seriesOf(cluster: Cluster): number | undefined {
  const { series } = cluster.gauges;
  return typeof series === "number" ? series : undefined;
}

export function filtered(clusters: Cluster[], { q, state, unwell }: Filter): Cluster[] {
  const words = (q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return clusters.filter((one) => {
    if (state !== undefined && one.state !== state) return false;
    if (unwell && !isUnwell(one.state)) return false;
    const text = `${one.name} ${one.region} ${one.provider} ${one.environment} ${one.template?.version}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Places are fixed: providers, regions and names alphabetical, never by state. */
export function byRegion(clusters: Cluster[]): Region[] {
  const regions = new Map<string, Region>();
  for (const cluster of clusters) {
    const { provider, region } = placeOf(cluster);
    const key = `${provider}/${region}`;
    const found = regions.get(key);
    if (found) found.clusters.push(cluster);
    else regions.set(key, { key, provider, region, clusters: [cluster] });
  }
  for (const { clusters: inside } of regions.values()) inside.sort((a, b) => byName.compare(a.name, b.name));
  return [...regions.values()].sort((a, b) => byName.compare(a.key, b.key));
}

export type Total = { series: number | undefined; covered: number; of: number };

/** The sum over clusters that report now and measured it, with how many those are. */
export function totalSeries(clusters: Cluster[]): Total {
  let series = 0;
  let covered = 0;
  for (const cluster of clusters) {
    const own = isReporting(cluster.state) ? seriesOf(cluster) : undefined;
    if (own === undefined) continue;
    series += own;
    covered += 1;
  }
  return { series: covered === 0 ? undefined : series, covered, of: clusters.length };
}

const BUCKET_MS = 60_000;
const HOLD_BUCKETS = 3;

/** The summed trend by minute. A minute in which a cluster that had begun to report is missing stays a gap. */
export function totalTrend(clusters: Cluster[]): [string, number | null][] {
  const reporting = clusters.filter((one) => isReporting(one.state));
  const lines = reporting.map((one) => {
    const line = new Map<number, number>();
    for (const [at, value] of one.series_trend) {
      if (value !== null) line.set(Math.floor(Date.parse(at) / BUCKET_MS), value);
    }
    return line;
  });
  const began = lines.map((line) => Math.min(...line.keys()));
  const first = Math.min(...began);
  // Clusters do not report in the same second: the trend starts when all that were there at its start have reported.
  const start = Math.max(...began.filter((minute) => minute <= first + HOLD_BUCKETS));
  const minutes = [...new Set(lines.flatMap((line) => [...line.keys()]))]
    .filter((minute) => minute >= start)
    .sort((a, b) => a - b);
  return minutes.map((minute) => {
    let sum = 0;
    for (const [index, line] of lines.entries()) {
      if ((began[index] ?? Number.POSITIVE_INFINITY) > minute) continue;
      let value: number | undefined;
      for (let back = 0; back <= HOLD_BUCKETS && value === undefined; back += 1) value = line.get(minute - back);
      if (value === undefined) return [new Date(minute * BUCKET_MS).toISOString(), null];
      sum += value;
    }
    return [new Date(minute * BUCKET_MS).toISOString(), sum];
  });
}

/** Template versions with how many clusters run each, most first. */
export function versionCounts(clusters: Cluster[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { template } of clusters) {
    if (!template?.version) continue;
    const name = `${template.pack} ${template.version}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || byName.compare(a, b));
}

/** A name without its region's at its start, which the head above it says already. */
export function withoutRegion(name: string, region: string): string {
  return name.startsWith(`${region}-`) && name.length > region.length + 1 ? name.slice(region.length + 1) : name;
}

const SHORTEST = 4;

/** For chips: the part of each name that differs within its region, cut behind a separator and never tiny. */
export function distinctParts(names: string[]): string[] {
  const [first = ""] = names;
  if (names.length < 2) return names;
  let common = 0;
  while (common < first.length && names.every((name) => name[common] === first[common])) common += 1;
  common = Math.min(common, Math.min(...names.map((name) => name.length)) - SHORTEST);
  const cut = Math.max(first.lastIndexOf("-", common - 1), first.lastIndexOf(".", common - 1)) + 1;
  return common > 0 && cut > 0 ? names.map((name) => name.slice(cut)) : names;
}

export type Density = "tiles" | "chips" | "cells";

export function densityFor(count: number): Density {
  if (count <= 48) return "tiles";
  return count <= 300 ? "chips" : "cells";
}
