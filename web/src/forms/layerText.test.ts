import { expect, it } from "vitest";
import { read, withSwitch, written } from "./layerText";

it("says what is wrong with a text, and takes what is right", () => {
  expect(read('{"enabled": true}')).toEqual({ content: { enabled: true } });
  expect(read(" ")).toEqual({ content: {} });
  expect(read("{")).toHaveProperty("wrong");
  expect(read("[]")).toHaveProperty("wrong");
  expect(read('{"enable": true}')).toEqual({
    wrong: "A layer has no enable: it has enabled, suspend, packs, destinations.",
  });
});

it("sets a switch and keeps all else", () => {
  const text = written({ packs: { base: { scrape: { interval_seconds: 30 } } } });
  const on = withSwitch(text, "enabled", "true");
  expect(read(on)).toEqual({ content: { enabled: true, packs: { base: { scrape: { interval_seconds: 30 } } } } });
  expect(read(withSwitch(on, "enabled", ""))).toEqual(read(text));
  expect(withSwitch("{", "enabled", "true")).toBe("{");
});
