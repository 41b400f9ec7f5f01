// What Flagstaff installed on the cluster, in counts.
import { isReporting } from "../../api/state";
import type { ClusterDetail } from "../../api/type";
import { FactList } from "../../ui/FactList";
import { Panel } from "../../ui/Panel";
import { Quantity } from "../../ui/Quantity";

export function InstalledPanel({ cluster }: { cluster: ClusterDetail }) {
  const { objects, gauges } = cluster;
  return (
    <Panel title="Installed" aside={isReporting(cluster.state) ? undefined : <span className="label">last known</span>}>
      <FactList
        facts={[
          ["Objects applied", <Quantity key="v" value={objects?.applied} />],
          ["Contested", <Quantity key="v" value={objects?.contested} />],
          [
            "Agents ready",
            <span key="v" className="num">
              <Quantity value={gauges.agents_ready} /> of <Quantity value={gauges.agents_wanted} />
            </span>,
          ],
          ["Targets up", <Quantity key="v" value={gauges.targets_up} />],
          ["Targets down", <Quantity key="v" value={gauges.targets_down} />],
        ]}
      />
    </Panel>
  );
}
