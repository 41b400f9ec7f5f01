// Budgets that need somebody stand first.
import { expect, it } from "vitest";
import {
  actSentence,
  boundsWord,
  budgetLook,
  byNeed,
  byStanding,
  shareWord,
  standingLook,
  stopWord,
} from "./budgetLook";

it("puts the worst first, then the fullest", () => {
  const budgets = [
    { name: "a", state: "ok", share: 0.2 },
    { name: "b", state: "ok", share: 0.7 },
    { name: "c", state: "over", share: 1.1 },
    { name: "d", state: "unknown", share: null },
    { name: "e", state: "warning", share: 0.9 },
    { name: "f", state: "on_hold", share: 1 },
    { name: "g", state: "enforcing", enforces: "refuse", share: 0.9 },
    { name: "h", state: "enforcing", enforces: "aggregate", share: 0.95 },
  ];
  expect(byNeed(budgets).map(({ name }) => name)).toEqual(["g", "c", "h", "e", "f", "d", "b", "a"]);
});

it("draws a state that it does not know under its own name", () => {
  expect(budgetLook({ state: "on_hold" })).toMatchObject({ shape: "question", word: "on hold" });
});

it("tells labels that are aggregated away from series that are refused", () => {
  expect(budgetLook({ state: "enforcing", enforces: "aggregate" })).toMatchObject({ tone: "warn", shape: "ring" });
  expect(budgetLook({ state: "enforcing", enforces: "refuse" })).toMatchObject({ tone: "bad", word: "refusing" });
  expect(budgetLook({ state: "enforcing" }).word).toBe("refusing");
  expect(budgetLook({ state: "over", enforces: "aggregate" }).word).toBe("over");
  expect(standingLook("aggregating", true).word).toBe("aggregates labels away");
});

it("says what a budget does, and what the press ends", () => {
  const says = (act: "watch" | "aggregate" | "refuse", ...labels: string[]) => {
    const budget = { act, aggregate_labels: labels };
    return [actSentence(budget), stopWord(budget)];
  };
  expect(says("watch")[0]).toBeUndefined();
  expect(says("aggregate", "pod", "instance")).toEqual([
    "Aggregates pod, instance away from its soft limit on.",
    "Stop aggregating",
  ]);
  expect(says("refuse")).toEqual(["Refuses new series past its hard limit.", "Stop refusing"]);
  expect(says("refuse", "pod")).toEqual([
    "Aggregates pod away from its soft limit on, and refuses new series past its hard limit.",
    "Stop refusing and aggregating",
  ]);
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
