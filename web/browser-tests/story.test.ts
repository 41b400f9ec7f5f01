// The console's story on a real hub: set-up, adding a cluster, a fleet, silence, acceptance, removal, audit, a hub that was away.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Watched } from "./browser";
import { planFleet } from "./fleet";
import { SimulatedCluster } from "./simulated-cluster";
import { faultsOf } from "./sound";
import { ANA, Stage } from "./stage";

const EVERY_SECONDS = 2;
const PLANS = planFleet(13).map((plan) => ({ ...plan, mood: "well" as const }));
const [FIRST, WAITING, ...OTHERS] = PLANS as [(typeof PLANS)[0], (typeof PLANS)[0], ...typeof PLANS];

let stage: Stage;
let watched: Watched;
let page: Page;

beforeAll(async () => {
  stage = await Stage.open(EVERY_SECONDS);
  watched = await stage.page(1440, "light");
  page = watched.page;
});
afterEach(() => {
  expect(watched.errors).toEqual([]);
  stage.check();
});
afterAll(() => stage?.close());

const tile = (name: string) => page.locator(`[data-cluster][title^="${name},"]`);
const go = (word: string) =>
  page.getByRole("navigation", { name: "Pages", exact: true }).getByRole("link", { name: word, exact: true }).click();
const step = (key: string, done: boolean) => page.locator(`[data-step=${key}][data-done=${done}]`);

/** The join token in the command that is shown. */
async function shownToken(): Promise<string> {
  const command = await page.locator("pre").first().textContent();
  const [token] = /fsj1\.[\w.-]+/.exec(command ?? "") ?? [];
  if (!token) throw new Error(`no join token in: ${command}`);
  return token;
}

it("makes the first administrator by the one-time link, which works once", async () => {
  await page.goto(stage.hub.setupLink());
  await page.getByLabel("Your name").fill(ANA.name);
  await page.getByLabel("Email").fill(ANA.email);
  await page.getByRole("textbox", { name: "Password" }).fill("short");
  await page.getByText("7 more").waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await page.getByRole("textbox", { name: "Password" }).fill(ANA.password);
  await page.getByRole("button", { name: "Become administrator" }).click();
  await page.getByRole("heading", { name: "Add a cluster" }).waitFor();
  await stage.keep(page.context());

  const second = await stage.page(1440, "light");
  await second.page.goto(stage.hub.setupLink());
  await second.page.getByLabel("Your name").fill("Eve");
  await second.page.getByLabel("Email").fill("eve@example.org");
  await second.page.getByRole("textbox", { name: "Password" }).fill(ANA.password);
  await second.page.getByRole("button", { name: "Become administrator" }).click();
  await second.page.getByRole("alert").waitFor();
  await second.close();
});

it("adds a cluster by one command, and shows each step as it happens", async () => {
  await page.getByLabel("Name").fill("first cluster");
  await page.getByLabel("Provider").fill(FIRST.provider);
  await page.getByLabel("Region").fill(FIRST.region);
  await page.getByRole("button", { name: "Make the command" }).click();
  const token = await shownToken();
  expect(new URL(page.url()).searchParams.get("token")).toMatch(/\w/);
  expect(page.url()).not.toContain(token);
  expect(await faultsOf(page)).toEqual([]);

  await page.reload();
  expect(await shownToken()).toBe(token);
  const elsewhere = await stage.page(1440, "light");
  await elsewhere.page.goto(page.url());
  await elsewhere.page.getByText("shown once").waitFor();
  expect(await elsewhere.page.content()).not.toContain(token);
  await elsewhere.close();

  const cluster = new SimulatedCluster(stage.hub.url, FIRST);
  await step("connected", false).waitFor();
  await cluster.enrol(token);
  await step("connected", true).waitFor();
  await step("accepted", true).waitFor();
  await step("samples", false).waitFor();
  await cluster.report();
  for (const key of ["flag", "agents", "samples"]) await step(key, true).waitFor();
  stage.clusters.push(cluster);
  stage.resume();
});

it("shows clusters as they join, without a reload", async () => {
  await go("Fleet");
  await tile(FIRST.name).waitFor();
  await stage.join(OTHERS);
  for (const { name } of OTHERS) await tile(name).waitFor();
  await page.getByRole("heading", { name: "12 clusters" }).waitFor();
  await page.getByText("Nothing needs attention.").waitFor();
  await page.getByText("from 12 of 12").waitFor();
  expect(await faultsOf(page)).toEqual([]);
});

