// The steps of a cluster that joins, read from what the hub knows; and what to look at when one takes long.
import type { Cluster } from "../../api/type";

export type Step = { key: string; word: string; done: boolean; detail?: string; causes: string[]; check: string };
export type Steps = { steps: Step[]; since: string | undefined };

const PODS = "kubectl -n flagstaff get pods";
const LOGS = "kubectl -n flagstaff logs deployment/flagstaff-operator --since=10m";

function count(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** A step counts as done only when those before it are. */
export function stepsFor(cluster: Cluster | undefined, since: string | undefined): Steps {
  const ready = count(cluster?.gauges.agents_ready);
  const wanted = count(cluster?.gauges.agents_wanted);
  const series = count(cluster?.gauges.series);
  const facts: Step[] = [
    {
      key: "connected",
      word: "Connected",
      done: cluster !== undefined,
      detail: cluster && [cluster.provider, cluster.region, cluster.kubernetes_version].filter(Boolean).join(", "),
      causes: [
        "The command has not been run yet.",
        "The image cannot be pulled.",
        "The cluster has no way to this hub's address.",
      ],
      check: `${PODS}\n${LOGS}`,
    },
    {
      key: "accepted",
      word: "Accepted",
      done: cluster?.accepted === true,
      causes: ["The token asks for a person to accept it: open the cluster and press Accept."],
      check: "kubectl get clusterobservabilities -o wide",
    },
    {
      key: "flag",
      word: "Flag on",
      done: cluster?.flag?.enabled === true,
      detail: cluster?.flag?.set_by ? `set by ${cluster.flag.set_by}` : undefined,
      causes: ["There is no flag on the cluster yet, or it is off."],
      check: "kubectl describe clusterobservabilities",
    },
    {
      key: "agents",
      word: "Agents ready",
      done: ready !== undefined && wanted !== undefined && wanted > 0 && ready >= wanted,
      detail: ready === undefined || wanted === undefined ? undefined : `${ready} of ${wanted}`,
      causes: ["Images are being pulled.", "A node has no room, or a policy forbids the pods."],
      check: `${PODS}\nkubectl -n flagstaff get events --sort-by=.lastTimestamp | tail -20`,
    },
    {
      key: "samples",
      word: "First samples",
      done: series !== undefined && series > 0,
      causes: ["The store refuses what is sent: its address or its credentials are wrong.", "No destination is set."],
      check:
        "kubectl -n flagstaff logs -l app.kubernetes.io/part-of=flagstaff --all-containers --since=10m | grep -i error",
    },
  ];
  let open = false;
  const steps = facts.map((step) => {
    if (!step.done) open = true;
    return open ? { ...step, done: false } : step;
  });
  return { steps, since };
}
