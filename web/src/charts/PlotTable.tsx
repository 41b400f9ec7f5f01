// The numbers of a plot as a table, newest first.
import type { Columns } from "../pages/cluster/joined";
import type { PlotPlan } from "../pages/cluster/plots";
import { Quantity } from "../ui/Quantity";
import { formatAbsolute } from "../ui/time";
import classes from "./PlotTable.module.css";

type Props = { data: Columns; plan: PlotPlan };

export function PlotTable({ data, plan }: Props) {
  const [times, ...values] = data;
  const newest = times.map((_, at) => times.length - 1 - at);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <section className={classes.box} tabIndex={0} aria-label={`${plan.title} as a table`}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th>Time</th>
            {plan.lines.map(({ gauge, word }) => (
              <th key={gauge}>{word}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {newest.map((at) => (
            <tr key={times[at]}>
              <td>{formatAbsolute((times[at] ?? 0) * 1000)}</td>
              {plan.lines.map(({ gauge }, column) => (
                <td key={gauge}>
                  <Quantity value={values[column]?.[at]} unit={plan.unit} why="not reported then" />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
