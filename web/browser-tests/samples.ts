// The samples of a cluster's agents over an hour and a half, as text for Prometheus' own importer: what the packs' dashboards ask for.
type Labels = Record<string, string>;
type Series = { name: string; labels: Labels; base: number; swing: number; counts: boolean };

const STEP = 30;
const NODES = ["node-a", "node-b", "node-c"];
const PODS: [namespace: string, owner: string, pod: string, container: string, node: string][] = [
  ["shop", "web-7d9f8b6c54", "web-7d9f8b6c54-x2x7q", "web", "node-a"],
  ["shop", "web-7d9f8b6c54", "web-7d9f8b6c54-kk4vb", "web", "node-b"],
  ["shop", "checkout-5b6d9c7f88", "checkout-5b6d9c7f88-9xwzt", "checkout", "node-a"],
  ["shop", "checkout-5b6d9c7f88", "checkout-5b6d9c7f88-m8hdq", "checkout", "node-c"],
  ["shop", "postgres", "postgres-0", "postgres", "node-b"],
  ["shop", "search-69c4bd7d5c", "search-69c4bd7d5c-2f6rr", "search", "node-c"],
  ["shop", "mail-6f7c8d9b54", "mail-6f7c8d9b54-qqz2x", "mail", "node-c"],
  ["payments", "ledger-85cc6d5f9d", "ledger-85cc6d5f9d-bz8hs", "ledger", "node-a"],
  ["flagstaff", "node", "node-8x2kq", "alloy", "node-a"],
  ["kube-system", "coredns-7c65d6cfc9", "coredns-7c65d6cfc9-w4l2d", "coredns", "node-b"],
];

