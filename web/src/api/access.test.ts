// A scope in words names all that is given, and says so when that is everything.
import { expect, test } from "vitest";
import { scopeWords } from "./access";

test("a scope is told in words", () => {
  expect(scopeWords({})).toBe("the whole fleet");
  expect(scopeWords({ team: "payments", region: "eu-west-1", labels: { tier: "1" } })).toBe(
    "team payments, region eu-west-1, tier=1",
  );
});
