// A trend in 64 × 20: gaps stay gaps, a change under 1 % is drawn flat.
import { line } from "d3-shape";
import { useMemo } from "react";
import classes from "./Sparkline.module.css";

type Point = [string, number | null];
type Props = { points: Point[]; label: string; width?: number; height?: number };

/** The path of a trend, or undefined when there is nothing to draw. */
export function sparkPath(points: Point[], width: number, height: number): string | undefined {
  const known = points.filter((point): point is [string, number] => point[1] !== null);
  if (known.length < 2) return undefined;
  const times = points.map(([at]) => Date.parse(at));
  const [from, to] = [Math.min(...times), Math.max(...times)];
  if (to <= from) return undefined;
  const values = known.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const flat = high - low < Math.abs(high) * 0.01 || high === low;
  const y = (value: number) => (flat ? height / 2 : height - 1.5 - ((value - low) / (high - low)) * (height - 3));
  const path = line<Point>()
    .defined(([, value]) => value !== null)
    .x(([at]) => Number((((Date.parse(at) - from) / (to - from)) * width).toFixed(1)))
    .y(([, value]) => Number(y(value ?? 0).toFixed(1)));
  return path(points) ?? undefined;
}

export function Sparkline({ points, label, width = 64, height = 20 }: Props) {
  const path = useMemo(() => sparkPath(points, width, height), [points, width, height]);
  if (path === undefined) return null;
  return (
    <svg
      className={classes.spark}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      <path d={path} />
    </svg>
  );
}
