// Dashboards on a real Prometheus and a real Loki: every panel draws what the stores hold, and says so when one does not answer.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scheme, Watched } from "./browser";
import { planFleet } from "./fleet";
import { faultsOf } from "./sound";
import { Stage } from "./stage";
import { Stores } from "./stores";
import { until } from "./until";

const shots = fileURLToPath(new URL("../.artifacts/screenshots", import.meta.url));
const LOOKS: [number, Scheme][] = [
  [1440, "light"],
  [1440, "dark"],
  [360, "light"],
  [360, "dark"],
];
const NAMES = ["cluster", "node", "namespace", "workload", "logs", "agents"];

let stage: Stage;
let stores: Stores;
let own: string;

beforeAll(async () => {
  await mkdir(shots, { recursive: true });
  stage = await Stage.open(5);
  await stage.signIn();
  await stage.join(planFleet(4));
  const [first, second] = stage.clusters;
  if (!first?.id || !second) throw new Error("the fleet is too small");
  own = first.id;
  stores = await Stores.start([first.plan.name, second.plan.name]);
});
afterAll(async () => {
  await stores?.stop();
  await stage?.close();
});

/** Rolls the page through, since panels ask when they are near the screen, and waits for all of them. */
async function drawn(page: Page) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let y = 0; y < height; y += 600) {
    await page.evaluate((top) => scrollTo(0, top), y);
    await page.waitForTimeout(30);
  }
  await until("every panel is drawn", 30_000, async () => {
    const busy = page.locator("[aria-busy=true]");
    const count = await busy.count();
    // What grew meanwhile has pushed some away from the screen again, and those ask nothing there.
    await busy.evaluateAll((parts) => parts[0]?.scrollIntoView({ block: "center" }));
    return count === 0 || `${count} parts load`;
  });
  await page.evaluate(() => scrollTo(0, 0));
  await page.evaluate(() => document.fonts.ready);
}

async function open(name: string, width: number, scheme: Scheme): Promise<Watched> {
  const watched = await stage.page(width, scheme);
  await watched.page.goto(`${stage.hub.url}/cluster/${own}/dashboards/${name}?range=1h`);
  await watched.page.locator("[data-panel]").first().waitFor();
  await drawn(watched.page);
  return watched;
}

