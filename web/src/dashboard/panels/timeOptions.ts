// How a dashboard's plots look: the tokens' colours, axes in the panel's unit, one cursor for all.
import uPlot from "uplot";
import { axis, cursor, hooks, timeAxis, token } from "../../charts/timePlot";
import type { Span } from "../interval";
import type { Field } from "../model";
import { inUnit } from "../unit";
import type { Drawn } from "./stack";

type Wanted = {
  width: number;
  height: number;
  drawn: Drawn[];
  field: Field;
  stacked: boolean;
  bars: boolean;
  fill: number;
  span: () => Span;
  onCursor: (at: number | null) => void;
  onSelect: (from: number, to: number) => void;
};

/** Steps that are round in KiB, MiB, GiB. */
const BINARY = Array.from({ length: 48 }, (_, power) => 2 ** power);

function faded(colour: string, share: number): string {
  return `${colour}${Math.round(share * 255)
    .toString(16)
    .padStart(2, "0")}`;
}

/** The widest number of an axis decides its room. */
function room(words: string[]): number {
  return Math.max(36, 14 + Math.max(0, ...words.map((word) => word.length)) * 6.2);
}

export function timeOptions(wanted: Wanted): uPlot.Options {
  const { width, height, drawn, field, stacked, bars, fill, span, onCursor, onSelect } = wanted;
  const share = stacked ? Math.max(fill, 0.25) : fill;
  return {
    width,
    height,
    // The last instant is written below the end of the axis.
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: cursor("dashboard", 5),
    scales: {
      x: { range: () => [span().from, span().to] },
      // What is counted starts at zero: a small change must not look like a large one.
      y: {
        range: (_, low, high) => {
          const from = field.min ?? Math.min(0, low ?? 0);
          const to = field.max ?? (high !== null && high > from ? high + (high - from) * 0.1 : from + 1);
          return [from, to > from ? to : from + 1];
        },
      },
    },
    axes: [
      timeAxis(24),
      {
        ...axis(),
        grid: { stroke: token("--hairline"), width: 1 },
        size: (_, words) => room(words ?? []),
        space: 32,
        incrs: ["bytes", "binBps"].includes(field.unit) ? BINARY : undefined,
        values: (_, ticks) => ticks.map((tick) => inUnit(tick, field.unit, null)),
      },
    ],
    series: [
      {},
      ...drawn.map(({ name, colour }): uPlot.Series => {
        const stroke = colour === 0 ? token("--control") : token(`--series-${colour}`);
        return {
          label: name,
          stroke,
          width: colour === 0 && !stacked ? 0.75 : 1.5,
          fill: drawn.length === 1 && !stacked && share > 0 ? faded(stroke, Math.min(share, 0.12)) : undefined,
          spanGaps: false,
          points: { show: false },
          paths: bars ? uPlot.paths.bars?.({ size: [0.8, 24] }) : undefined,
        };
      }),
    ],
    // Each stands on the one before; the first on the axis.
    bands: stacked
      ? drawn.slice(1).map(({ colour }, at) => {
          const stroke = colour === 0 ? token("--control") : token(`--series-${colour}`);
          return { series: [at + 2, at + 1] as [number, number], fill: faded(stroke, share) };
        })
      : undefined,
    hooks: {
      init: [
        (plot) => {
          const [, first] = plot.series;
          if (stacked && first) first.fill = () => faded(token("--series-1"), share);
        },
      ],
      ...hooks(onCursor, onSelect),
    },
  };
}
