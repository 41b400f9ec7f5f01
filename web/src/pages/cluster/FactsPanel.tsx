// What the cluster is: facts that it found out about itself, and its identity.
import type { ClusterDetail } from "../../api/type";
import { FactList } from "../../ui/FactList";
import { Missing } from "../../ui/Missing";
import { Panel } from "../../ui/Panel";
import { Quantity } from "../../ui/Quantity";
import { Time } from "../../ui/Time";

const said = (value: string | null | undefined) => value || <Missing why="not said by the cluster" />;

export function FactsPanel({ cluster }: { cluster: ClusterDetail }) {
  const latest = [...cluster.instances].sort((a, b) => b.last_seen_at.localeCompare(a.last_seen_at))[0];
  const labels = Object.entries(cluster.labels ?? {});
  return (
    <Panel title="Facts and identity">
      <FactList
        facts={[
          [
            "Nodes",
            cluster.simulated ? (
              <Simulated key="v" count={cluster.node_count} />
            ) : (
              <Quantity key="v" value={cluster.node_count} />
            ),
          ],
          ["Cores", <Quantity key="v" value={cluster.capacity?.cpu_cores} />],
          ["Memory", <Quantity key="v" value={cluster.capacity?.memory_bytes} unit="B" />],
          ["Kubernetes", said(cluster.kubernetes_version)],
          ["Operator", said(cluster.operator_version)],
          ["Environment", said(cluster.environment)],
          ...labels.map(([name, value]): [string, React.ReactNode] => [name, value]),
          ["Joined", <Time key="v" at={cluster.enrolled_at} />],
          [
            "Operator's leader",
            latest ? <code key="v">{latest.id}</code> : <Missing key="v" why="it has not reported yet" />,
          ],
          ["UID", <code key="v">{cluster.uid}</code>],
        ]}
      />
    </Panel>
  );
}

function Simulated({ count }: { count: number | null | undefined }) {
  return (
    <>
      <Quantity value={count} /> (simulated)
    </>
  );
}
