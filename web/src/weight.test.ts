// The script that the first page needs, packed as the hub serves it: at most 250 KB; and no inline script anywhere.
import { readdir, readFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, type Manifest } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = `${root}.artifacts/weight`;
const LIMIT = 250_000;

// The test runner says NODE_ENV=test, which would build React for developers.
beforeAll(async () => {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = "production";
  await build({ root, mode: "production", logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
  process.env.NODE_ENV = NODE_ENV;
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

/** Everything that a chunk loads with it, statically. */
function closure(manifest: Manifest, key: string, found = new Set<string>()): Set<string> {
  if (found.has(key)) return found;
  found.add(key);
  for (const next of manifest[key]?.imports ?? []) closure(manifest, next, found);
  return found;
}

it("is at most 250 KB of Brotli as map and as table, with search and commands", async () => {
  const manifest = JSON.parse(await readFile(`${folder}/manifest.json`, "utf8")) as Manifest;
  const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry);
  if (!entry) throw new Error("the manifest has no entry");
  const needed = closure(manifest, entry);
  for (const key of Object.keys(manifest)) {
    if (/(FleetTable|ColumnMenu|Commands)\.tsx$/.test(key)) closure(manifest, key, needed);
  }
  const sizes = await Promise.all(
    [...needed].map(async (key) => (await readFile(`${folder}/${manifest[key]?.file}.br`)).length),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.info(`first page: ${total} bytes of script`);
  expect(needed.size).toBeGreaterThan(3);
  expect(total).toBeLessThanOrEqual(LIMIT);
});

it("has no inline script or style, and no address of another host", async () => {
  const page = await readFile(`${folder}/index.html`, "utf8");
  for (const [, attributes, body] of page.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)) {
    expect(attributes).toContain("src=");
    expect(body?.trim()).toBe("");
  }
  expect(page).not.toMatch(/<style|style=|https?:\/\//);
  for (const name of await readdir(`${folder}/assets`)) {
    if (!name.endsWith(".css")) continue;
    const sheet = await readFile(`${folder}/assets/${name}`, "utf8");
    expect(sheet, name).not.toMatch(/url\((["']?)(https?:|data:|\/\/)/);
  }
});
