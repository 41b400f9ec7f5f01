// Series: how many, where, whose, of which metric, and what each label costs.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { seriesQuery } from "../api/query";
import type { SeriesRow } from "../api/type";
import { useScope } from "../ui/frame/useScope";
import { Panel } from "../ui/Panel";
import { Trouble } from "../ui/Trouble";
import { useTitle } from "../ui/useTitle";
import classes from "./SeriesPage.module.css";
import { below, type Filter, levelOf } from "./series/level";
import { MetricView } from "./series/MetricView";
import { SeriesHead } from "./series/SeriesHead";
import { SeriesList } from "./series/SeriesList";
import { SeriesMap } from "./series/SeriesMap";
import { SeriesPath } from "./series/SeriesPath";
import { SeriesTrend } from "./series/SeriesTrend";

export function SeriesPage() {
  const { by: chosen, cluster, team, metric, job } = useSearch({ from: "/signed-in/series" });
  const [{ provider, region }] = useScope();
  const filter: Filter = { provider, region, cluster, team, metric, job };
  const by = levelOf({ ...filter, by: chosen });
  useTitle(metric ?? "Series");
  return (
    <div className={classes.page}>
      <h1>Series</h1>
      <SeriesPath filter={filter} by={metric === undefined ? by : undefined} />
      {metric === undefined ? <Divided filter={filter} by={by} /> : <MetricView name={metric} filter={filter} />}
    </div>
  );
}

type Props = { filter: Filter; by: ReturnType<typeof levelOf> };

function Divided({ filter, by }: Props) {
  const then = below(by, filter);
  const query = useQuery(seriesQuery(filter, by, then));
  const navigate = useNavigate();
  const page = query.data;
  if (page === undefined) {
    if (!query.isError) return <div className={classes.wait} aria-busy="true" />;
    return <Trouble what="The series could not be read." error={query.error} retry={() => void query.refetch()} />;
  }
  const { total } = page;
  if (!total) return <Nothing of={page.clusters.of} />;
  const one = (row: SeriesRow) => ({ by: undefined, [by]: row.id ?? row.name });
  return (
    <>
      <SeriesHead page={page} total={total} />
      {query.isError && (
        <Trouble what="The series could not be read again." error={query.error} retry={() => void query.refetch()} />
      )}
      <div className={classes.columns}>
        <div className={classes.map}>
          <Panel title={`By ${by}`} aside={<Legend />} flush>
            <SeriesMap
              items={page.items}
              other={page.other}
              what={then ? `${by} and ${then}` : by}
              choose={(row) =>
                row !== page.other && void navigate({ to: "/series", search: (old) => ({ ...old, ...one(row) }) })
              }
            />
          </Panel>
        </div>
        <Panel title={`Every ${by}`} flush>
          <SeriesList
            items={page.items}
            other={page.other}
            total={total.series.value}
            what={by}
            link={(row) => (
              <Link className="link" to="/series" search={(old) => ({ ...old, ...one(row) })}>
                {row.name || "(none)"}
              </Link>
            )}
          />
        </Panel>
      </div>
      {filter.job === undefined && <SeriesTrend filter={filter} />}
    </>
  );
}

function Legend() {
  return (
    <span className={`label ${classes.legend}`}>
      <span className={classes.less} /> fewer than a day ago <span className={classes.more} /> more
    </span>
  );
}

function Nothing({ of }: { of: number }) {
  return (
    <Panel title="No meter has counted here yet">
      <p className="quiet">
        {of === 0
          ? "There is no cluster here. "
          : "The clusters here run no meter, or it has not told within 15 minutes. "}
        A meter counts where samples leave a cluster. Switch it on with <code>meter.mode: tap</code> in the flag, and
        within five minutes the numbers are here.
      </p>
    </Panel>
  );
}
