// A plot's series as a table: what each was last, on average, at least and at most.
import { Missing } from "../../ui/Missing";
import { type NamedSeries, reduced } from "../series";
import { shown } from "../shown";
import type { DrawingProps } from "./drawing";
import classes from "./TablePanel.module.css";

const CALCS: [string, string][] = [
  ["lastNotNull", "Last"],
  ["mean", "Mean"],
  ["min", "Least"],
  ["max", "Most"],
];

export function SeriesTable({ title, series }: DrawingProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <section className={classes.box} tabIndex={0} aria-label={`${title} as a table`}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">
              <span className={classes.word}>Series</span>
            </th>
            {CALCS.map(([calc, word]) => (
              <th key={calc} scope="col" data-value="true">
                <span className={classes.word}>{word}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {series.map((one) => (
            <tr key={one.key}>
              <td>{one.name}</td>
              {CALCS.map(([calc]) => (
                <td key={calc} data-value="true">
                  <Calculated one={one} calc={calc} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Calculated({ one, calc }: { one: NamedSeries; calc: string }) {
  const value = reduced(one.points, calc);
  return value === null ? (
    <Missing why="no sample in this range" />
  ) : (
    <span className="num">{shown(value, one.field).text}</span>
  );
}