it("a store is added by hand, tried, checked and changed", async () => {
  const { page, errors, close } = await stage.page(1440, "light");
  await page.goto(`${stage.hub.url}/cluster/${own}`);
  await page.getByText("No store is connected that holds this cluster.").waitFor();
  await page.goto(`${stage.hub.url}/settings`);
  for (const [name, kind, url] of [
    ["metrics", "prometheus", stores.prometheus],
    ["logs", "loki", stores.loki],
  ] as const) {
    await page.getByRole("button", { name: "Add a store" }).click();
    const form = page.getByRole("dialog");
    // What is missing is said in its place, and nothing is sent.
    await form.getByRole("button", { name: "Add the store" }).click();
    await form.getByText("An address that begins with https:// or http://").waitFor();
    await form.getByLabel("Name").fill(name);
    await form.getByLabel("Kind").selectOption(kind);
    await form.getByLabel("URL").fill("http://127.0.0.1:9");
    await form.getByRole("button", { name: "Try it" }).click();
    await form.getByText("does not answer").waitFor();
    await form.getByLabel("URL").fill(url);
    await form.getByRole("button", { name: "Try it" }).click();
    await form.getByText("It answers, and has data of 2 of the 4 clusters").waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.screenshot({ path: `${shots}/store-form-${kind}.png` });
    await form.getByRole("button", { name: "Add the store" }).click();
    await form.waitFor({ state: "detached" });
  }
  const row = page.getByRole("listitem").filter({ hasText: stores.prometheus });
  await row.getByRole("button", { name: "Check" }).click();
  await row.getByText("It answers, and has data of 2 of the 4 clusters").waitFor();
  await row.getByRole("button", { name: "Change…" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("metrics of all");
  await page.getByRole("dialog").getByRole("button", { name: "Change the store" }).click();
  await row.getByText("metrics of all").waitFor();
  expect(errors).toEqual([]);
  await close();
});

describe.each(LOOKS)("%d px, %s", (width, scheme) => {
  // Two have every type of panel between them; the others are looked at in one scheme of each width.
  const names = (width === 1440) === (scheme === "light") ? NAMES : ["cluster", "logs"];
  it.each(names)("the dashboard %s is sound", async (name) => {
    const { page, errors, close } = await open(name, width, scheme);
    await page.screenshot({ path: `${shots}/dashboard-${name}-${scheme}-${width}.png` });
    await page.screenshot({ path: `${shots}/dashboard-${name}-${scheme}-${width}-whole.png`, fullPage: true });
    expect([...(await faultsOf(page)), ...errors]).toEqual([]);
    await close();
  });

  it("settings with stores are sound", async () => {
    const { page, errors, close } = await stage.page(width, scheme);
    await page.goto(`${stage.hub.url}/settings`);
    await page.getByText("metrics of all").waitFor();
    await page.screenshot({ path: `${shots}/stores-${scheme}-${width}.png`, fullPage: true });
    expect([...(await faultsOf(page)), ...errors]).toEqual([]);
    await close();
  });
});

it("every panel holds data of its cluster, in its unit", async () => {
  const { page, close } = await open("cluster", 1440, "light");
  const panel = (title: string) =>
    page.locator("figure", { has: page.getByRole("heading", { name: title, exact: true }) });
  const titles = await page.locator("figure[data-panel] h3").allTextContents();
  const empty = await page
    .locator("figure[data-panel]", { hasText: "No data in this range." })
    .locator("h3")
    .allTextContents();
  expect(titles.length).toBeGreaterThan(20);
  expect(empty).toEqual([]);
  expect(await page.locator("figure[data-panel] [role=alert]").count()).toBe(0);
  for (const type of ["stat", "gauge", "bargauge", "table", "timeseries"]) {
    expect(await page.locator(`figure[data-panel=${type}]`).count(), type).toBeGreaterThan(0);
  }
  for (const gauge of await page.locator("figure[data-panel=gauge]").all())
    await expect(gauge.textContent()).resolves.toMatch(/\d+\s%/);
  expect(
    await panel("Nodes")
      .or(page.locator("figure", { hasText: "Nodes" }))
      .first()
      .textContent(),
  ).toContain("3");
  const table = page.locator("figure[data-panel=table]").first();
  await expect(table.textContent()).resolves.toContain("CrashLoopBackOff");
  // Excluded by the panel's own transformation.
  expect(await table.getByRole("columnheader", { name: "Value" }).count()).toBe(0);
  const plot = page.locator("figure[data-panel=timeseries]").first();
  await plot.getByRole("button", { name: "Table" }).click();
  await expect(plot.getByRole("table").textContent()).resolves.toContain("payments");
  await close();
});

it("variables are chosen, kept in the address, and confine what is asked", async () => {
  const { page, errors, close } = await open("workload", 1440, "light");
  await page.getByLabel("Namespace").selectOption("shop");
  // The owner's name without the hash of its ReplicaSet, as the variable's pattern says.
  await page.getByLabel("Workload").selectOption("checkout");
  const legend = page.locator("figure[data-panel=timeseries]").first();
  await until("only its pods are drawn", 20_000, async () => {
    const text = (await legend.textContent()) ?? "";
    return (text.includes("checkout-5b6d9c7f88-9xwzt") && !text.includes("web-7d9f8b6c54")) || text;
  });
  expect(decodeURIComponent(page.url())).toContain('"workload":["checkout"]');
  await page.reload();
  await page.getByLabel("Workload").waitFor();
  expect(await page.getByLabel("Workload").inputValue()).toBe("checkout");

  await page.goto(`${stage.hub.url}/cluster/${own}/dashboards/logs?range=1h`);
  await page.locator("figure[data-panel=logs] li").first().waitFor();
  await page.getByLabel("Contains").fill("connection refused");
  await until("only matching lines are shown", 20_000, async () => {
    const lines = await page.locator("figure[data-panel=logs]").first().locator("li").allTextContents();
    return (
      (lines.length > 3 && lines.every((line) => line.includes("connection refused"))) || `${lines.length}: ${lines[0]}`
    );
  });
  await page.locator("figure[data-panel=logs] li button").first().click();
  await page.locator("figure[data-panel=logs] dd", { hasText: stage.clusters[0]?.plan.name }).first().waitFor();
  expect(errors).toEqual([]);
  await close();
});

it("one cursor moves in all plots, and dragging sets the range", async () => {
  const { page, close } = await open("cluster", 1440, "light");
  const plots = page.locator("figure[data-panel=timeseries] canvas");
  const box = await plots.first().boundingBox();
  if (!box) throw new Error("no plot");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const clocks = page.locator("figure[data-panel=timeseries] li", { hasText: /^\d\d:\d\d:\d\d$/ });
  await until("other plots read the same instant", 10_000, async () => {
    const read = await clocks.allTextContents();
    return (read.length > 3 && new Set(read).size === 1) || read.join();
  });
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/range=\d+-\d+/);
  await close();
});

it("a store that dies leaves what was there, dated, and says since when", async () => {
  const { page, close } = await open("cluster", 1440, "dark");
  const values = page.locator("figure[data-panel=stat] dd");
  const before = await values.allTextContents();
  await stores.kill("prometheus");
  // Asked anew for another range: nothing is there for it, and no zero is shown.
  await page.getByRole("button", { name: "15 min" }).click();
  const failing = page.locator("figure").filter({ has: page.getByRole("alert") });
  const title = (await failing.first().getByRole("heading").textContent()) ?? "";
  const figure = page.locator("figure").filter({ has: page.getByRole("heading", { name: title, exact: true }) });
  await figure.getByText(/No data since \d\d:\d\d:\d\d/).waitFor();
  await page.screenshot({ path: `${shots}/dashboard-dead-store-dark-1440.png` });
  expect(await values.allTextContents()).toEqual(before);
  await figure.getByText(/Shown is what was there at \d\d:\d\d:\d\d/).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await stores.startAgain("prometheus");
  // The hub may have heard of the end and not yet of the new beginning: a person presses again.
  await until("the panel has data again", 60_000, async () => {
    const none = figure.getByText("No data since");
    if ((await none.count()) === 0) return true;
    await figure
      .getByRole("button", { name: "Try again" })
      .click({ timeout: 2_000 })
      .catch(() => undefined);
    return "none yet";
  });
  await close();
});

describe.each([
  [1440, "light"],
  [1440, "dark"],
  [360, "light"],
] as [number, Scheme][])("the graph at %d px, %s", (width, scheme) => {
  it("folds regions, leads to clusters, and is a list as well", async () => {
    const { page, errors, close } = await stage.page(width, scheme);
    await page.goto(`${stage.hub.url}/?view=graph`);
    const graph = page.getByRole("region", { name: "The fleet as a graph" });
    const list = graph.getByRole("table");
    // A phone has the list at once.
    if (width < 720) {
      await list.getByText("metrics of all").first().waitFor();
    } else {
      const region = graph.getByRole("button", { name: /us-east-1/ });
      await region.click();
      await graph.getByRole("link", { name: /us-east-1/ }).waitFor();
      expect(await graph.getByRole("button", { name: /us-east-1/ }).getAttribute("aria-expanded")).toBe("true");
      await graph.getByText("metrics of all").waitFor();
      expect(await graph.locator(".react-flow__edge").count()).toBeGreaterThan(4);
    }
    await page.screenshot({ path: `${shots}/graph-${scheme}-${width}.png` });
    expect([...(await faultsOf(page)), ...errors]).toEqual([]);
    if (width >= 720) {
      await graph.getByRole("button", { name: "As a list" }).click();
      await list.getByText("metrics of all").first().waitFor();
    }
    await close();
  });
});
