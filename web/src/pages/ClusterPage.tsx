// One cluster: its state in a sentence, what is wrong, telemetry, what is installed, its history.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { asProblem } from "../api/problem";
import { clusterQuery } from "../api/query";
import { Trouble } from "../ui/Trouble";
import { useTitle } from "../ui/useTitle";
import classes from "./ClusterPage.module.css";
import { ClusterHead } from "./cluster/ClusterHead";
import { DashboardsPanel } from "./cluster/DashboardsPanel";
import { FactsPanel } from "./cluster/FactsPanel";
import { InstalledPanel } from "./cluster/InstalledPanel";
import { TelemetryPanel } from "./cluster/TelemetryPanel";
import { TimelinePanel } from "./cluster/TimelinePanel";
import { ValuesPanel } from "./cluster/ValuesPanel";
import { WrongPanel } from "./cluster/WrongPanel";
import plain from "./Plain.module.css";

export function ClusterPage() {
  const { id } = useParams({ from: "/signed-in/cluster/$id" });
  const cluster = useQuery(clusterQuery(id));
  useTitle(cluster.data?.name ?? "Cluster");
  if (cluster.isError && asProblem(cluster.error).status === 404) {
    return (
      <div className={plain.plain}>
        <h1>There is no cluster at this address</h1>
        <p className="quiet">It may have been removed; the audit log says by whom and why.</p>
        <Link to="/audit" className="link">
          To the audit log
        </Link>
      </div>
    );
  }
  if (cluster.data === undefined) {
    if (!cluster.isError) return <div className={classes.wait} aria-busy="true" />;
    return (
      <Trouble what="This cluster could not be read." error={cluster.error} retry={() => void cluster.refetch()} />
    );
  }
  return (
    <div className={classes.page}>
      <ClusterHead cluster={cluster.data} />
      {cluster.isError && (
        <Trouble
          what="This cluster could not be read again."
          error={cluster.error}
          retry={() => void cluster.refetch()}
        />
      )}
      <div className={classes.columns}>
        <div className={classes.main}>
          <WrongPanel cluster={cluster.data} />
          <TelemetryPanel cluster={cluster.data} />
          <DashboardsPanel id={id} />
          <ValuesPanel id={id} />
        </div>
        <div className={classes.side}>
          <InstalledPanel cluster={cluster.data} />
          <FactsPanel cluster={cluster.data} />
          <TimelinePanel id={id} />
        </div>
      </div>
    </div>
  );
}
