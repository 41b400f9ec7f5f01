// What browser tests share: a hub, a browser, somebody signed in, and a simulated fleet that reports.
import type { Browser, BrowserContext } from "playwright-core";
import { openBrowser, openPage, type Scheme, type Watched } from "./browser";
import type { Plan } from "./fleet";
import { Hub } from "./hub";
import { SimulatedCluster } from "./simulated-cluster";

export const ANA = { name: "Ana", email: "ana@example.org", password: "a long enough password" };
type State = Awaited<ReturnType<BrowserContext["storageState"]>>;

export class Stage {
  readonly clusters: SimulatedCluster[] = [];
  private state: State | undefined;
  private beat: ReturnType<typeof setInterval> | undefined;
  private failed: unknown;

  private constructor(
    readonly hub: Hub,
    readonly browser: Browser,
    private readonly everySeconds: number,
  ) {}

  static async open(everySeconds: number): Promise<Stage> {
    const hub = await Hub.start(everySeconds);
    try {
      return new Stage(hub, await openBrowser(), everySeconds);
    } catch (error) {
      await hub.stop();
      throw error;
    }
  }

  /** Signs in without the browser: what the set-up page does has a test of its own. */
  async signIn(): Promise<void> {
    const token = this.hub.setupLink().split("#")[1];
    const { page, close } = await openPage(this.browser, { width: 1440, scheme: "light" });
    const answer = await page.request.post(`${this.hub.url}/api/v1/setup`, {
      headers: { "X-Flagstaff-Csrf": "1" },
      data: { token, ...ANA },
    });
    if (!answer.ok()) throw new Error(`The set-up was refused: ${await answer.text()}`);
    await this.keep(page.context());
    await close();
  }

  /** Keeps who is signed in there for pages that are opened later. */
  async keep(context: BrowserContext): Promise<void> {
    this.state = await context.storageState();
  }

  page(width: number, scheme: Scheme): Promise<Watched> {
    return openPage(this.browser, { width, scheme, state: this.state });
  }

  private cookie(): string {
    const found = this.state?.cookies.find(({ name }) => name === "flagstaff_session");
    if (!found) throw new Error("nobody is signed in");
    return `flagstaff_session=${found.value}`;
  }

  async call(path: string, body?: unknown, method = body === undefined ? "GET" : "POST"): Promise<unknown> {
    const response = await fetch(`${this.hub.url}${path}`, {
      method,
      headers: { cookie: this.cookie(), "content-type": "application/json", "x-flagstaff-csrf": "1" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  }

  /** Enrols the fleet with one token and lets it report at its pace until the end. */
  async join(plans: Plan[]): Promise<void> {
    const { token } = (await this.call("/api/v1/join-tokens", {
      name: "simulated fleet",
      uses: plans.length,
      reason: "browser tests",
    })) as { token: string };
    const joining = plans.map((plan) => new SimulatedCluster(this.hub.url, plan));
    await inTurns(joining, async (one) => {
      await one.enrol(token);
      await one.report();
    });
    this.clusters.push(...joining);
    this.beat ??= setInterval(() => void this.reportAll(), this.everySeconds * 1000);
  }

  /** A refused report fails the test that is running, at its end. */
  async reportAll(): Promise<void> {
    await inTurns(this.clusters, (one) => one.report()).catch((error: unknown) => {
      this.failed ??= error;
    });
  }

  /** No reports while the hub is down on purpose. */
  hold() {
    clearInterval(this.beat);
    this.beat = undefined;
  }

  resume() {
    this.beat ??= setInterval(() => void this.reportAll(), this.everySeconds * 1000);
  }

  check() {
    if (this.failed) throw this.failed;
  }

  async close(): Promise<void> {
    this.hold();
    await this.browser.close();
    await this.hub.stop();
    this.check();
  }
}

/** Eight at a time: a fleet does not report in the same instant. */
async function inTurns<T>(items: T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item);
    }),
  );
}
