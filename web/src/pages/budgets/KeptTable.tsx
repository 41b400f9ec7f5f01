// Metrics that keep labels which a budget would aggregate away, each with why.
import { Link } from "@tanstack/react-router";
import type { KeptMetric } from "../../api/type";
import { Missing } from "../../ui/Missing";
import classes from "./BudgetOrders.module.css";

type Props = { kept: KeptMetric[]; of: string };

export function KeptTable({ kept, of }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <section className={classes.box} tabIndex={0} aria-label={`Labels that stay for ${of}`}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th>Stays as it is</th>
            <th>Labels</th>
            <th>Why</th>
          </tr>
        </thead>
        <tbody>
          {kept.map(({ metric, labels, why }) => (
            <tr key={JSON.stringify([metric, why])}>
              <td className={`${classes.name} mono`}>
                {metric ? (
                  <Link to="/series" search={{ metric }} className="link">
                    {metric}
                  </Link>
                ) : (
                  <Missing why="not one metric alone" />
                )}
              </td>
              <td className={`${classes.name} mono`} data-name="Labels">
                {labels.join(", ") || <Missing why="all of them" />}
              </td>
              <td className={classes.name} data-name="Why">
                {why || <Missing why="its meter does not say" />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
