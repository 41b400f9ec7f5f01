// How many series there were over time; a gap is where no cluster said so.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { seriesTrendQuery } from "../../api/query";
import { PlotTable } from "../../charts/PlotTable";
import { Panel } from "../../ui/Panel";
import { RangePicker } from "../../ui/RangePicker";
import { readRange, SPANS } from "../../ui/range";
import { Trouble } from "../../ui/Trouble";
import { joined } from "../cluster/joined";
import type { Filter } from "./level";
import classes from "./SeriesTrend.module.css";

const Plot = lazy(() => import("../../charts/Plot"));
const LONG = SPANS.filter(({ seconds }) => seconds >= 86_400);
const PLAN = { key: "series", title: "Active series", unit: "", lines: [{ gauge: "series", word: "series" }] };

export function SeriesTrend({ filter }: { filter: Filter }) {
  const [key, setKey] = useState("24h");
  const range = readRange(key);
  const { from, to } = range;
  const hours = Math.ceil((from === undefined ? range.seconds : Date.now() / 1000 - from) / 3600);
  const [table, setTable] = useState(false);
  const trend = useQuery(seriesTrendQuery(filter, Math.min(8760, Math.max(24, hours))));
  const data = useMemo(() => {
    const points = (trend.data?.points ?? []).filter(({ at }) => {
      const time = Date.parse(at) / 1000;
      return (from === undefined || time >= from) && (to === undefined || time <= to);
    });
    return joined([points.map(({ at, series }): [string, number | null] => [at, series ?? null])]);
  }, [trend.data, from, to]);
  return (
    <Panel title="Over time" aside={<RangePicker range={range} choose={setKey} spans={LONG} />}>
      {trend.isError && (
        <Trouble what="The trend could not be read." error={trend.error} retry={() => void trend.refetch()} />
      )}
      {trend.isPending && <div className={classes.wait} aria-busy="true" />}
      {trend.isSuccess && data[0].length === 0 && (
        <p className={`${classes.none} quiet`}>No cluster has told about a whole hour in this time.</p>
      )}
      {data[0].length > 0 && (
        <>
          <Suspense fallback={<div className={classes.wait} aria-busy="true" />}>
            <Plot {...PLAN} data={data} range={range} marks={[]} choose={setKey} />
          </Suspense>
          <button type="button" className="link" aria-expanded={table} onClick={() => setTable(!table)}>
            Table
          </button>
          {table && <PlotTable data={data} plan={PLAN} />}
        </>
      )}
    </Panel>
  );
}
