// What a batch of changes does to the kept list.
import { expect, it } from "vitest";
import { asProblem, problemFrom } from "./problem";
import { merged } from "./stream";
import type { Cluster } from "./type";

const one = (id: string, state: string) => ({ id, state }) as Cluster;

it("changes rows in place, adds new ones behind, leaves gone ones out", () => {
  const old = [one("a", "healthy"), one("b", "healthy"), one("c", "late")];
  const changed = new Map([
    ["b", one("b", "failing")],
    ["d", one("d", "waiting")],
  ]);
  expect(merged(old, changed, new Set(["c"]))).toEqual([one("a", "healthy"), one("b", "failing"), one("d", "waiting")]);
  expect(merged(old, new Map(), new Set())[0]).toBe(old[0]);
});

it("reads a refusal, and gives a sentence for an answer that is none", () => {
  const problem = problemFrom(403, {
    title: "Not permitted",
    detail: "Ask an admin.",
    code: "not_permitted",
    request_id: "r7",
  });
  expect(problem).toMatchObject({ status: 403, code: "not_permitted", message: "Ask an admin.", requestId: "r7" });
  expect(problemFrom(502, "<html>", "r8")).toMatchObject({ code: "http_502", requestId: "r8" });
  expect(asProblem(new TypeError("Failed to fetch"))).toMatchObject({ status: 0, code: "unreachable" });
});
