// Numbers in three significant digits.
import { describe, expect, it } from "vitest";
import { formatExact, formatNumber, THIN } from "./number";

describe("formatNumber", () => {
  it.each([
    [0, "", "0"],
    [5, "", "5"],
    [999, "", "999"],
    [999.6, "", "1.00 k"],
    [1234, "", "1.23 k"],
    [40_123, "", "40.1 k"],
    [212_345, "", "212 k"],
    [999_950, "", "1.00 M"],
    [123_456_789, "", "123 M"],
    [987_654_321, "", "988 M"],
    [4.8712, "", "4.87"],
    [0.042, "", "0.042"],
    [0.00001, "", "< 0.001"],
    [3_221_225_472, "B", "3.22 GB"],
    [512, "B", "512 B"],
    [-1500, "", "-1.50 k"],
  ])("%d %s is %s", (value, unit, text) => {
    expect(formatNumber(value, unit)).toBe(text.replaceAll(" ", THIN));
  });
});

it("groups exact values by three", () => {
  expect(formatExact(123456789)).toBe(`123${THIN}456${THIN}789`);
  expect(formatExact(1234.5)).toBe(`1${THIN}234.5`);
  expect(formatExact(12)).toBe("12");
});
