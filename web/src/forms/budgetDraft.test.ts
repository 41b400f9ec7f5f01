// Limits are typed as people write numbers; what cannot be is said beside its field.
import { describe, expect, it } from "vitest";
import { draftOf, labelsOf, seriesOf, typedOf, wrongOf } from "./budgetDraft";

describe("a number of series", () => {
  it.each([
    ["800000", 800_000],
    ["800 k", 800_000],
    ["1.2M", 1_200_000],
    ["1,200,000", 1_200_000],
    ["1\u202f000", 1000],
  ])("reads %s", (text, number) => {
    expect(seriesOf(text)).toBe(number);
  });

  it.each(["", "0", "-3", "lots", "1e9", "0.2"])("refuses %s", (text) => {
    expect(seriesOf(text)).toBeUndefined();
  });
});

describe("a budget as it is typed", () => {
  const sound = { ...typedOf(undefined), name: "payments", soft: "800 k", hard: "1 M", team: "payments" };

  it("is sent with its scope and without what was left empty", () => {
    expect(wrongOf(sound)).toEqual({});
    expect(draftOf({ ...sound, emails: "a@b.c; d@e.f" }, false, true)).toMatchObject({
      scope: { team: "payments", region: null, metric: null },
      soft_series: 800_000,
      hard_series: 1_000_000,
      act: "watch",
      owner: { emails: ["a@b.c", "d@e.f"] },
      confirmed: false,
      dry_run: true,
    });
  });

  it("says what is wrong at its field", () => {
    expect(wrongOf({ ...sound, hard: "10" }).hard).toMatch("below the soft limit");
    expect(wrongOf({ ...sound, act: "refuse" })).toEqual({});
    expect(wrongOf({ ...sound, act: "refuse", hard: "" }).hard).toMatch("needs a hard limit");
    expect(wrongOf({ ...sound, soft: "" }).soft).toBeDefined();
    expect(wrongOf({ ...sound, name: " " }).name).toBeDefined();
    expect(wrongOf({ ...sound, emails: "nobody" }).emails).toMatch("nobody is no e-mail");
  });

  it("is sent with its labels, as long as it does something with them", () => {
    const aggregates = { ...sound, act: "aggregate", labels: "pod, instance pod" };
    expect(wrongOf(aggregates)).toEqual({});
    expect(draftOf(aggregates, false, false)).toMatchObject({
      act: "aggregate",
      aggregate_labels: ["pod", "instance"],
    });
    expect(draftOf({ ...aggregates, act: "refuse" }, false, false).aggregate_labels).toEqual(["pod", "instance"]);
    expect(draftOf({ ...aggregates, act: "watch" }, false, false).aggregate_labels).toEqual([]);
    expect(labelsOf(" ")).toEqual([]);
    expect(wrongOf({ ...aggregates, labels: "" }).labels).toMatch("Name the labels");
    expect(wrongOf({ ...aggregates, hard: "" })).toEqual({});
    expect(wrongOf({ ...aggregates, act: "refuse", labels: "" })).toEqual({});
    expect(wrongOf({ ...aggregates, act: "refuse", labels: "pod 1st" }).labels).toMatch("1st is no name of a label");
    expect(wrongOf({ ...aggregates, act: "watch", labels: "1st" })).toEqual({});
  });

  it("begins with what the budget is", () => {
    const typed = typedOf({
      name: "n",
      scope: { region: "eu" },
      soft_series: 5,
      hard_series: null,
      act: "refuse",
      aggregate_labels: ["pod"],
      owner: { name: "o", emails: ["a@b.c"] },
    } as unknown as Parameters<typeof typedOf>[0]);
    expect(draftOf(typed, true, false)).toMatchObject({
      scope: { region: "eu", team: null },
      soft_series: 5,
      hard_series: null,
      act: "refuse",
      aggregate_labels: ["pod"],
    });
  });
});
