// The time range of plots as the address has it: a span up to now, or two instants.
export type Range = { key: string; from: number | undefined; to: number | undefined; seconds: number; word: string };

export const SPANS: { key: string; seconds: number; word: string }[] = [
  { key: "15m", seconds: 900, word: "15 min" },
  { key: "1h", seconds: 3600, word: "1 h" },
  { key: "6h", seconds: 21_600, word: "6 h" },
  { key: "24h", seconds: 86_400, word: "24 h" },
  { key: "7d", seconds: 604_800, word: "7 d" },
  { key: "90d", seconds: 7_776_000, word: "90 d" },
];
const USUAL = "1h";

/** Reads `24h` or `1763780000-1763783600` (seconds); anything else is the usual range. */
export function readRange(text: string | undefined): Range {
  const span = SPANS.find(({ key }) => key === text);
  if (span) return { ...span, from: undefined, to: undefined };
  const [, from, to] = /^(\d{9,11})-(\d{9,11})$/.exec(text ?? "") ?? [];
  if (from && to && Number(from) < Number(to)) {
    const seconds = Number(to) - Number(from);
    return { key: `${from}-${to}`, from: Number(from), to: Number(to), seconds, word: "chosen range" };
  }
  return readRange(USUAL);
}

/** The next longer or shorter span. */
export function steppedRange(range: Range, step: 1 | -1): string {
  const at = SPANS.findIndex(({ seconds }) => seconds >= range.seconds);
  const next = SPANS[Math.min(SPANS.length - 1, Math.max(0, (at < 0 ? SPANS.length - 1 : at) + step))];
  return next?.key ?? USUAL;
}

/** The same range as two instants, for a link that must show the same tomorrow. */
export function absoluteRange(range: Range, nowSeconds: number): string {
  const to = range.to ?? Math.floor(nowSeconds);
  return `${range.from ?? to - range.seconds}-${to}`;
}
