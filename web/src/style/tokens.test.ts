// The tokens: contrast of words and glyphs, and that tones stay apart for every kind of eye.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { contrast, DEFICIENCIES, deltaE2000, distance } from "./color";

const sheet = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

function tokens(scheme: string): Record<string, string> {
  const block = sheet.split(`data-mantine-color-scheme="${scheme}"] {`)[1]?.split("}")[0] ?? "";
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]));
}

const SURFACES = ["canvas", "surface", "raised"];
const APART = ["ok", "warn", "bad", "unknown"];
const TONES = [...APART, "busy", "off"];

describe.each(["light", "dark"])("%s", (scheme) => {
  const token = tokens(scheme);
  const at = (name: string) => {
    const hex = token[name];
    if (!hex) throw new Error(`tokens.css has no --${name} for ${scheme}`);
    return hex;
  };

  it.each(TONES)("draws %s glyphs with contrast 3 on every surface and their tint", (tone) => {
    for (const surface of [...SURFACES, `${tone}-tint`]) {
      expect(contrast(at(tone), at(surface)), `${tone} on ${surface}`).toBeGreaterThanOrEqual(3);
    }
  });

  it("keeps ok, warn, bad and unknown apart for protan, deutan and tritan eyes", () => {
    const near: string[] = [];
    for (const [index, one] of APART.entries()) {
      for (const other of APART.slice(index + 1)) {
        for (const eyes of DEFICIENCIES) {
          const apart = distance(at(one), at(other), eyes);
          if (apart < 20) near.push(`${one} and ${other} are ${apart.toFixed(1)} apart for ${eyes} eyes`);
        }
      }
    }
    expect(near).toEqual([]);
  });

  it("writes ink with contrast 12, quiet ink with 4.5 even on tints, accent with 4.5", () => {
    for (const surface of SURFACES) {
      expect(contrast(at("ink"), at(surface)), surface).toBeGreaterThanOrEqual(12);
      expect(contrast(at("ink-2"), at(surface)), surface).toBeGreaterThanOrEqual(5.9);
    }
    for (const tone of TONES) {
      expect(contrast(at("ink"), at(`${tone}-tint`)), tone).toBeGreaterThanOrEqual(7);
      expect(contrast(at("ink-2"), at(`${tone}-tint`)), tone).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(at("accent"), at("surface"))).toBeGreaterThanOrEqual(5);
    expect(contrast(at("accent"), at("accent-tint"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(at("on-accent"), at("accent"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(at("surface"), at("bad"))).toBeGreaterThanOrEqual(4.5);
  });

  it("draws the border of controls with contrast 3", () => {
    for (const surface of ["canvas", "surface"]) {
      expect(contrast(at("control"), at(surface)), surface).toBeGreaterThanOrEqual(3);
    }
  });

  it("draws the first five series with contrast 3", () => {
    for (const place of [1, 2, 3, 4, 5])
      expect(contrast(at(`series-${place}`), at("surface"))).toBeGreaterThanOrEqual(3);
  });
});

// Pairs published with the formula, so that a mistake in it cannot pass the tests above.
it.each([
  [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
  [[50, 2.5, 0], [73, 25, -18], 27.1492],
  [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
  [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
] as [[number, number, number], [number, number, number], number][])(
  "computes CIEDE2000 of %j and %j",
  (one, other, expected) => {
    expect(deltaE2000(one, other)).toBeCloseTo(expected, 3);
  },
);
