// What every plot over time has: the tokens' colours, an axis of times, one cursor for all of a page, a range set by dragging.
import type uPlot from "uplot";

const FONT = '11px "Inter Variable", sans-serif';

/** The value of a colour in the scheme that is shown. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function axis(): uPlot.Axis {
  return { stroke: token("--ink-2"), font: FONT, ticks: { show: false } };
}

export function timeAxis(size: number): uPlot.Axis {
  return {
    ...axis(),
    grid: { show: false },
    size,
    space: 70,
    values: [
      [86_400, "{DD} {MMM}", null, null, null, null, null, null, 1],
      [3600, "{HH}:{mm}", null, null, null, null, null, null, 1],
      [60, "{HH}:{mm}", null, null, null, null, null, null, 1],
      [1, "{HH}:{mm}:{ss}", null, null, null, null, null, null, 1],
    ],
  };
}

/** `key`: plots with the same one move together. */
export function cursor(key: string, size: number): uPlot.Cursor {
  return {
    sync: { key, setSeries: false },
    points: { size },
    drag: { x: true, y: false, setScale: false },
    focus: { prox: -1 },
  };
}

/** Hears where the cursor stands, and which range was dragged (seconds since 1970). */
export function hooks(
  onCursor: (at: number | null) => void,
  onSelect: (from: number, to: number) => void,
): uPlot.Hooks.Arrays {
  return {
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
  };
}
