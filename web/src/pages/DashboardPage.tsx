// One dashboard of one cluster: what it shows, over which range, and of what.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useHotkeys } from "react-hotkeys-hook";
import { asProblem } from "../api/problem";
import { clusterQuery } from "../api/query";
import { dashboardQuery, dashboardsQuery, variablesQuery } from "../dashboard/dashboardQuery";
import { readModel } from "../dashboard/model";
import { PanelTrouble } from "../dashboard/PanelTrouble";
import { Sections } from "../dashboard/Sections";
import { useLast } from "../dashboard/useKept";
import { useSpan } from "../dashboard/useSpan";
import { VariableBar } from "../dashboard/VariableBar";
import { type Chosen, valuesOf } from "../dashboard/variables";
import { RangePicker } from "../ui/RangePicker";
import { readRange, steppedRange } from "../ui/range";
import { Trouble } from "../ui/Trouble";
import { useTitle } from "../ui/useTitle";
import classes from "./DashboardPage.module.css";
import plain from "./Plain.module.css";

const HERE = "/signed-in/cluster/$id/dashboards/$name";

export function DashboardPage() {
  const { id, name } = useParams({ from: HERE });
  const { range: text, vars = {} } = useSearch({ from: HERE });
  const navigate = useNavigate();
  const range = readRange(text);
  const { span, isLive } = useSpan(range);
  const cluster = useQuery(clusterQuery(id));
  const dashboard = useQuery(dashboardQuery(id, name));
  const others = useQuery(dashboardsQuery(id)).data?.items ?? [];
  const model = useMemo(() => readModel(dashboard.data?.model), [dashboard.data]);
  const stores = dashboard.data?.stores ?? [];
  const variables = useQuery({
    ...variablesQuery({ id, cluster: cluster.data?.name ?? "", name, model, chosen: vars, span, stores }),
    enabled: dashboard.data !== undefined && cluster.data !== undefined && stores.length > 0,
  });
  // A store that fails takes nothing away that is there.
  const resolved = useLast(`${id} ${name}`, variables.data);
  useTitle(model.title || "Dashboard");
  const choose = (next: string) =>
    void navigate({ to: ".", search: (old) => ({ ...old, range: next }), replace: true });
  const set = (variable: string, values: string[]) => {
    const next: Chosen = { ...vars, [variable]: values };
    void navigate({ to: ".", search: (old) => ({ ...old, vars: next }), replace: true });
  };
  useHotkeys("bracketleft", () => choose(steppedRange(range, -1)));
  useHotkeys("bracketright", () => choose(steppedRange(range, 1)));

  const failed = [dashboard, cluster].find(({ isError, data }) => isError && data === undefined);
  if (failed) {
    if (asProblem(failed.error).status !== 404) {
      return (
        <Trouble what="This dashboard could not be read." error={failed.error} retry={() => void failed.refetch()} />
      );
    }
    return (
      <div className={plain.plain}>
        <h1>There is no dashboard at this address</h1>
        <Link to="/cluster/$id" params={{ id }} search={{}} className="link">
          To the cluster
        </Link>
      </div>
    );
  }
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <div>
          <p className="label">
            <Link to="/cluster/$id" params={{ id }} search={{}} className="link">
              {cluster.data?.name ?? "Cluster"}
            </Link>{" "}
            / dashboards
          </p>
          <h1>{model.title.replace(/^Flagstaff \/ /, "") || "Dashboard"}</h1>
          <p className="quiet">{model.description}</p>
        </div>
        <RangePicker range={range} choose={choose} />
      </header>
      <nav className={classes.others} aria-label="Dashboards of this cluster">
        {others.map((other) => (
          <Link
            key={other.name}
            to="/cluster/$id/dashboards/$name"
            params={{ id, name: other.name }}
            search={(old) => ({ range: old.range })}
            className={classes.other}
            aria-current={other.name === name ? "page" : undefined}
          >
            {other.title.replace(/^Flagstaff \/ /, "")}
          </Link>
        ))}
      </nav>
      {dashboard.data && stores.length === 0 && (
        <div className={plain.plain}>
          <p>No store is connected that holds this cluster: there is nothing to draw.</p>
          <Link to="/settings" className="link">
            Connect a store under Settings
          </Link>
        </div>
      )}
      {variables.isError && <PanelTrouble error={variables.error} retry={() => void variables.refetch()} />}
      {resolved && <VariableBar resolved={resolved} stores={stores} choose={set} />}
      {resolved ? (
        <div>
          <Sections
            sections={model.sections}
            context={{ id, values: valuesOf(resolved), span, isLive, range, choose }}
          />
        </div>
      ) : (
        !variables.isError && stores.length > 0 && <div className={classes.wait} aria-busy="true" />
      )}
      {dashboard.data && (
        <p className="label">
          From the pack {dashboard.data.entry.pack} {dashboard.data.entry.version} of this hub
          {stores.length > 0 && `; data from ${stores.map((store) => store.name).join(", ")}`}. Every query is confined
          to this cluster.
        </p>
      )}
    </div>
  );
}
