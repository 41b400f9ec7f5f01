// What is wrong with a cluster, each with its evidence and a next step.
import type { Tone } from "../../api/state";
import type { ClusterDetail } from "../../api/type";

export type Wrong = { key: string; tone: Tone; cause: string; evidence?: string; since?: string; check?: string };

/** Conditions that are bad, or busy, when they are true; every other one is bad when it is false. */
const NEGATIVE: Record<string, Tone> = { Stalled: "bad", Reconciling: "busy", Contested: "warn" };
/** Conditions that only inform. */
const INFORM = new Set(["BesideForeign", "UpdateAvailable"]);
const DESCRIBE = "kubectl describe clusterobservabilities";
const OPERATOR = "kubectl -n flagstaff get pods\nkubectl -n flagstaff logs deployment/flagstaff-operator --since=10m";

export function wrongWith(cluster: ClusterDetail): Wrong[] {
  const found: Wrong[] = [];
  if (cluster.state === "offline" || cluster.state === "late") {
    found.push({
      key: "silent",
      tone: "unknown",
      cause: "The hub does not hear from this cluster.",
      evidence:
        "Either its operator does not run, or it cannot reach the hub. What is installed goes on without it; its health is the last known.",
      since: cluster.last_report_at ?? undefined,
      check: OPERATOR,
    });
  }
  for (const condition of cluster.conditions) {
    const negative = NEGATIVE[condition.type];
    if (INFORM.has(condition.type) || (negative ? condition.status !== "True" : condition.status === "True")) continue;
    const cause = condition.message || `${condition.type} is ${condition.status}.`;
    // Ready repeats the words of what stands in its way.
    if (found.some((wrong) => wrong.cause === cause)) continue;
    found.push({
      key: `condition ${condition.type}`,
      tone:
        negative ??
        (condition.status === "Unknown"
          ? "unknown"
          : condition.type === "Ready" && cluster.state !== "degraded"
            ? "bad"
            : "warn"),
      cause,
      evidence: `${condition.type}: ${condition.reason}`,
      since: condition.since ?? undefined,
      check: DESCRIBE,
    });
  }
  for (const [at, problem] of cluster.problems.entries()) {
    found.push({
      key: `problem ${at}`,
      tone: "warn",
      cause: problem.message,
      evidence: problem.place,
      check: DESCRIBE,
    });
  }
  const contested = cluster.objects?.contested ?? 0;
  if (contested > 0) {
    found.push({
      key: "contested",
      tone: "warn",
      cause: `${contested} ${contested === 1 ? "object is" : "objects are"} changed by somebody else and left alone.`,
      check: DESCRIBE,
    });
  }
  const down = cluster.gauges.targets_down;
  if (typeof down === "number" && down > 0) {
    found.push({
      key: "targets",
      tone: "warn",
      cause: `${down} ${down === 1 ? "target does" : "targets do"} not answer.`,
    });
  }
  return found;
}
