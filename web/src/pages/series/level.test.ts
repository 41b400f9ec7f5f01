// Levels follow from what is looked at; growth is never made up.
import { describe, expect, it } from "vitest";
import { below, growth, growthWord, level, levelOf } from "./level";

describe("the level that is shown", () => {
  it("goes down with what is looked at", () => {
    expect(levelOf({})).toBe("region");
    expect(levelOf({ region: "eu" })).toBe("cluster");
    expect(levelOf({ region: "eu", cluster: "c-1" })).toBe("team");
    expect(levelOf({ team: "payments" })).toBe("metric");
  });

  it("is what somebody chose, unless there is only one of it", () => {
    expect(levelOf({ by: "metric" })).toBe("metric");
    expect(levelOf({ by: "team", team: "payments" })).toBe("metric");
  });

  it("divides no further by what is looked at already", () => {
    expect(below("region", {})).toBe("cluster");
    expect(below("region", { cluster: "c-1" })).toBeUndefined();
  });

  it("takes only a level out of an address", () => {
    expect(level("metric")).toBe("metric");
    expect(level("pod")).toBeUndefined();
    expect(level(7)).toBeUndefined();
  });
});

describe("growth", () => {
  it("is not known without a number before, nor from nothing", () => {
    expect(growth(10, undefined)).toBeUndefined();
    expect(growth(10, null)).toBeUndefined();
    expect(growth(10, 0)).toBeUndefined();
    expect(growth(15, 10)).toBeCloseTo(0.5);
  });

  it("is read with its sign", () => {
    expect(growthWord(0.124)).toBe("+12\u202f%");
    expect(growthWord(-0.5)).toBe("−50\u202f%");
    expect(growthWord(0.004)).toBe("±0\u202f%");
  });
});
