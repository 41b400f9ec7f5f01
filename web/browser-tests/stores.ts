// A real Prometheus and a real Loki with an hour of data, on ports of their own; ended by their pids.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./hub";
import { logStreams, openMetrics } from "./samples";
import { until } from "./until";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where the build script keeps Kubernetes' peers. */
function programs(): Record<string, string> {
  const said = execFileSync(join(root, "tests/kubernetes/build"), ["--paths", "prometheus", "loki"], {
    encoding: "utf8",
  });
  return Object.fromEntries(
    said
      .trim()
      .split("\n")
      .map((line) => line.split("=") as [string, string]),
  );
}

const running = new Set<ChildProcess>();
// Also when a test run is broken off.
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export class Stores {
  private readonly children: Record<string, { child: ChildProcess; begin: () => ChildProcess }> = {};

  private constructor(
    private readonly folder: string,
    readonly prometheus: string,
    readonly loki: string,
  ) {}

  static async start(clusters: string[]): Promise<Stores> {
    const found = programs();
    const folder = await mkdtemp(join(tmpdir(), "flagstaff-stores-"));
    const [metrics, logs, grpc] = [await freePort(), await freePort(), await freePort()];
    const stores = new Stores(folder, `http://127.0.0.1:${metrics}`, `http://127.0.0.1:${logs}`);
    try {
      const now = Math.floor(Date.now() / 1000);
      await writeFile(join(folder, "samples.txt"), openMetrics(clusters, now - (now % 30)));
      await writeFile(join(folder, "prometheus.yaml"), "{}");
      const data = join(folder, "prometheus");
      execFileSync(found.promtool as string, [
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        join(folder, "samples.txt"),
        data,
      ]);
      const args = [`--config.file=${join(folder, "prometheus.yaml")}`, `--storage.tsdb.path=${data}`];
      stores.begin("prometheus", found.prometheus as string, [
        ...args,
        `--web.listen-address=127.0.0.1:${metrics}`,
        "--log.level=warn",
      ]);
      await writeFile(join(folder, "loki.yaml"), JSON.stringify(lokiConfig(join(folder, "loki"), logs, grpc)));
      stores.begin("loki", found.loki as string, [`--config.file=${join(folder, "loki.yaml")}`, "--target=all"]);
      await ready(`${stores.prometheus}/-/ready`);
      await ready(`${stores.loki}/ready`);
      await stores.push(clusters, now);
    } catch (error) {
      await stores.stop();
      throw error;
    }
    return stores;
  }

  private begin(name: string, program: string, args: string[]) {
    const begin = () => {
      const child = spawn(program, args, { stdio: "ignore" });
      running.add(child);
      child.on("exit", () => running.delete(child));
      return child;
    };
    this.children[name] = { child: begin(), begin };
  }

  private async push(clusters: string[], now: number) {
    const streams = clusters.flatMap((cluster) => logStreams(cluster, now));
    const answer = await fetch(`${this.loki}/loki/api/v1/push`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ streams }),
    });
    if (!answer.ok) throw new Error(`Loki refused: ${answer.status} ${await answer.text()}`);
  }

  /** SIGKILL. */
  async kill(name: "prometheus" | "loki"): Promise<void> {
    const { child } = this.children[name] ?? {};
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await ended;
  }

  /** With the data that it had. */
  async startAgain(name: "prometheus"): Promise<void> {
    const one = this.children[name];
    if (one) one.child = one.begin();
    await ready(`${this.prometheus}/-/ready`);
  }

  async stop(): Promise<void> {
    await this.kill("prometheus");
    await this.kill("loki");
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function ready(url: string): Promise<void> {
  await until(`${url} answers`, 60_000, async () => {
    const answer = await fetch(url).catch((error: Error) => error.message);
    return typeof answer === "string" ? answer : answer.ok || `${answer.status}: ${await answer.text()}`;
  });
}

function lokiConfig(folder: string, port: number, grpc: number) {
  const ring = { kvstore: { store: "inmemory" }, instance_addr: "127.0.0.1" };
  const address = "127.0.0.1";
  return {
    auth_enabled: false,
    server: {
      http_listen_address: address,
      http_listen_port: port,
      grpc_listen_address: address,
      grpc_listen_port: grpc,
      log_level: "error",
    },
    common: {
      instance_addr: address,
      path_prefix: folder,
      replication_factor: 1,
      ring,
      storage: { filesystem: { chunks_directory: join(folder, "chunks"), rules_directory: join(folder, "rules") } },
    },
    ingester: { lifecycler: { min_ready_duration: "0s", final_sleep: "0s" } },
    schema_config: {
      configs: [
        {
          from: "2020-10-24",
          store: "tsdb",
          object_store: "filesystem",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    frontend: { address },
    limits_config: { ingestion_rate_mb: 64, ingestion_burst_size_mb: 128 },
    analytics: { reporting_enabled: false },
  };
}
