// How fine a range is asked, and what Grafana's own variables become by it.
import type { Range } from "../ui/range";

/** Steps that a clock has. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];
const POINTS = 240;
/** Where a panel does not say how often its series are scraped. */
const SCRAPE_SECONDS = 15;

export type Span = { from: number; to: number; seconds: number };

/** `30s`, `1m`, `1h30m` → seconds; undefined for anything else. */
export function seconds(text: string): number | undefined {
  const sizes: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };
  const parts = [...text.replace(/^>/, "").matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwy])/g)];
  if (parts.length === 0 || parts.map(([all]) => all).join("") !== text.replace(/^>/, "")) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (sizes[unit ?? ""] ?? 0), 0);
}

/** A duration as PromQL and LogQL have it. */
export function duration(length: number): string {
  return `${Math.max(1, Math.round(length))}s`;
}

/** The instants of a range; its end stands on a step, so that an answer is not new each second. */
export function spanOf(range: Range, nowSeconds: number): Span {
  const step = stepOf(range.seconds, 0);
  const to = range.to ?? Math.floor(nowSeconds / step) * step;
  return { from: range.from ?? to - range.seconds, to, seconds: range.seconds };
}

/** Between two points: fine enough for a screen, and no finer than samples are. */
export function stepOf(rangeSeconds: number, leastSeconds: number): number {
  const wanted = Math.max(rangeSeconds / POINTS, leastSeconds, 1);
  return STEPS.find((step) => step >= wanted) ?? Math.ceil(wanted / 86_400) * 86_400;
}

/** Grafana's own variables for one query. */
export function builtins(span: Span, interval: string): Record<string, string> {
  const scrape = seconds(interval) ?? SCRAPE_SECONDS;
  const step = stepOf(span.seconds, seconds(interval) ?? 0);
  return {
    __interval: duration(step),
    __interval_ms: String(step * 1000),
    __auto: duration(Math.max(step, 4 * SCRAPE_SECONDS)),
    __rate_interval: duration(Math.max(step + scrape, 4 * scrape)),
    __range: duration(span.seconds),
    __range_s: String(Math.round(span.seconds)),
    __range_ms: String(Math.round(span.seconds * 1000)),
    __from: String(Math.round(span.from * 1000)),
    __to: String(Math.round(span.to * 1000)),
  };
}
