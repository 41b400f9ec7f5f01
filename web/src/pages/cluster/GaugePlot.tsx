// One plot of a cluster's gauges: its data, its failure in its place, and the same as a table.
import { useInfiniteQuery, useQueries } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { eventsQuery, gaugeQuery } from "../../api/query";
import { PlotTable } from "../../charts/PlotTable";
import type { Range } from "../../ui/range";
import { Trouble } from "../../ui/Trouble";
import classes from "./GaugePlot.module.css";
import { joined } from "./joined";
import type { PlotPlan } from "./plots";

const Plot = lazy(() => import("../../charts/Plot"));
const MARKED = new Set([
  "joined",
  "re_enrolled",
  "flagged",
  "unflagged",
  "version_changed",
  "failover",
  "offline",
  "back",
]);

type Props = { id: string; plan: PlotPlan; range: Range; choose: (range: string) => void };

export function GaugePlot({ id, plan, range, choose }: Props) {
  const [asTable, setAsTable] = useState(false);
  const answers = useQueries({ queries: plan.lines.map(({ gauge }) => gaugeQuery(id, gauge, range)) });
  const events = useInfiniteQuery(eventsQuery(id, undefined)).data;
  const histories = answers.map(({ data }) => data);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer, not the array that is new at every drawing
  const data = useMemo(() => joined(histories.map((history) => history?.points ?? [])), histories);
  const marks = useMemo(
    () =>
      (events?.pages ?? [])
        .flatMap(({ items }) => items)
        .filter(({ kind }) => MARKED.has(kind))
        .map(({ at, sentence }) => ({ at: Date.parse(at) / 1000, sentence })),
    [events],
  );
  const failed = answers.find(({ isError }) => isError);
  const waiting = answers.some(({ isPending }) => isPending);
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.head}>
        <h3>{plan.title}</h3>
        <button type="button" className={classes.table} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          Table
        </button>
      </figcaption>
      <div className={classes.body} aria-busy={waiting && !failed}>
        {failed ? (
          <Trouble what="" error={failed.error} retry={() => void failed.refetch()} />
        ) : waiting ? null : data[0].length === 0 ? (
          <p className={classes.none}>Nothing was reported in this range.</p>
        ) : asTable ? (
          <PlotTable data={data} plan={plan} />
        ) : (
          <Suspense fallback={<div aria-busy="true" />}>
            <Plot
              data={data}
              lines={plan.lines}
              unit={plan.unit}
              title={plan.title}
              range={range}
              marks={marks}
              choose={choose}
            />
          </Suspense>
        )}
      </div>
    </figure>
  );
}
