// How plots look: the tokens' colours, zero-based axes, ticks for events.
import type uPlot from "uplot";
import type { Line } from "../pages/cluster/plots";
import { formatNumber } from "../ui/number";
import type { Range } from "../ui/range";
import type { Mark } from "./Plot";

type Wanted = {
  width: number;
  lines: Line[];
  unit: string;
  marks: () => Mark[];
  range: () => Range;
  onCursor: (at: number | null) => void;
  onSelect: (from: number, to: number) => void;
};

const FONT = '11px "Inter Variable", sans-serif';

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function drawMarks(plot: uPlot, marks: Mark[]) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = token("--control");
  ctx.fillStyle = token("--control");
  ctx.lineWidth = devicePixelRatio;
  for (const { at } of marks) {
    const x = Math.round(plot.valToPos(at, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.moveTo(x - 3 * devicePixelRatio, bbox.top);
    ctx.lineTo(x + 3 * devicePixelRatio, bbox.top);
    ctx.lineTo(x, bbox.top + 5 * devicePixelRatio);
    ctx.fill();
  }
  ctx.restore();
}

export function plotOptions({ width, lines, unit, marks, range, onCursor, onSelect }: Wanted): uPlot.Options {
  const axis = { stroke: token("--ink-2"), font: FONT, ticks: { show: false } };
  const grid = { stroke: token("--hairline"), width: 1 };
  return {
    width,
    height: 180,
    padding: [8, 4, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: "cluster", setSeries: false },
      points: { size: 6 },
      drag: { x: true, y: false, setScale: false },
      focus: { prox: -1 },
    },
    scales: {
      x: {
        range: () => {
          const { from, to, seconds } = range();
          const end = to ?? Date.now() / 1000;
          return [from ?? end - seconds, end];
        },
      },
      // Counts start at zero: a small change must not look like a large one.
      y: { range: (_, __, high) => [0, high > 0 ? high * 1.12 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        space: 70,
        values: [
          [86_400, "{DD} {MMM}", null, null, null, null, null, null, 1],
          [3600, "{HH}:{mm}", null, null, null, null, null, null, 1],
          [60, "{HH}:{mm}", null, null, null, null, null, null, 1],
          [1, "{HH}:{mm}:{ss}", null, null, null, null, null, null, 1],
        ],
      },
      { ...axis, grid, size: 52, space: 36, values: (_, ticks) => ticks.map((tick) => formatNumber(tick, unit)) },
    ],
    series: [
      {},
      ...lines.map(({ dashed, word }, at) => ({
        label: word,
        stroke: dashed ? token("--ink-2") : token(`--series-${at + 1}`),
        width: 1.5,
        dash: dashed ? [4, 4] : undefined,
        spanGaps: false,
        points: { show: false },
      })),
    ],
    hooks: {
      drawClear: [(plot) => drawMarks(plot, marks())],
      setCursor: [
        (plot) => onCursor(plot.cursor.left !== undefined && plot.cursor.left >= 0 ? (plot.cursor.idx ?? null) : null),
      ],
      setSelect: [
        (plot) => {
          const { left, width: wide } = plot.select;
          if (wide < 8) return;
          onSelect(plot.posToVal(left, "x"), plot.posToVal(left + wide, "x"));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}