it("draws a silent cluster as late, then offline, with its last known health, and as back", async () => {
  const silent = stage.clusters[3];
  if (!silent) throw new Error("the fleet is too small");
  silent.silent = true;
  const drawn = tile(silent.plan.name);
  await page.locator(`[data-cluster="${silent.id}"][data-state=late]`).waitFor({ timeout: 30_000 });
  await page.locator(`[data-cluster="${silent.id}"][data-state=offline]`).waitFor({ timeout: 60_000 });
  await page.getByText("from 11 of 12").waitFor();
  await page.getByRole("region", { name: "Needs attention" }).getByText(silent.plan.name).waitFor();

  await page.keyboard.press("!");
  await page.waitForURL(/unwell/);
  expect(await page.locator("[data-cluster]").count()).toBe(1);
  await drawn.click();
  await page.getByRole("heading", { name: silent.plan.name }).waitFor();
  await page.getByText("Last known health: healthy.").waitFor();
  await page.getByText("The hub does not hear from this cluster.").waitFor();
  await page.getByText(/: offline\.$/).waitFor();
  expect(await faultsOf(page)).toEqual([]);

  silent.silent = false;
  await page.getByText("Nothing is wrong here.").waitFor();
  // What happened while the page was open waits until it is asked for.
  await page.getByRole("button", { name: /new$/ }).click();
  await page.getByText("It reports again; it is healthy.").waitFor();
});

