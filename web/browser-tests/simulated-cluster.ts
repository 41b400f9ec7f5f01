// A simulated cluster that speaks the real protocol: enrols with a join token, then reports its status.
import { createHash, randomBytes } from "node:crypto";
import type { Plan } from "./fleet";
import { seeded } from "./seed";
import { type BudgetReport, seriesReport } from "./simulated-series";

type Answer = { cluster_id: string; accepted: boolean; status_every_seconds: number };

async function post(url: string, body: unknown, credential?: string): Promise<unknown> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (credential) headers.authorization = `Bearer ${credential}`;
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

export class SimulatedCluster {
  readonly credential = randomBytes(32).toString("base64url");
  readonly instance = randomBytes(8).toString("hex");
  id = "";
  silent = false;
  /** An order to take everything away was found and obeyed. */
  leftByOrder = "";
  /** Takes in what layers set, and says that it holds it. */
  follows = false;
  private revision = "";
  private sequence = 0;
  private drift = 1;
  private readonly random: () => number;

  constructor(
    readonly hub: string,
    readonly plan: Plan,
  ) {
    this.random = seeded(Number.parseInt(plan.uid.slice(0, 8), 16));
  }

  private cluster() {
    const { uid, name, region, provider, environment } = this.plan;
    return { uid, name, region, provider, environment, labels: {} };
  }

  /** The nodes are said to be simulated: nobody may take this for a real cluster. */
  private facts() {
    const { nodes } = this.plan;
    return {
      kubernetes_version: "v1.35.2",
      node_count: nodes,
      architectures: ["amd64"],
      simulated_nodes: true,
      capacity: { cpu_cores: nodes * 8, memory_bytes: nodes * 32 * 2 ** 30 },
    };
  }

  async enrol(joinToken: string): Promise<Answer> {
    const answer = (await post(`${this.hub}/agent/v1/enroll`, {
      join_token: joinToken,
      cluster: this.cluster(),
      facts: this.facts(),
      instance: this.instance,
      operator_version: "0.1.0",
      credential_sha256: createHash("sha256").update(this.credential).digest("hex"),
    })) as Answer;
    this.id = answer.cluster_id;
    return answer;
  }

  /** One status report; a silent cluster sends nothing. */
  async report(): Promise<void> {
    if (this.silent) return;
    if (this.follows) await this.obey();
    this.sequence += 1;
    await post(`${this.hub}/agent/v1/status`, this.status(), this.credential);
  }

  /** What its meter counted: the hour that lasts, or one that began `back` hours ago. */
  async count(back: number, revision = 1, budgets: BudgetReport[] = []): Promise<void> {
    const report = seriesReport(this.plan, `meter-${this.instance}`, back, revision, budgets);
    await post(`${this.hub}/agent/v1/series`, report, this.credential);
  }

  /** Asks what is desired, and obeys an order of removal that names this cluster. */
  async obey(): Promise<void> {
    const response = await fetch(`${this.hub}/agent/v1/desired?generation=0&wait_seconds=0`, {
      headers: { authorization: `Bearer ${this.credential}` },
    });
    if (!response.ok) throw new Error(`desired answered ${response.status}: ${await response.text()}`);
    const { removal, settings } = (await response.json()) as {
      removal: { cluster_uid: string; order_id: string } | null;
      settings?: { revision: string };
    };
    this.revision = settings?.revision ?? this.revision;
    if (removal?.cluster_uid === this.plan.uid) this.leftByOrder = removal.order_id;
  }

  private status() {
    const { mood, version, nodes } = this.plan;
    const now = new Date().toISOString();
    const enabled = mood !== "off";
    const on = enabled && mood !== "suspended";
    const ready = mood === "failing" || mood === "degraded" ? "False" : "True";
    const reason = {
      well: "Ready",
      suspended: "Suspended",
      off: "Off",
      degraded: "Degraded",
      failing: "AgentsNotReady",
    }[mood];
    const message = {
      well: "Everything is applied and ready.",
      suspended: "Suspended: nothing is changed until it is resumed.",
      off: "Switched off.",
      degraded: "1 of 14 targets does not answer.",
      failing: `0 of ${nodes} agents are ready.`,
    }[mood];
    // A slow walk around the planned number, as pods come and go.
    this.drift += (this.random() - 0.5) * 0.012 + (1 - this.drift) * 0.02;
    const series = Math.round(this.plan.series * this.drift);
    const down = mood === "degraded" ? 1 : 0;
    return {
      instance: this.instance,
      sequence: this.sequence,
      sent_at: now,
      cluster: this.cluster(),
      facts: this.facts(),
      operator_version: "0.1.0",
      ...(this.leftByOrder ? { left_by_order: this.leftByOrder } : {}),
      ...(this.follows
        ? {
            settings: {
              revision: this.revision,
              held: true,
              overridden: [],
              effective: { enabled, enabled_by: "flag", destinations: 1, destinations_by: "fleet" },
            },
          }
        : {}),
      flag: {
        enabled,
        suspended: mood === "suspended",
        set_by: "platform/kubectl",
        ready,
        reason,
        message,
        observed_generation: 1,
        conditions: [
          { type: "Ready", status: ready, reason, message },
          { type: "Applied", status: "True", reason: "Applied", message: "All objects are applied." },
        ],
      },
      template: enabled ? { pack: "base", version } : null,
      objects: { applied: enabled ? 36 : 0, contested: 0 },
      problems:
        mood === "degraded" ? [{ place: "Service shop/checkout", message: "The target refuses connections." }] : [],
      gauges: on
        ? {
            agents_ready: mood === "failing" ? 0 : nodes,
            agents_wanted: nodes,
            targets_up: nodes * 4 + 14 - down,
            targets_down: down,
            series,
            samples_per_second: Math.round(series / 15),
            remote_write_failures: 0,
            last_sample_at: mood === "failing" ? undefined : now,
            agent_memory_bytes: Math.round(nodes * 9.2e7 * (this.drift * 0.7 + 0.3)),
            agent_cpu_cores: Math.round(nodes * 0.021 * this.drift * 1000) / 1000,
          }
        : {},
    };
  }
}
