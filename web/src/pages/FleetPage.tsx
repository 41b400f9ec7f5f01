// The first page: counts, what needs attention, and every cluster in its place.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { attentionQuery, clustersQuery } from "../api/query";
import { inScope, useScope } from "../ui/frame/useScope";
import { Trouble } from "../ui/Trouble";
import { useTitle } from "../ui/useTitle";
import classes from "./FleetPage.module.css";
import { AttentionPanel } from "./fleet/AttentionPanel";
import { FilterBar } from "./fleet/FilterBar";
import { FleetMap } from "./fleet/FleetMap";
import { filtered } from "./fleet/fleet";
import { NothingShown } from "./fleet/NothingShown";
import { Summary } from "./fleet/Summary";
import { useFleetKeys } from "./fleet/useFleetKeys";

const FleetGraph = lazy(() => import("./fleet/graph/FleetGraph"));
const FleetTable = lazy(() => import("./fleet/FleetTable"));
const AddPage = lazy(() => import("./AddPage").then((page) => ({ default: page.AddPage })));

export function FleetPage() {
  const clusters = useQuery(clustersQuery);
  const attention = useQuery(attentionQuery);
  const search = useSearch({ from: "/signed-in/" });
  const navigate = useNavigate({ from: "/" });
  const [scope] = useScope();
  useTitle("Fleet");
  useFleetKeys();
  const { provider, region } = scope;
  const { q, state, unwell } = search;
  const all = useMemo(
    () => (clusters.data ?? []).filter((one) => inScope(one, { provider, region })),
    [clusters.data, provider, region],
  );
  const shown = useMemo(() => filtered(all, { q, state, unwell }), [all, q, state, unwell]);

  // What needs attention stands above the map: drawn later, it would push the map away under the pointer.
  if (clusters.isPending || attention.isPending) return <div className={classes.wait} aria-busy="true" />;
  if (clusters.data === undefined) {
    return (
      <Trouble what="The clusters could not be read." error={clusters.error} retry={() => void clusters.refetch()} />
    );
  }
  if (clusters.data.length === 0) {
    return (
      <Suspense>
        <AddPage />
      </Suspense>
    );
  }
  return (
    <div className={classes.fleet}>
      <Summary clusters={all} />
      {clusters.isError && (
        <Trouble
          what="The clusters could not be read again."
          error={clusters.error}
          retry={() => void clusters.refetch()}
        />
      )}
      <AttentionPanel clusters={all} />
      <FilterBar all={all} shown={shown} />
      {shown.length === 0 ? (
        <NothingShown
          clear={() =>
            void navigate({ search: (old) => ({ ...old, q: undefined, state: undefined, unwell: undefined }) })
          }
        />
      ) : search.view === "table" ? (
        <Suspense>
          <FleetTable clusters={shown} />
        </Suspense>
      ) : search.view === "graph" ? (
        <Suspense>
          <FleetGraph clusters={shown} />
        </Suspense>
      ) : (
        <FleetMap clusters={shown} all={all} />
      )}
    </div>
  );
}
