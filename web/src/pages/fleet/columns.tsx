// The columns of the fleet's table: what each shows and sorts by.
import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFns,
  tableFeatures,
} from "@tanstack/react-table";
import { isReporting, look, STATES } from "../../api/state";
import type { Cluster } from "../../api/type";
import { Missing } from "../../ui/Missing";
import { Quantity } from "../../ui/Quantity";
import { StateGlyph } from "../../ui/StateGlyph";
import { Time } from "../../ui/Time";
import { NameCell } from "./NameCell";

export const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns });

const helper = createColumnHelper<typeof features, Cluster>();
const text = (value: string | null | undefined) => value || <Missing why="not said by the cluster" />;
const gauge = (cluster: Cluster, name: string) => {
  const value = cluster.gauges[name as keyof Cluster["gauges"]];
  return typeof value === "number" ? value : undefined;
};
const numeric = (id: string, header: string, read: (cluster: Cluster) => number | undefined) =>
  helper.accessor(read, {
    id,
    header,
    sortUndefined: "last",
    sortDescFirst: true,
    sortFn: "basic",
    cell: (cell) =>
      isReporting(cell.row.original.state) ? (
        <Quantity value={cell.getValue()} />
      ) : (
        <span className="past" title="last known: the cluster does not report">
          <Quantity value={cell.getValue()} />
        </span>
      ),
  });

export const NUMERIC = new Set(["series", "samples_per_second", "nodes", "targets_down"]);

export const columns = helper.columns([
  helper.accessor("name", {
    header: "Name",
    sortFn: "alphanumeric",
    cell: (cell) => <NameCell cluster={cell.row.original} />,
  }),
  helper.accessor((one) => STATES.indexOf(one.state), {
    id: "state",
    header: "State",
    sortFn: "basic",
    cell: (cell) => (
      <span className="num">
        <StateGlyph state={cell.row.original.state} /> {look(cell.row.original.state).word}
      </span>
    ),
  }),
  helper.accessor((one) => -Date.parse(one.state_since), {
    id: "since",
    header: "Since",
    sortFn: "basic",
    cell: (cell) => <Time at={cell.row.original.state_since} />,
  }),
  numeric("series", "Series", (one) => gauge(one, "series")),
  numeric("samples_per_second", "Samples/s", (one) => gauge(one, "samples_per_second")),
  numeric("targets_down", "Targets down", (one) => gauge(one, "targets_down")),
  helper.accessor((one) => one.provider ?? "", {
    id: "provider",
    header: "Provider",
    cell: (cell) => text(cell.getValue()),
  }),
  helper.accessor((one) => one.region ?? "", { id: "region", header: "Region", cell: (cell) => text(cell.getValue()) }),
  helper.accessor((one) => (one.template ? `${one.template.pack} ${one.template.version}` : ""), {
    id: "template",
    header: "Template",
    sortFn: "alphanumeric",
    cell: (cell) => cell.getValue() || <Missing why="no template is installed" />,
  }),
  helper.accessor((one) => one.kubernetes_version ?? "", {
    id: "kubernetes",
    header: "Kubernetes",
    sortFn: "alphanumeric",
    cell: (cell) => text(cell.getValue()),
  }),
  numeric("nodes", "Nodes", (one) => one.node_count ?? undefined),
  helper.accessor((one) => (one.last_report_at ? -Date.parse(one.last_report_at) : undefined), {
    id: "last_report",
    header: "Last report",
    sortUndefined: "last",
    sortFn: "basic",
    cell: (cell) => {
      const at = cell.row.original.last_report_at;
      return at ? <Time at={at} /> : <Missing why="it has not reported yet" />;
    },
  }),
]);
