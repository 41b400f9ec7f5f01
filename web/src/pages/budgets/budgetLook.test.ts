// Budgets that need somebody stand first.
import { expect, it } from "vitest";
import { budgetLook, byNeed, shareWord } from "./budgetLook";

it("puts the worst first, then the fullest", () => {
  const budgets = [
    { name: "a", state: "ok", share: 0.2 },
    { name: "b", state: "ok", share: 0.7 },
    { name: "c", state: "over", share: 1.1 },
    { name: "d", state: "unknown", share: null },
    { name: "e", state: "warning", share: 0.9 },
    { name: "f", state: "enforcing", share: 1 },
  ];
  expect(byNeed(budgets).map(({ name }) => name)).toEqual(["c", "e", "f", "d", "b", "a"]);
});

it("draws a state that it does not know under its own name", () => {
  expect(budgetLook("on_hold")).toMatchObject({ shape: "question", word: "on hold" });
});

it("says how full a budget is, by a factor where percents say nothing", () => {
  expect(shareWord(0.814)).toBe("81\u202f%");
  expect(shareWord(1.3)).toBe("130\u202f%");
  expect(shareWord(2_267_904)).toBe("2.27\u202fM\u202f×");
});
