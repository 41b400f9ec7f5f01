// Times relative to a fixed present.
import { expect, it } from "vitest";
import { THIN } from "./number";
import { absoluteRange, readRange, steppedRange } from "./range";
import { formatRelative } from "./time";

const NOW = Date.parse("2026-11-22T03:04:10Z");

it.each([
  [0, "now"],
  [4, "now"],
  [34, "34 s ago"],
  [245, "4 min ago"],
  [3 * 3600 + 5, "3 h ago"],
  [49 * 3600, "2 d ago"],
  [-1800, "in 30 min"],
])("%d s before now reads %s", (seconds, text) => {
  expect(formatRelative(NOW - seconds * 1000, NOW)).toBe(
    text.replace(/(\d) /, (_, digit: string) => `${digit}${THIN}`),
  );
});

it("reads a range from an address that anybody can write", () => {
  expect(readRange("6h").seconds).toBe(21_600);
  expect(readRange("1763780000-1763783600")).toMatchObject({ from: 1_763_780_000, to: 1_763_783_600, seconds: 3600 });
  for (const text of [undefined, "", "9y", "1763783600-1763780000", "<script>"]) expect(readRange(text).key).toBe("1h");
});

it("steps through the spans and stops at the ends", () => {
  expect(steppedRange(readRange("1h"), 1)).toBe("6h");
  expect(steppedRange(readRange("90d"), 1)).toBe("90d");
  expect(steppedRange(readRange("15m"), -1)).toBe("15m");
});

it("makes a range absolute for a link that must show the same tomorrow", () => {
  expect(absoluteRange(readRange("1h"), 1_763_783_600)).toBe("1763780000-1763783600");
});
