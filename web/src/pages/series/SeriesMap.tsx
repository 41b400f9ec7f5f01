// Series as areas, two levels at once, coloured by how they grew within a day. The list beside it says the same in words.
import { hierarchy, treemap, treemapSquarify } from "d3-hierarchy";
import { useEffect, useMemo, useRef, useState } from "react";
import type { SeriesRow } from "../../api/type";
import { formatNumber } from "../../ui/number";
import { growth, growthWord } from "./level";
import classes from "./SeriesMap.module.css";

type Area = { name: string; row: SeriesRow | undefined; parent: string | undefined; series: number };
type Node = Area & { children?: Node[] };
type Props = {
  items: SeriesRow[];
  other: SeriesRow | null | undefined;
  what: string;
  choose: (row: SeriesRow) => void;
};

const HEIGHT = 420;
const HEAD = 20;
/** Growth from which the colour is full. */
const FULL = 0.5;

function nodeOf(row: SeriesRow, parent?: string): Node {
  const children = (row.children ?? []).map((child) => nodeOf(child, row.name));
  const node: Node = { name: row.name, row, parent, series: row.series.value };
  // A child that is all of its parent says nothing more.
  return children.length > 1 ? { ...node, children } : node;
}

/** A colour for growth (warm) or shrinking (cool); none where it is not known. */
function tint(row: SeriesRow | undefined): React.CSSProperties {
  const share = row && growth(row.series.value, row.day_ago);
  if (share === undefined || Math.abs(share) < 0.005) return {};
  const strength = Math.round(10 + Math.min(Math.abs(share) / FULL, 1) * 35);
  const color = share > 0 ? "--series-2" : "--series-1";
  return { background: `color-mix(in srgb, var(${color}) ${strength}%, var(--raised))` };
}

function said({ row, parent, name }: Area): string {
  if (!row) return name;
  const share = growth(row.series.value, row.day_ago);
  const change = share === undefined ? "a day ago not known" : `${growthWord(share)} in a day`;
  return `${parent === undefined ? "" : `${parent} ▸ `}${name}: ${formatNumber(row.series.value)} series, ${change}`;
}

export function SeriesMap({ items, other, what, choose }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const box = place.current;
    if (!box) return;
    setWidth(box.clientWidth);
    const watch = new ResizeObserver(() => setWidth(box.clientWidth));
    watch.observe(box);
    return () => watch.disconnect();
  }, []);
  const areas = useMemo(() => {
    const children = [...items, ...(other ? [other] : [])].map((row) => nodeOf(row));
    const root = hierarchy<Node>({ name: "", row: undefined, parent: undefined, series: 0, children })
      .sum(({ series, children }) => (children?.length ? 0 : series))
      .sort((one, two) => (two.value ?? 0) - (one.value ?? 0));
    const drawn = treemap<Node>()
      .size([width, HEIGHT])
      .tile(treemapSquarify)
      .paddingInner(2)
      .paddingTop(({ depth, children }) => (depth === 1 && children ? HEAD : 0))(root);
    return drawn.descendants().filter(({ depth }) => depth > 0);
  }, [items, other, width]);
  return (
    <div
      ref={place}
      className={classes.map}
      role="img"
      aria-label={`Series by ${what} as areas; the same numbers are in the list`}
    >
      {width > 0 &&
        areas.map(({ data, depth, x0, x1, y0, y1, children, parent }) => {
          const [wide, high] = [x1 - x0, y1 - y0];
          const target = depth === 1 ? data.row : (parent?.data.row ?? data.row);
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the list has the same as links, in reach of the keyboard
            // biome-ignore lint/a11y/useKeyWithClickEvents: as above
            <div
              key={`${data.parent ?? ""}/${data.name}`}
              className={children ? classes.group : classes.area}
              style={{ left: x0, top: y0, width: wide, height: high, ...(children ? {} : tint(data.row)) }}
              title={said(data)}
              onClick={() => target && choose(target)}
            >
              {wide > 44 && high > 17 && (
                <span className={classes.name}>
                  {data.name || "–"}
                  {wide > 110 && <span className={classes.number}> {formatNumber(data.row?.series.value ?? 0)}</span>}
                </span>
              )}
            </div>
          );
        })}
    </div>
  );
}