it("holds a cluster as waiting until a person accepts it", async () => {
  await go("Add a cluster");
  await page.getByLabel("Name").fill("with acceptance");
  await page.getByLabel("A person accepts each cluster").check();
  await page.getByRole("button", { name: "Make the command" }).click();
  const cluster = new SimulatedCluster(stage.hub.url, WAITING);
  await cluster.enrol(await shownToken());
  await cluster.report();
  stage.clusters.push(cluster);
  await step("connected", true).waitFor();
  await step("accepted", false).waitFor();
  await page.getByRole("link", { name: "Open", exact: true }).click();
  await page.getByRole("button", { name: "Accept", exact: true }).click();
  expect(await faultsOf(page)).toEqual([]);
  await page.getByRole("dialog").getByRole("button", { name: "Accept 1 cluster" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByText("Nothing is wrong here.").waitFor();
});

it("removes a cluster only by its typed name and a reason, and the audit log keeps both", async () => {
  const cluster = stage.clusters[5];
  if (!cluster) throw new Error("the fleet is too small");
  const { name } = cluster.plan;
  await go("Fleet");
  await tile(name).click();
  await page.getByRole("button", { name: "Remove…" }).click();
  const dialog = page.getByRole("dialog");
  const remove = dialog.getByRole("button", { name: "Remove 1 cluster" });
  await dialog.getByLabel("Reason").fill("it was replaced by another");
  expect(await remove.isDisabled()).toBe(true);
  await dialog.getByLabel(`Type ${name} to confirm`).fill(name);
  expect(await faultsOf(page)).toEqual([]);
  await remove.click();
  await page.getByText("removing", { exact: true }).first().waitFor();
  await cluster.obey();
  expect(cluster.leftByOrder).toBeTruthy();
  await cluster.report();
  cluster.silent = true;
  await go("Fleet");
  await page.getByRole("heading", { name: "12 clusters" }).waitFor();
  await tile(name).waitFor({ state: "detached" });

  await go("Audit");
  const row = page.getByRole("row").filter({ hasText: "it was replaced by another" });
  await row.getByText(ANA.email).or(row.getByText(ANA.name)).first().waitFor();
  expect(await faultsOf(page)).toEqual([]);
});

it("lists the join tokens, and revokes one", async () => {
  await page.getByRole("link", { name: "Add a cluster" }).first().click();
  await page.getByLabel("Name").fill("never used");
  await page.getByRole("button", { name: "Make the command" }).click();
  await shownToken();
  await go("Settings");
  const row = page.getByRole("listitem").filter({ hasText: "never used" });
  await row.getByRole("button", { name: "Revoke…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke 1 join token" }).click();
  await row.getByText("revoked").waitFor();
  expect(await faultsOf(page)).toEqual([]);
});

it("adds a person for a part of the fleet, and makes a token for a program, which is told once", async () => {
  await go("Settings");
  await page.getByRole("button", { name: "Add a person" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill("bo@example.org");
  await dialog.getByLabel("Name").fill("Bo");
  await dialog.getByRole("textbox", { name: "First password" }).fill("a first password");
  await dialog.getByLabel("Role").selectOption("operator");
  await dialog.getByLabel("Region").fill("eu-west-1");
  expect(await faultsOf(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Add the person" }).click();
  await dialog.waitFor({ state: "detached" });
  const people = page.getByRole("region", { name: "People" });
  await people.getByText("bo@example.org; operator for region eu-west-1").waitFor();

  await page.getByRole("button", { name: "Make a token" }).click();
  await dialog.getByLabel("Name").fill("nightly report");
  await dialog.getByRole("button", { name: "Make the token" }).click();
  await dialog.getByText(/^fat1\.t-/).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "nightly report" });
  await row.getByText(/viewer for the whole fleet/).waitFor();
  expect(await page.getByText("fat1.").count()).toBe(0);
  await row.getByRole("button", { name: "Revoke the API token nightly report" }).click();
  await dialog.getByRole("button", { name: "Revoke 1 API token" }).click();
  await row.getByText(/revoked/).waitFor();

  await people.getByRole("button", { name: "Remove Bo" }).click();
  await dialog.getByRole("button", { name: "Remove 1 person" }).click();
  await people.getByText("bo@example.org").waitFor({ state: "detached" });
});

it("finds a cluster by search, and goes by keys", async () => {
  await page.keyboard.press("Control+k");
  const last = OTHERS.at(-1)?.name ?? "";
  await page.getByRole("textbox", { name: "Search clusters and commands" }).fill(last);
  await page.getByRole("button", { name: last }).waitFor();
  expect(await faultsOf(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: last, level: 1 }).waitFor();
  // Keys are not for the page while the search still has the focus.
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await page.getByRole("heading", { name: "12 clusters" }).waitFor();
  await page.keyboard.press("v");
  await page.getByRole("table").waitFor();
  await page.getByRole("button", { name: /^Series/ }).click();
  await page.waitForURL(/sort=-series/);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  expect((await saved).suggestedFilename()).toMatch(/^clusters-.*\.csv$/);
  // Table, graph, map.
  await page.keyboard.press("v");
  await page.waitForURL(/view=graph/);
  await page.keyboard.press("v");
  await tile(last).waitFor();
});

it("opens the address that was wanted after the sign-in", async () => {
  const stranger = await stage.page(1440, "light");
  await stranger.page.context().clearCookies();
  const wanted = `/cluster/${stage.clusters[0]?.id}?range=6h`;
  await stranger.page.goto(`${stage.hub.url}${wanted}`);
  await stranger.page.getByLabel("Email").fill(ANA.email);
  await stranger.page.getByRole("textbox", { name: "Password" }).fill("a wrong password");
  await stranger.page.getByRole("button", { name: "Sign in" }).click();
  await stranger.page.getByRole("alert").waitFor();
  expect(await faultsOf(stranger.page)).toEqual([]);
  await stranger.page.getByRole("textbox", { name: "Password" }).fill(ANA.password);
  await stranger.page.getByRole("button", { name: "Sign in" }).click();
  await stranger.page.getByRole("heading", { name: FIRST.name }).waitFor();
  expect(stranger.page.url()).toContain(wanted);
  // Chromium itself writes each 401 to the console; nothing else may be there.
  expect(stranger.errors.filter((error) => !error.includes("status of 401"))).toEqual([]);
  await stranger.close();
});

it("says that states are last known while the hub is away, and is live again by itself", async () => {
  stage.hold();
  await stage.hub.pause();
  await page.getByText("reconnecting").waitFor();
  await page.getByText("States are as they were last known").waitFor({ timeout: 30_000 });
  await page.getByRole("img", { name: "last known: healthy" }).first().waitFor();
  await stage.hub.begin();
  stage.resume();
  await page.getByText("live", { exact: true }).waitFor({ timeout: 40_000 });
  await page.getByText("States are as they were last known").waitFor({ state: "detached" });
  // Refused connections are written to the console by Chromium itself; nothing else may be there.
  const others = watched.errors.filter(
    (error) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_EMPTY|status of 50[0-9]/.test(error),
  );
  watched.errors.length = 0;
  expect(others).toEqual([]);
});
