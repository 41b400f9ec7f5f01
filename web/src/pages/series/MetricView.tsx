// One metric: what its labels cost, who sends it, whose it is, and where.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { metricSeriesQuery } from "../../api/query";
import type { SeriesRow } from "../../api/type";
import { formatNumber } from "../../ui/number";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import { Growth } from "./Growth";
import { LabelList } from "./LabelList";
import type { Filter } from "./level";
import classes from "./MetricView.module.css";
import { SeriesList } from "./SeriesList";
import { SeriesTrend } from "./SeriesTrend";

type Part = "team" | "job" | "cluster";

export function MetricView({ name, filter }: { name: string; filter: Filter }) {
  const query = useQuery(metricSeriesQuery(name, filter));
  const metric = query.data;
  if (metric === undefined) {
    if (!query.isError) return <div className={classes.wait} aria-busy="true" />;
    return <Trouble what="This metric could not be read." error={query.error} retry={() => void query.refetch()} />;
  }
  const { row, labels } = metric;
  const link = (part: Part) => (one: SeriesRow) => (
    <Link className="link" to="/series" search={(old) => ({ ...old, [part]: one.id ?? one.name })}>
      {one.name || "(none)"}
    </Link>
  );
  const lists: [string, Part, SeriesRow[]][] = [
    ["Who sends it", "job", metric.jobs],
    ["Whose it is", "team", metric.teams],
    ["Where", "cluster", metric.clusters],
  ];
  return (
    <div className={classes.view}>
      <p className={classes.facts}>
        <strong className={classes.large}>
          {!row.series.exact && "≈ "}
          {formatNumber(row.series.value)}
        </strong>{" "}
        active series, <Growth series={row.series.value} before={row.day_ago} /> in a day,{" "}
        {formatNumber(Math.round(row.new_per_hour))} new per hour
      </p>
      <div className={classes.columns}>
        <Panel title="What its labels cost">
          {labels.length === 0 ? (
            <p className="quiet">
              No meter has looked at its labels yet: they look at the largest metrics, and at what they are asked for.
            </p>
          ) : (
            <LabelList labels={labels} total={row.series.value} />
          )}
        </Panel>
        <div className={classes.side}>
          <SeriesTrend filter={{ ...filter, metric: name }} />
          {lists.map(([title, part, items]) => (
            <Panel key={part} title={title} flush>
              <SeriesList
                items={items}
                total={row.series.value}
                what={part}
                link={filter[part] === undefined ? link(part) : undefined}
                brief
              />
            </Panel>
          ))}
        </div>
      </div>
    </div>
  );
}
