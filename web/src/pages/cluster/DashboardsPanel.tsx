// The packs' dashboards of a cluster, each a press away; what is missing for them is said.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { dashboardsQuery } from "../../dashboard/dashboardQuery";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import classes from "./DashboardsPanel.module.css";

export function DashboardsPanel({ id }: { id: string }) {
  const dashboards = useQuery(dashboardsQuery(id));
  const { items = [], stores = [] } = dashboards.data ?? {};
  const missing = (["prometheus", "loki"] as const).filter((kind) => !stores.some((store) => store.kind === kind));
  return (
    <Panel title="Dashboards" flush>
      {dashboards.isError && items.length === 0 && (
        <Trouble what="" error={dashboards.error} retry={() => void dashboards.refetch()} />
      )}
      {dashboards.isSuccess && missing.length > 0 && (
        <p className={classes.missing}>
          {missing.length === 2 ? "No store is" : `No ${missing[0] === "loki" ? "Loki" : "Prometheus"} is`} connected
          that holds this cluster.{" "}
          <Link to="/settings" className="link">
            Connect one
          </Link>
        </p>
      )}
      <ul className={classes.list}>
        {items.map(({ name, title, description, panels }) => (
          <li key={name}>
            <Link
              to="/cluster/$id/dashboards/$name"
              params={{ id, name }}
              search={(old) => ({ range: old.range })}
              className={classes.entry}
            >
              <span className={classes.title}>{title.replace(/^Flagstaff \/ /, "")}</span>
              <span className="label">{description}</span>
              <span className="label num">{panels} panels</span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
