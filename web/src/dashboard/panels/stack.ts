// Which series are drawn in which colour, and on top of each other where a panel stacks them: past five, the five largest and the others.
import type { NamedSeries } from "../series";
import { reduced } from "../series";

export const COLOURS = 5;
export type Drawn = {
  key: string;
  name: string;
  /** 1 to 5; 0 is none of its own. */
  colour: number;
  /** What is read at the cursor. */
  values: (number | null)[];
  /** What is drawn: stacked, it stands on those before. */
  heights: (number | null)[];
  series: NamedSeries;
};
export type Drawing = { drawn: Drawn[]; others: number };

export function drawnOf(series: NamedSeries[], rows: (number | null)[][], stacked: boolean): Drawing {
  const all = series.map((one, at) => ({ one, values: rows[at] ?? [], size: reduced(one.points, "mean") ?? 0 }));
  const largest = new Set([...all].sort((a, b) => b.size - a.size).slice(0, COLOURS));
  const first = all.filter((each) => largest.has(each));
  const rest = all.filter((each) => !largest.has(each));
  const drawn: Drawn[] = first.map(({ one, values }, at) => ({
    key: one.key,
    name: one.name,
    colour: at + 1,
    values,
    heights: values,
    series: one,
  }));
  if (stacked && rest.length > 0) {
    const values = summed(rest.map((each) => each.values));
    const like = rest[0]?.one ?? first[0]?.one;
    if (like)
      drawn.push({
        key: "others",
        name: rest.length === 1 ? "1 other" : `${rest.length} others`,
        colour: 0,
        values,
        heights: values,
        series: like,
      });
  } else {
    for (const { one, values } of rest) {
      drawn.push({ key: one.key, name: one.name, colour: 0, values, heights: values, series: one });
    }
  }
  if (stacked) pile(drawn);
  return { drawn, others: rest.length };
}

/** The sum of what is known; where nothing is, nothing. */
function summed(rows: (number | null)[][]): (number | null)[] {
  return (rows[0] ?? []).map((_, at) => {
    const known = rows.map((row) => row[at] ?? null).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  });
}

function pile(drawn: Drawn[]) {
  const length = drawn[0]?.values.length ?? 0;
  const known = Array.from({ length }, (_, at) => drawn.some(({ values }) => values[at] !== null));
  let below = new Array<number>(length).fill(0);
  for (const one of drawn) {
    const heights = one.values.map((value, at) => (known[at] ? (below[at] ?? 0) + (value ?? 0) : null));
    one.heights = heights;
    below = heights.map((height, at) => height ?? below[at] ?? 0);
  }
}
