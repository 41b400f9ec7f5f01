// Addresses that anybody can write.
import { expect, it } from "vitest";
import { ownPath } from "./search";

it("opens only paths of this site after the sign-in", () => {
  expect(ownPath("/cluster/a?range=6h")).toBe("/cluster/a?range=6h");
  for (const next of [
    undefined,
    "",
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
  ]) {
    expect(ownPath(next)).toBe("/");
  }
});
