// How the state of a change, and of a cluster in it, is drawn.
import type { Shape, Tone } from "../../api/state";

type Look = { tone: Tone; shape: Shape; word: string };

const CHANGE: Record<string, Look> = {
  running: { tone: "busy", shape: "quarter", word: "running" },
  frozen: { tone: "warn", shape: "triangle", word: "frozen" },
  halted: { tone: "bad", shape: "diamond", word: "halted" },
  done: { tone: "ok", shape: "dot", word: "done" },
  undone: { tone: "off", shape: "ring", word: "undone" },
};

const MEMBER: Record<string, Look> = {
  waiting: { tone: "off", shape: "ring", word: "waiting" },
  released: { tone: "busy", shape: "quarter", word: "released" },
  healthy: { tone: "ok", shape: "dot", word: "healthy" },
  failed: { tone: "bad", shape: "diamond", word: "failed" },
  offline: { tone: "unknown", shape: "barred", word: "offline" },
  skipped: { tone: "off", shape: "ring", word: "skipped" },
};

const strange = (word: string): Look => ({ tone: "unknown", shape: "question", word: word.replaceAll("_", " ") });

export const changeLook = (state: string) => CHANGE[state] ?? strange(state);
export const memberLook = (state: string) => MEMBER[state] ?? strange(state);

/** Counts in the order in which clusters go through a change. */
export function inOrder(counts: Record<string, number>): [string, number][] {
  const order = Object.keys(MEMBER);
  const rank = (state: string) => (order.includes(state) ? order.indexOf(state) : order.length);
  return Object.entries(counts).sort(([a], [b]) => rank(a) - rank(b));
}
