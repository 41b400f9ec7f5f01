// How many series there are, of how many clusters, and what they cost: one sentence, with what is missing named.
import { Link } from "@tanstack/react-router";
import type { SeriesPage, SeriesRow } from "../../api/type";
import { formatExact, formatNumber, plural } from "../../ui/number";
import { Time } from "../../ui/Time";
import { Growth } from "./Growth";
import { formatMoney } from "./Money";
import classes from "./SeriesHead.module.css";

const NAMED = 5;

type Props = { page: SeriesPage; total: SeriesRow };

export function SeriesHead({ page, total }: Props) {
  const { clusters, as_of } = page;
  const { series, cost } = total;
  const rest = clusters.missing.length - NAMED;
  return (
    <div className={classes.head}>
      <p className={classes.facts}>
        <span>
          <strong className={classes.large} title={formatExact(series.value)}>
            {!series.exact && "≈ "}
            {formatNumber(series.value)}
          </strong>{" "}
          active series
          {!series.exact && <span className="quiet"> ± {formatNumber(series.standard_error)}</span>}
        </span>
        <span>
          from {clusters.counted === clusters.of ? "all" : `${formatNumber(clusters.counted)} of`}{" "}
          {plural(clusters.of, "cluster")}
        </span>
        <span>
          <Growth series={series.value} before={total.day_ago} /> in a day
        </span>
        <span>{formatNumber(Math.round(total.new_per_hour))} new per hour</span>
        <span>{formatNumber(Math.round(total.samples_per_second))} samples/s</span>
        {cost && (
          <span>
            {!cost.is_whole && "at least "}
            {formatMoney(cost)} a month
          </span>
        )}
        {as_of && (
          <span className="quiet">
            as of <Time at={as_of} />
          </span>
        )}
      </p>
      {clusters.missing.length > 0 && (
        <p className="label">
          Not counted, for no meter told within 15 min:{" "}
          {clusters.missing.slice(0, NAMED).map(({ id, name }, at) => (
            <span key={id}>
              {at > 0 && ", "}
              <Link className="link" to="/cluster/$id" params={{ id }} search={{}}>
                {name}
              </Link>
            </span>
          ))}
          {rest > 0 && ` and ${plural(rest, "other")}`}
        </p>
      )}
    </div>
  );
}
