// Series over time: lines or a stack, with a legend that reads their values at the cursor; dragging sets the range.
import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import { formatAbsolute, formatClock } from "../../ui/time";
import { seconds, stepOf } from "../interval";
import { columns } from "../series";
import { shown } from "../shown";
import type { DrawingProps } from "./drawing";
import { drawnOf } from "./stack";
import classes from "./TimePanel.module.css";
import { timeOptions } from "./timeOptions";

export default function TimePanel({ panel, title, series, context }: DrawingProps) {
  const { span, choose } = context;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const scheme = useComputedColorScheme();
  const step = stepOf(span.seconds, seconds(panel.targets[0]?.interval ?? "") ?? 0);
  const [times, drawing] = useMemo(() => {
    const [times, ...rows] = columns(series, step);
    return [times, drawnOf(series, rows, panel.stacked)] as const;
  }, [series, step, panel.stacked]);
  const { drawn, others } = drawing;
  const latest = useRef({ span, choose });
  latest.current = { span, choose };
  const shape = drawn.map(({ key, name }) => `${key} ${name}`).join();
  const data = useMemo(() => [times, ...drawn.map(({ heights }) => heights)] as uPlot.AlignedData, [times, drawn]);
  const fill = (panel.options.fill as number | undefined) ?? 0.08;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a plot is made anew only for other series or other colours
  useEffect(() => {
    const box = place.current;
    if (!box) return;
    const options = timeOptions({
      width: box.clientWidth,
      height: box.clientHeight,
      drawn,
      field: panel.field,
      stacked: panel.stacked,
      bars: panel.bars,
      fill,
      span: () => latest.current.span,
      onCursor: setAt,
      onSelect: (from, to) => latest.current.choose(`${Math.floor(from)}-${Math.ceil(to)}`),
    });
    const made = new uPlot(options, data, box);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height: box.clientHeight }));
    watch.observe(box);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [shape, panel, scheme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another span is drawn into the same plot
  useEffect(() => {
    plot.current?.setData(data);
  }, [data, span.from, span.to]);

  const index = at ?? times.length - 1;
  const time = times[index];
  const named = drawn.filter(({ colour, key }) => colour > 0 || key === "others");
  return (
    <div className={classes.plot}>
      <div
        ref={place}
        className={classes.canvas}
        role="img"
        aria-label={`${title}, plotted; the same series are under Table`}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
      <section className={classes.legend} tabIndex={0} aria-label={`Series of ${title}`}>
        <ul>
          {named.map(({ key, name, colour, values, series: one }) => (
            <li key={key} title={name}>
              <span className={classes.key} data-colour={colour} />
              {(drawn.length > 1 || name !== title) && <span className={classes.name}>{name}</span>}
              <span className="num">
                {lastKnown(values, at) === null ? "–" : shown(lastKnown(values, at), one.field).text}
              </span>
            </li>
          ))}
          {!panel.stacked && others > 0 && (
            <li className="quiet">
              <span className={classes.key} data-colour={0} />
              {others === 1 ? "1 other" : `${others} others`}
            </li>
          )}
          <li className="quiet num" title={time === undefined ? undefined : formatAbsolute(time * 1000)}>
            {time === undefined || at === null ? "latest" : formatClock(time * 1000)}
          </li>
        </ul>
      </section>
    </div>
  );
}

/** At the cursor its value there; else the last one that is known. */
function lastKnown(values: (number | null)[], at: number | null): number | null {
  if (at !== null) return values[at] ?? null;
  return values.findLast((value) => value !== null) ?? null;
}
