// What must hold on every page: nothing wider than the screen, nothing that axe finds, no text cut without its full form.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

type Violation = { id: string; help: string; nodes: { html: string; failureSummary?: string }[] };

/** All that is wrong with the page as it is, as sentences; empty when nothing is. */
export async function faultsOf(page: Page): Promise<string[]> {
  const faults: string[] = [];
  await atRest(page);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wider > 0) faults.push(`The page is ${wider} px wider than the screen.`);
  faults.push(...(await cutTexts(page)));
  // Through the debugger, as the page's own policy forbids foreign scripts.
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: () => Promise<{ violations: Violation[] }> } };
    return (await axe.run()).violations;
  });
  for (const { id, help, nodes } of violations) {
    for (const node of nodes.slice(0, 3))
      faults.push(`axe ${id}: ${help}: ${node.html.slice(0, 200)} ${node.failureSummary}`);
  }
  return faults;
}

/** What is fading in has not its colours yet. */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await frame();
    await frame();
    const ending = document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime));
    // One that is broken off is at rest as well.
    await Promise.allSettled(ending.map((one) => one.finished));
    await frame();
  });
}

/** Texts that are cut off and whose full form neither they nor what they are in tells. */
async function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("body *")]
      .filter((element) => {
        const { overflowX, textOverflow, display } = getComputedStyle(element);
        if (display === "inline" || (overflowX !== "hidden" && overflowX !== "clip" && textOverflow !== "ellipsis"))
          return false;
        if (element.classList.contains("sr") || element.scrollWidth <= element.clientWidth + 1) return false;
        const own = [...element.childNodes].some(
          (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
        );
        return own && !element.closest("[title]");
      })
      .map((element) => `Text is cut: ${element.outerHTML.slice(0, 200)}`),
  );
}