function clusterSeries(cluster: string): Series[] {
  const all: Series[] = [];
  const gauge = (name: string, labels: Labels, base: number, swing = 0) =>
    all.push({ name, labels: { cluster, ...labels }, base, swing, counts: false });
  const counter = (name: string, labels: Labels, perSecond: number, swing = 0.4) =>
    all.push({ name, labels: { cluster, ...labels }, base: perSecond, swing, counts: true });
  const GB = 2 ** 30;
  for (const job of ["alloy", "cadvisor", "kubelet", "kube-state-metrics", "node-exporter", "apiserver", "coredns"]) {
    gauge("up", { job, instance: `${job}:1` }, 1);
    gauge("scrape_samples_scraped", { job, instance: `${job}:1` }, 4200, 0.03);
    gauge("scrape_series_added", { job, instance: `${job}:1` }, 3, 0.8);
    gauge("scrape_duration_seconds", { job, instance: `${job}:1` }, 0.08, 0.5);
  }
  gauge("up", { job: "shop/web", instance: "10.0.0.7:8080" }, 0);
  const agent = { job: "alloy", agent: "node", instance: "node-a" };
  const remote = { ...agent, remote_name: "metrics", component_id: "prometheus.remote_write.metrics" };
  gauge("prometheus_remote_write_wal_storage_active_series", agent, 31_400, 0.02);
  counter("process_cpu_seconds_total", agent, 0.12);
  gauge("process_resident_memory_bytes", agent, 310 * 2 ** 20, 0.08);
  counter("prometheus_remote_storage_samples_total", remote, 2100);
  counter("prometheus_remote_storage_bytes_total", remote, 95_000);
  counter("prometheus_remote_storage_samples_failed_total", remote, 0.02);
  counter("prometheus_remote_storage_samples_retried_total", remote, 0.4);
  counter("loki_write_sent_bytes_total", { ...agent, host: "loki" }, 41_000);
  counter("loki_write_dropped_entries_total", { ...agent, host: "loki" }, 0.01);
  gauge("flagstaff_sidecar_outcome", { job: "flagstaff-sidecar", outcome: "refused" }, 0);
  for (const node of NODES) {
    const ksm = { job: "kube-state-metrics", node };
    gauge("kube_node_info", ksm, 1);
    gauge("kube_node_status_condition", { ...ksm, condition: "Ready", status: "true" }, 1);
    gauge("kube_node_status_allocatable", { ...ksm, resource: "cpu" }, 8);
    gauge("kube_node_status_allocatable", { ...ksm, resource: "memory" }, 32 * GB);
    const exporter = { job: "node-exporter", node };
    for (const cpu of ["0", "1"]) {
      for (const [mode, share] of [
        ["idle", 0.62],
        ["user", 0.24],
        ["system", 0.09],
        ["iowait", 0.03],
        ["softirq", 0.01],
        ["steal", 0.005],
        ["nice", 0.002],
      ] as const) {
        counter("node_cpu_seconds_total", { ...exporter, cpu, mode }, share, 0.2);
      }
    }
    gauge("node_memory_MemTotal_bytes", exporter, 32 * GB);
    gauge("node_memory_MemAvailable_bytes", exporter, 13 * GB, 0.2);
    gauge("node_memory_Cached_bytes", exporter, 6 * GB, 0.1);
    for (const [load, base] of [
      ["node_load1", 2.4],
      ["node_load5", 2.1],
      ["node_load15", 1.9],
    ] as const)
      gauge(load, exporter, base, 0.4);
    for (const mountpoint of ["/", "/var/lib/containerd"]) {
      gauge("node_filesystem_size_bytes", { ...exporter, mountpoint }, 200 * GB);
      gauge("node_filesystem_avail_bytes", { ...exporter, mountpoint }, (mountpoint === "/" ? 90 : 17) * GB, 0.02);
    }
    for (const what of ["cpu", "memory", "io"]) counter(`node_pressure_${what}_waiting_seconds_total`, exporter, 0.03);
    counter("node_disk_read_bytes_total", { ...exporter, device: "nvme0n1" }, 2_400_000);
    counter("node_disk_written_bytes_total", { ...exporter, device: "nvme0n1" }, 5_100_000);
    counter("node_disk_io_time_seconds_total", { ...exporter, device: "nvme0n1" }, 0.11);
    for (const way of ["receive", "transmit"]) {
      counter(`node_network_${way}_bytes_total`, { ...exporter, device: "eth0" }, 3_300_000);
      counter(`node_network_${way}_errs_total`, { ...exporter, device: "eth0" }, 0);
      counter(`node_network_${way}_drop_total`, { ...exporter, device: "eth0" }, 0.1);
    }
    gauge("node_filefd_allocated", exporter, 5120, 0.05);
    gauge("node_boot_time_seconds", exporter, Date.now() / 1000 - 86_400 * 23);
    gauge("node_time_seconds", exporter, Date.now() / 1000);
    gauge("kubelet_running_pods", { job: "kubelet", node }, 14);
    gauge("kubelet_running_containers", { job: "kubelet", node, container_state: "running" }, 19);
    for (const operation of ["list_containers", "container_status", "pull_image"]) {
      counter("kubelet_runtime_operations_total", { job: "kubelet", node, operation_type: operation }, 1.4);
    }
  }
  for (const namespace of [...new Set(PODS.map(([each]) => each))]) {
    gauge("kube_namespace_created", { job: "kube-state-metrics", namespace }, 1_700_000_000);
    for (const level of ["info", "warn", "error"])
      counter("flagstaff_log_bytes_total", { job: "alloy", namespace, level }, 900);
  }
  for (const [namespace, owner, pod, container, node] of PODS) {
    const ksm = { job: "kube-state-metrics", namespace, pod };
    const place = { namespace, pod, container };
    gauge("kube_pod_info", { ...ksm, node, created_by_name: owner }, 1);
    gauge("kube_pod_created", ksm, Date.now() / 1000 - 86_400 * 5);
    gauge("kube_pod_status_phase", { ...ksm, phase: "Running" }, pod.startsWith("mail") ? 0 : 1);
    gauge("kube_pod_status_phase", { ...ksm, phase: "Pending" }, pod.startsWith("mail") ? 1 : 0);
    gauge("kube_pod_status_ready", { ...ksm, condition: "true" }, pod.startsWith("mail") ? 0 : 1);
    gauge("kube_pod_container_status_ready", { ...ksm, container }, pod.startsWith("mail") ? 0 : 1);
    counter("kube_pod_container_status_restarts_total", { ...ksm, container }, pod.startsWith("mail") ? 0.002 : 0, 0);
    for (const [resource, asked, limit] of [
      ["cpu", 0.5, 1],
      ["memory", GB / 2, GB],
    ] as const) {
      gauge("kube_pod_container_resource_requests", { ...ksm, container, resource }, asked);
      gauge("kube_pod_container_resource_limits", { ...ksm, container, resource }, limit);
    }
    counter("container_cpu_usage_seconds_total", { job: "cadvisor", ...place, node }, 0.3, 0.5);
    gauge("container_memory_working_set_bytes", { job: "cadvisor", ...place, node }, GB * 0.41, 0.3);
    for (const way of ["receive", "transmit"])
      counter(`container_network_${way}_bytes_total`, { job: "cadvisor", ...place, node }, 180_000);
    counter("container_cpu_cfs_periods_total", { job: "cadvisor", ...place, node }, 10);
    counter("container_cpu_cfs_throttled_periods_total", { job: "cadvisor", ...place, node }, 0.4);
  }
  const mail = { job: "kube-state-metrics", namespace: "shop", pod: "mail-6f7c8d9b54-qqz2x", container: "mail" };
  gauge("kube_pod_container_status_waiting_reason", { ...mail, reason: "CrashLoopBackOff" }, 1);
  gauge("kube_pod_container_status_last_terminated_reason", { ...mail, reason: "OOMKilled" }, 1);
  for (const deployment of ["web", "checkout", "mail"]) {
    const labels = { job: "kube-state-metrics", namespace: "shop", deployment };
    gauge("kube_deployment_spec_replicas", labels, 2);
    gauge("kube_deployment_status_replicas_available", labels, deployment === "mail" ? 0 : 2);
  }
  gauge(
    "kubelet_volume_stats_capacity_bytes",
    { job: "kubelet", namespace: "shop", persistentvolumeclaim: "data-postgres-0" },
    50 * GB,
  );
  gauge(
    "kubelet_volume_stats_available_bytes",
    { job: "kubelet", namespace: "shop", persistentvolumeclaim: "data-postgres-0" },
    9 * GB,
    0.02,
  );
  for (const [code, rate] of [
    ["200", 38],
    ["201", 4],
    ["404", 1.2],
    ["409", 0.3],
    ["500", 0.02],
  ] as const) {
    for (const verb of ["GET", "PATCH", "WATCH"])
      counter("apiserver_request_total", { job: "apiserver", code, verb }, rate);
  }
  for (const [resource, count] of [
    ["pods", 41],
    ["configmaps", 320],
    ["secrets", 88],
    ["events", 900],
  ] as const) {
    gauge("apiserver_storage_objects", { job: "apiserver", resource }, count, 0.02);
  }
  for (const type of ["A", "AAAA", "SRV"]) counter("coredns_dns_requests_total", { job: "coredns", type }, 21);
  for (const rcode of ["NOERROR", "NXDOMAIN"]) counter("coredns_dns_responses_total", { job: "coredns", rcode }, 30);
  return all;
}

