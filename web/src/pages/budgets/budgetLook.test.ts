// Budgets that need somebody stand first.
import { expect, it } from "vitest";
import { boundsWord, budgetLook, byNeed, byStanding, shareWord, standingLook } from "./budgetLook";

it("puts the worst first, then the fullest", () => {
  const budgets = [
    { name: "a", state: "ok", share: 0.2 },
    { name: "b", state: "ok", share: 0.7 },
    { name: "c", state: "over", share: 1.1 },
    { name: "d", state: "unknown", share: null },
    { name: "e", state: "warning", share: 0.9 },
    { name: "f", state: "on_hold", share: 1 },
    { name: "g", state: "enforcing", share: 0.9 },
  ];
  expect(byNeed(budgets).map(({ name }) => name)).toEqual(["g", "c", "e", "f", "d", "b", "a"]);
});

it("draws a state that it does not know under its own name", () => {
  expect(budgetLook("on_hold")).toMatchObject({ shape: "question", word: "on hold" });
});

it("says how a cluster stands, also when it is old or of tomorrow", () => {
  expect(standingLook("refusing", true)).toMatchObject({ shape: "stop", word: "refuses new series" });
  expect(standingLook("refusing", false)).toMatchObject({ tone: "unknown", word: "last known: refuses new series" });
  expect(standingLook("melting_down", true)).toMatchObject({ tone: "unknown", word: "melting down" });
  expect(standingLook(null, false).word).toBe("says nothing of it");
  const states = ["watching", null, "melting_down", "refusing", "unable"].map((state) => ({ state }));
  expect(byStanding(states).map(({ state }) => state)).toEqual([
    "refusing",
    "unable",
    "watching",
    "melting_down",
    null,
  ]);
  expect([boundsWord(2, 3), boundsWord(2, 2)]).toEqual(["2 to 3", "2"]);
});

it("says how full a budget is, by a factor where percents say nothing", () => {
  expect(shareWord(0.814)).toBe("81\u202f%");
  expect(shareWord(1.3)).toBe("130\u202f%");
  expect(shareWord(2_267_904)).toBe("2.27\u202fM\u202f×");
});
