// What a simulated cluster's meter would have counted: made-up scopes and labels in the shape of the wire; the numbers add up.
import type { Plan } from "./fleet";
import { seeded } from "./seed";

const TEAMS = [
  "payments",
  "shop",
  "search",
  "platform",
  "a-team-whose-name-is-as-long-as-the-name-of-a-namespace-may-be1",
];
const METRICS: [string, string, number][] = [
  ["http_request_duration_seconds_bucket", "pods", 30],
  ["container_cpu_usage_seconds_total", "cadvisor", 12],
  ["kube_pod_container_status_restarts_total", "kube-state-metrics", 8],
  ["checkout_session_total", "pods", 20],
  ["node_cpu_seconds_total", "node-exporter", 5],
  ["grpc_server_handled_total", "pods", 9],
];
const LABELS: [string, number, number][] = [
  ["session_id", 0.8, 0.1],
  ["pod", 0.4, 0.55],
  ["le", 1, 0.1],
  ["method", 1, 0.9],
];

/** How a meter stands to a budget, in the shape of the wire. */
export type BudgetReport = { id: string; state: string } & Record<string, unknown>;

type Count = { active: number; hour: number; new: number; samples_per_second: number };

function count(active: number, random: () => number): Count {
  const fresh = Math.round(active * 0.05 * random());
  return { active, hour: active + fresh, new: fresh, samples_per_second: active / 60 };
}

/** The hour that `back` hours ago began, or the one that lasts (0); fewer series the longer ago. */
export function seriesReport(
  plan: Plan,
  instance: string,
  back: number,
  revision: number,
  budgets: BudgetReport[] = [],
) {
  const random = seeded(Number.parseInt(plan.uid.slice(0, 8), 16));
  const now = Date.now();
  const hour = Math.floor(now / 3_600_000) * 3_600_000 - back * 3_600_000;
  const growing = 1 - back * 0.012;
  // One cluster that has nearly all would be all that the map shows.
  const series = Math.min(plan.series, 400_000);
  const weight = METRICS.reduce((sum, [, , share]) => sum + share, 0) * TEAMS.length;
  const scopes = TEAMS.flatMap((team) =>
    METRICS.map(([metric, job, share]) => ({
      metric,
      team,
      job,
      ...count(Math.round(((series * share) / weight) * (0.3 + random() * 1.4) * growing), random),
    })),
  );
  const sum = (key: keyof Count) => scopes.reduce((total, scope) => total + scope[key], 0);
  const ofMetric = (metric: string) => scopes.reduce((all, one) => all + (one.metric === metric ? one.active : 0), 0);
  return {
    instance,
    hour: new Date(hour).toISOString(),
    revision,
    closed: back > 0,
    at: new Date(back > 0 ? hour + 3_600_000 : now).toISOString(),
    counted_seconds: back > 0 ? 3600 : Math.round((now - hour) / 1000),
    window_seconds: 300,
    total: {
      active: sum("active"),
      hour: sum("hour"),
      new: sum("new"),
      samples_per_second: sum("samples_per_second"),
    },
    scopes,
    labels: METRICS.flatMap(([metric]) =>
      LABELS.map(([label, has, without]) => ({
        metric,
        label,
        series: Math.round(ofMetric(metric) * has),
        values: label === "method" ? 2 : Math.max(1, Math.round(ofMetric(metric) * has * 0.7)),
        series_without: Math.round(ofMetric(metric) * without),
        few:
          label === "method"
            ? ["GET", "POST"].map((value) => ({ value, series: Math.round(ofMetric(metric) / 2) }))
            : [],
      })),
    ),
    sketches: [],
    budgets,
  };
}
