// A fleet of more than three hundred clusters: cells, chips in a smaller scope, a table that draws only what is seen.
import { afterAll, beforeAll, expect, it } from "vitest";
import { planFleet } from "./fleet";
import { faultsOf } from "./sound";
import { Stage } from "./stage";

const COUNT = 312;
let stage: Stage;

beforeAll(async () => {
  // Nobody waits for silence here: the reports may be slow.
  stage = await Stage.open(60);
  await stage.signIn();
  await stage.join(planFleet(COUNT));
});
afterAll(() => stage?.close());

it("draws every cluster as a cell, and tiles or chips where the scope is smaller", async () => {
  const { page, errors, close } = await stage.page(1440, "light");
  await page.goto(stage.hub.url);
  await page.getByRole("heading", { name: `${COUNT} clusters` }).waitFor();
  expect(await page.locator("[data-cluster]").count()).toBe(COUNT);
  expect(await faultsOf(page)).toEqual([]);
  await page.goto(`${stage.hub.url}/?provider=aws`);
  await page.getByRole("heading", { name: `${COUNT / 2} clusters` }).waitFor();
  expect((await page.locator("[data-cluster]").first().boundingBox())?.width).toBe(96);
  expect(await faultsOf(page)).toEqual([]);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  const focused = await page.evaluate(() => document.activeElement?.getAttribute("title"));
  expect(focused).toMatch(/^ap-south-1-prod-2,/);
  expect(errors).toEqual([]);
  await close();
});

it("draws only the rows of the table that are seen, to the last one", async () => {
  const { page, errors, close } = await stage.page(1440, "light");
  await page.goto(`${stage.hub.url}/?view=table`);
  await page.getByRole("table").waitFor();
  const rows = page.locator("tbody tr:has(td)");
  expect(await rows.count()).toBeLessThan(100);
  expect(await page.getByRole("table").getAttribute("aria-rowcount")).toBe(String(COUNT + 1));
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
  const last = planFleet(COUNT)
    .map(({ name }) => name)
    .sort(new Intl.Collator("en", { numeric: true }).compare)
    .at(-1);
  await page.getByRole("link", { name: last }).waitFor();
  expect(await rows.count()).toBeLessThan(100);
  expect(errors).toEqual([]);
  await close();
});
