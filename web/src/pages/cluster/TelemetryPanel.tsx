// The gauges that the cluster reports, over the chosen range; what it does not report is left out.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useHotkeys } from "react-hotkeys-hook";
import type { ClusterDetail } from "../../api/type";
import { Panel } from "../../ui/Panel";
import { RangePicker } from "../../ui/RangePicker";
import { readRange, steppedRange } from "../../ui/range";
import { GaugePlot } from "./GaugePlot";
import { PLOTS } from "./plots";
import classes from "./TelemetryPanel.module.css";

export function TelemetryPanel({ cluster }: { cluster: ClusterDetail }) {
  const { range: text } = useSearch({ from: "/signed-in" });
  const navigate = useNavigate();
  const range = readRange(text);
  const choose = (next: string) =>
    void navigate({ to: ".", search: (old) => ({ ...old, range: next }), replace: true });
  useHotkeys("bracketleft", () => choose(steppedRange(range, -1)));
  useHotkeys("bracketright", () => choose(steppedRange(range, 1)));
  const gauges = cluster.gauges as Record<string, unknown>;
  const plans = PLOTS.map((plan) => ({
    ...plan,
    lines: plan.lines.filter(({ gauge }) => typeof gauges[gauge] === "number"),
  })).filter(({ lines }) => lines.length > 0);
  return (
    <Panel title="Telemetry" aside={<RangePicker range={range} choose={choose} />}>
      {plans.length === 0 ? (
        <p className="quiet">This cluster has not reported a measurement yet. The first comes with its agents.</p>
      ) : (
        <>
          <div className={classes.plots}>
            {plans.map((plan) => (
              <GaugePlot key={plan.key} id={cluster.id} plan={plan} range={range} choose={choose} />
            ))}
          </div>
          <p className={`label ${classes.source}`}>
            Source: the cluster's own reports to the hub, by minute for a day, by hour for 90 days. States are always
            now; the range moves the plots only.
            {cluster.series_counted_by && ` Active series are counted by the store ${cluster.series_counted_by}.`}
          </p>
        </>
      )}
    </Panel>
  );
}
