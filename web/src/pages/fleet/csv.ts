// The clusters that are shown, as a file for a spreadsheet.
import type { Cluster } from "../../api/type";

const COLUMNS: [string, (cluster: Cluster) => unknown][] = [
  ["name", (one) => one.name],
  ["provider", (one) => one.provider],
  ["region", (one) => one.region],
  ["environment", (one) => one.environment],
  ["state", (one) => one.state],
  ["state_since", (one) => one.state_since],
  ["last_state", (one) => one.last_state],
  ["series", (one) => one.gauges.series],
  ["samples_per_second", (one) => one.gauges.samples_per_second],
  ["node_count", (one) => one.node_count],
  ["kubernetes_version", (one) => one.kubernetes_version],
  ["template", (one) => one.template && `${one.template.pack} ${one.template.version}`],
  ["operator_version", (one) => one.operator_version],
  ["simulated", (one) => one.simulated],
  ["last_report_at", (one) => one.last_report_at],
  ["id", (one) => one.id],
];

/** A value that a spreadsheet would run as a formula is kept a text by a leading apostrophe. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const plain = String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function toCsv(clusters: Cluster[]): string {
  const rows = clusters.map((one) => COLUMNS.map(([, read]) => cell(read(one))).join(","));
  return `${[COLUMNS.map(([name]) => name).join(","), ...rows].join("\r\n")}\r\n`;
}

export function saveCsv(clusters: Cluster[]) {
  const address = URL.createObjectURL(new Blob([toCsv(clusters)], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `clusters-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
