// Labels and values as a table: sorted by a press on a head, its rows scrolling under it.
import { useState } from "react";
import { Missing } from "../../ui/Missing";
import { shown } from "../shown";
import { ToneGlyph } from "../ToneGlyph";
import { type Cell, type Column, compare, gridOf } from "../table";
import type { DrawingProps } from "./drawing";
import classes from "./TablePanel.module.css";

const MOST = 200;

export function TablePanel({ panel, title, series }: DrawingProps) {
  const [sort, setSort] = useState<{ key: string; down: boolean } | undefined>();
  const { columns, rows, undone } = gridOf(panel, series);
  const sorted = sort ? [...rows].sort((a, b) => compare(a[sort.key], b[sort.key]) * (sort.down ? -1 : 1)) : rows;
  const press = (key: string) => setSort((old) => ({ key, down: old?.key === key ? !old.down : false }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <section className={classes.box} tabIndex={0} aria-label={title}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map(({ key, title: word, isValue }) => {
              const order = sort?.key === key ? (sort.down ? "descending" : "ascending") : undefined;
              return (
                <th key={key} aria-sort={order} data-value={isValue}>
                  <button type="button" onClick={() => press(key)}>
                    {word}
                    <span aria-hidden="true">{order ? (sort?.down ? " ↓" : " ↑") : ""}</span>
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, MOST).map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own
            <tr key={at}>
              {columns.map((column) => (
                <td key={column.key} data-value={column.isValue}>
                  <Value cell={row[column.key] ?? null} column={column} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST && (
        <p className="label">
          The first {MOST} of {rows.length} rows.
        </p>
      )}
      {undone.length > 0 && <p className="label">Not done here: {undone.join(", ")}.</p>}
    </section>
  );
}

function Value({ cell, column }: { cell: Cell; column: Column }) {
  if (!column.isValue) return cell;
  if (typeof cell !== "number") return <Missing why="no value" />;
  const { text, tone } = shown(cell, column.field);
  return (
    <span className={`num ${classes.number}`}>
      <ToneGlyph tone={tone} size={10} />
      {text}
    </span>
  );
}
