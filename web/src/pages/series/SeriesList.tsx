// Series by one level as a list: how many, their share, how they grew, and what each costs. A name leads one level down.
import type { SeriesRow } from "../../api/type";
import { Missing } from "../../ui/Missing";
import { formatExact, formatNumber } from "../../ui/number";
import { Quantity } from "../../ui/Quantity";
import { Growth } from "./Growth";
import { Money } from "./Money";
import classes from "./SeriesList.module.css";

type Props = {
  items: SeriesRow[];
  other?: SeriesRow | null;
  total: number;
  what: string;
  /** How the address of a row is linked; rows without one are plain. */
  link?: (row: SeriesRow) => React.ReactNode;
  brief?: boolean;
};

export function SeriesList({ items, other, total, what, link, brief = false }: Props) {
  const priced = items.some(({ cost }) => cost);
  const labelled = items.some(({ label }) => label);
  const largest = Math.max(1, ...items.map(({ series }) => series.value));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <section className={classes.box} tabIndex={0} aria-label={`Series by ${what}`}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th>{what}</th>
            <th className={classes.right}>Series</th>
            <th className={classes.share}>Share</th>
            {!brief && <th className={classes.right}>In a day</th>}
            {!brief && <th className={`${classes.right} ${classes.wide}`}>New per hour</th>}
            {labelled && <th className={classes.wide}>Costliest label</th>}
            {priced && <th className={classes.right}>A month</th>}
          </tr>
        </thead>
        <tbody>
          {[...items, ...(other ? [other] : [])].map((row) => (
            <tr key={row.id ?? row.name} data-rest={row === other || undefined}>
              <td className={classes.name}>{row !== other && link ? link(row) : row.name || "(none)"}</td>
              <td className={`${classes.right} num`} title={errorOf(row)}>
                {!row.series.exact && "≈ "}
                {formatNumber(row.series.value)}
              </td>
              <td className={classes.share}>
                <span className={classes.bar} aria-hidden>
                  <span style={{ width: `${Math.min(100, (row.series.value / largest) * 100)}%` }} />
                </span>
                <span className="sr">
                  {total > 0 ? `${Math.round((row.series.value / total) * 100)} % of all` : "no share"}
                </span>
              </td>
              {!brief && (
                <td className={`${classes.right} num`}>
                  <Growth series={row.series.value} before={row.day_ago} />
                </td>
              )}
              {!brief && (
                <td className={`${classes.right} ${classes.wide}`}>
                  <Quantity value={row.new_per_hour} />
                </td>
              )}
              {labelled && (
                <td className={classes.wide}>
                  {row.label ? (
                    <>
                      <span className="mono">{row.label.name}</span>{" "}
                      <span className="quiet num">saves {formatNumber(row.label.saves)}</span>
                    </>
                  ) : (
                    <Missing why="its labels are not looked at" />
                  )}
                </td>
              )}
              {priced && (
                <td className={`${classes.right} num`}>
                  <Money cost={row.cost} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The exact number, or how far it may be from the truth. */
function errorOf({ series }: SeriesRow): string {
  if (series.exact) return `${formatExact(series.value)}, exact`;
  return `estimated: ${formatExact(series.value)} with a standard error of ${formatNumber(series.standard_error)}`;
}
