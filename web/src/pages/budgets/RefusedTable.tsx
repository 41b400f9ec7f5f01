// What was refused for a budget in this hour, the most first.
import { Link } from "@tanstack/react-router";
import type { RefusedSeries } from "../../api/type";
import { Missing } from "../../ui/Missing";
import { formatNumber } from "../../ui/number";
import classes from "./BudgetOrders.module.css";

type Props = { refused: RefusedSeries[]; of: string };

export function RefusedTable({ refused, of }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <section className={classes.box} tabIndex={0} aria-label={`Refused for ${of}`}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th>Refused this hour</th>
            <th>Label that grew</th>
            <th>Team</th>
            <th>Job</th>
            <th className={classes.right}>Series</th>
            <th className={classes.right}>Samples</th>
          </tr>
        </thead>
        <tbody>
          {refused.map(({ metric, team, job, label, series, samples }) => (
            <tr key={JSON.stringify([metric, team, job, label])}>
              <td className={`${classes.name} mono`}>
                <Link to="/series" search={{ metric }} className="link">
                  {metric}
                </Link>
              </td>
              <td className={`${classes.name} mono`} data-name="Label">
                {label || <Missing why="its labels are not looked at" />}
              </td>
              <td className={classes.name} data-name="Team">
                {team}
              </td>
              <td className={classes.name} data-name="Job">
                {job}
              </td>
              <td className={`${classes.right} num`} data-name="Series">
                ≈ {formatNumber(series)}
              </td>
              <td className={`${classes.right} num`} data-name="Samples">
                {formatNumber(samples)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
