// The labels of a metric: how many values each has, what is left without it, and so what it costs.
import { useState } from "react";
import type { MetricLabel } from "../../api/type";
import { formatNumber, plural } from "../../ui/number";
import { Quantity } from "../../ui/Quantity";
import classes from "./LabelList.module.css";

type Props = { labels: MetricLabel[]; total: number };

export function LabelList({ labels, total }: Props) {
  const [open, setOpen] = useState<string>();
  return (
    <ul className={classes.list}>
      {labels.map(({ name, values, series, series_without, saves, few }) => {
        const share = total > 0 ? Math.min(1, saves / total) : 0;
        return (
          <li key={name} className={classes.row}>
            <div className={classes.line}>
              <strong className={`${classes.name} mono`}>{name}</strong>
              <span className="label">
                <Quantity value={values} /> {values === 1 ? "value" : "values"} on <Quantity value={series} /> series
              </span>
              <span className={classes.saves}>
                without it <Quantity value={series_without} /> left
              </span>
            </div>
            <div className={classes.meter} title={`saves ${formatNumber(saves)} of ${formatNumber(total)} series`}>
              <span style={{ width: `${share * 100}%` }} />
            </div>
            <p className="label">
              leaving it out saves {formatNumber(saves)} series ({Math.round(share * 100)} %)
              {few && few.length > 0 && (
                <>
                  {" · "}
                  <button
                    type="button"
                    className="link"
                    aria-expanded={open === name}
                    onClick={() => setOpen(open === name ? undefined : name)}
                  >
                    {plural(few.length, "value")}
                  </button>
                </>
              )}
            </p>
            {open === name && few && (
              <ol className={classes.values}>
                {few.map((one) => (
                  <li key={one.value}>
                    <span className="mono">{one.value || "(empty)"}</span> <Quantity value={one.series} />
                  </li>
                ))}
              </ol>
            )}
          </li>
        );
      })}
    </ul>
  );
}
