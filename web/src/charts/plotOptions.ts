// How plots look: the tokens' colours, zero-based axes, ticks for events.
import type uPlot from "uplot";
import type { Line } from "../pages/cluster/plots";
import { formatNumber } from "../ui/number";
import type { Range } from "../ui/range";
import type { Mark } from "./Plot";
import { axis, cursor, hooks, timeAxis, token } from "./timePlot";

type Wanted = {
  width: number;
  lines: Line[];
  unit: string;
  marks: () => Mark[];
  range: () => Range;
  onCursor: (at: number | null) => void;
  onSelect: (from: number, to: number) => void;
};

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
  const grid = { stroke: token("--hairline"), width: 1 };
  return {
    width,
    height: 180,
    padding: [8, 4, 0, 0],
    legend: { show: false },
    cursor: cursor("cluster", 6),
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
      timeAxis(26),
      { ...axis(), grid, size: 52, space: 36, values: (_, ticks) => ticks.map((tick) => formatNumber(tick, unit)) },
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
      ...hooks(onCursor, onSelect),
    },
  };
}
