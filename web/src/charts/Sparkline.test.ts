// Trends: gaps stay gaps, small changes are flat.
import { expect, it } from "vitest";
import { sparkPath } from "./Sparkline";

const at = (minute: number) => `2026-11-22T03:${String(minute).padStart(2, "0")}:00Z`;

it("starts a new line after a gap", () => {
  const path = sparkPath(
    [
      [at(0), 1],
      [at(1), 2],
      [at(2), null],
      [at(3), 3],
      [at(4), 2],
    ],
    64,
    20,
  );
  expect(path?.match(/M/g)).toHaveLength(2);
});

it("draws a change under one per cent flat", () => {
  const path = sparkPath(
    [
      [at(0), 1000],
      [at(1), 1009],
      [at(2), 1000],
    ],
    64,
    20,
  );
  expect(path).toBe("M0,10L32,10L64,10");
});

it("draws nothing of one point or none", () => {
  expect(sparkPath([[at(0), 1]], 64, 20)).toBeUndefined();
  expect(sparkPath([], 64, 20)).toBeUndefined();
});
