// Starts the real hub with a private Postgres on a port of its own, serving the production build; ends it by its pid.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "./until";

const web = fileURLToPath(new URL("..", import.meta.url));

function program(): string {
  const named = process.env.FLAGSTAFF_HUB_PROGRAM;
  const places = named
    ? [named]
    : ["debug", "release"].map((profile) => join(web, "../target", profile, "flagstaff-hub"));
  const found = places.find((place) => existsSync(place));
  if (!found)
    throw new Error(`There is no hub at ${places.join(" or ")}: build it, or name it in FLAGSTAFF_HUB_PROGRAM.`);
  return resolve(found);
}

export async function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.on("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address ? done(address.port) : failed(new Error("no port"))));
    });
  });
}

const running = new Set<ChildProcess>();
// Also when a test run is broken off.
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export class Hub {
  private child: ChildProcess | undefined;
  private said = "";

  private constructor(
    readonly url: string,
    private readonly port: number,
    private readonly folder: string,
    private readonly statusEverySeconds: number,
  ) {}

  static async start(statusEverySeconds: number): Promise<Hub> {
    if (!existsSync(join(web, "dist/index.html"))) throw new Error("The console is not built: npm run build.");
    const folder = await mkdtemp(join(tmpdir(), "flagstaff-console-"));
    // As root the hub runs its Postgres as another user, who has to reach the folder.
    await chmod(folder, 0o755);
    const port = await freePort();
    const hub = new Hub(`http://127.0.0.1:${port}`, port, folder, statusEverySeconds);
    try {
      await hub.begin();
    } catch (error) {
      await hub.stop();
      throw error;
    }
    return hub;
  }

  /** Starts the process; again after `pause`, with the same data. */
  async begin(): Promise<void> {
    const child = spawn(
      program(),
      [
        ...["--listen", `127.0.0.1:${this.port}`, "--plain-http", "--public-url", this.url],
        ...["--data-dir", join(this.folder, "hub"), "--web-dir", join(web, "dist")],
        ...["--status-every-seconds", String(this.statusEverySeconds)],
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    this.child = child;
    running.add(child);
    child.stdout?.on("data", (data) => {
      this.said += data;
    });
    child.stderr?.on("data", (data) => {
      this.said += data;
    });
    child.on("exit", () => running.delete(child));
    await until("the hub is ready", 90_000, async () => {
      if (child.exitCode !== null) throw new Error(`The hub ended with ${child.exitCode}:\n${this.said}`);
      const answer = await fetch(`${this.url}/readyz`).catch((error: Error) => error.message);
      return typeof answer === "string" ? answer : answer.ok || `${answer.status}: ${await answer.text()}`;
    });
  }

  /** The address printed at the first start. */
  setupLink(): string {
    const [link] = /https?:\/\/\S+\/setup#\S+/.exec(this.said) ?? [];
    if (!link) throw new Error(`The hub printed no link for the set-up:\n${this.said}`);
    return link;
  }

  /** Ends the process and waits for its end; what it keeps stays. */
  async pause(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await ended;
    clearTimeout(timer);
  }

  async stop(): Promise<void> {
    await this.pause();
    await rm(this.folder, { recursive: true, force: true });
  }
}
