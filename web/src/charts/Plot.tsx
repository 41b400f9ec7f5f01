// A time series plot: lines with gaps, events as ticks, a cursor that moves with the other plots; dragging sets the range.
import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import type { Columns } from "../pages/cluster/joined";
import type { Line } from "../pages/cluster/plots";
import { formatNumber } from "../ui/number";
import type { Range } from "../ui/range";
import { formatAbsolute } from "../ui/time";
import classes from "./Plot.module.css";
import { plotOptions } from "./plotOptions";

export type Mark = { at: number; sentence: string };
type Props = {
  data: Columns;
  lines: Line[];
  unit: string;
  title: string;
  range: Range;
  marks: Mark[];
  choose: (range: string) => void;
};

export default function Plot({ data, lines, unit, title, range, marks, choose }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const scheme = useComputedColorScheme();
  const latest = useRef({ data, range, marks, choose });
  latest.current = { data, range, marks, choose };
  const shape = lines.map(({ gauge }) => gauge).join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a plot is made anew only for other lines or other colours
  useEffect(() => {
    const box = place.current;
    if (!box) return;
    const options = plotOptions({
      width: box.clientWidth,
      lines,
      unit,
      marks: () => latest.current.marks,
      range: () => latest.current.range,
      onCursor: setAt,
      onSelect: (from, to) => latest.current.choose(`${Math.floor(from)}-${Math.ceil(to)}`),
    });
    const made = new uPlot(options, latest.current.data as uPlot.AlignedData, box);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height: 180 }));
    watch.observe(box);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [shape, unit, scheme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other data, range or marks are drawn into the same plot
  useEffect(() => {
    plot.current?.setData(data as uPlot.AlignedData);
  }, [data, range.key, marks]);

  const index = at ?? data[0].length - 1;
  const time = data[0][index];
  return (
    <div className={classes.plot}>
      <div ref={place} role="img" aria-label={`${title}, plotted; the same numbers are under Table`} />
      <p className={classes.readout}>
        {lines.map(({ gauge, word, dashed }, line) => {
          const value = data[line + 1]?.[index];
          return (
            <span key={gauge} className="num">
              <span className={classes.key} data-line={line + 1} data-dashed={dashed} />
              {lines.length > 1 && `${word} `}
              {typeof value === "number" ? formatNumber(value, unit) : "–"}
            </span>
          );
        })}
        <span className="quiet num">
          {time === undefined ? "" : at === null ? "latest" : formatAbsolute(time * 1000)}
        </span>
      </p>
    </div>
  );
}