/** A number from 0 to 1 that is the same for the same text. */
function phase(text: string): number {
  let hash = 2166136261;
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619) >>> 0;
  return hash / 4_294_967_296;
}

/** From an hour and a half ago until some minutes from now, so that plots stay full while tests run. */
export function openMetrics(clusters: string[], nowSeconds: number): string {
  const all = clusters.flatMap(clusterSeries);
  const families = new Map<string, Series[]>();
  for (const series of all) families.set(series.name, [...(families.get(series.name) ?? []), series]);
  const [from, to] = [nowSeconds - 5400, nowSeconds + 900];
  const lines: string[] = [];
  for (const [name, members] of families) {
    lines.push(`# TYPE ${name} unknown`);
    for (const { labels, base, swing, counts } of members) {
      const written = Object.entries(labels)
        .map(([label, value]) => `${label}="${value}"`)
        .join(",");
      const start = phase(`${name}${written}`);
      let total = base * 1000;
      for (let at = from; at <= to; at += STEP) {
        const wave =
          Math.sin((at / 1400 + start) * 2 * Math.PI) * 0.7 + Math.sin((at / 370 + start * 3) * 2 * Math.PI) * 0.3;
        const value = base * (0.75 + start / 2) * (1 + swing * wave);
        total += value * STEP;
        lines.push(`${name}{${written}} ${counts ? total : swing === 0 ? base : value} ${at}`);
      }
    }
  }
  lines.push("# EOF", "");
  return lines.join("\n");
}

const SAYINGS: [level: string, text: string][] = [
  ["info", 'request done method=GET path="/cart" status=200 took=12ms'],
  ["info", "a customer checked out"],
  ["warn", "the search index is 41 s behind"],
  [
    "error",
    'cannot send mail: dial tcp 10.0.3.9:25: connect: connection refused retry=3 queue="outbox-of-the-shop-with-a-long-name"',
  ],
  ["debug", "cache miss"],
];

/** What Loki is pushed: the streams of a cluster's pods and its events. */
export function logStreams(cluster: string, nowSeconds: number) {
  const times = (every: number, shift: number) =>
    Array.from({ length: Math.floor(3600 / every) }, (_, at) => nowSeconds - 3590 + at * every + shift);
  const pods = PODS.slice(0, 7).flatMap(([namespace, , pod, container], number) =>
    SAYINGS.map(([level, text], at) => ({
      stream: { cluster, namespace, pod, container, level, job: `${namespace}/${container}` },
      values: times(60 + at * 40, number).map((time) => [`${Math.floor(time)}000000000`, text]),
    })),
  );
  const events = {
    stream: { cluster, namespace: "shop", job: "kubernetes-events", type: "Warning" },
    values: times(300, 1).map((time) => [
      `${Math.floor(time)}000000000`,
      "BackOff: restarting failed container mail in pod mail-6f7c8d9b54-qqz2x",
    ]),
  };
  return [...pods, events];
}
