// What the states of a budget are called and how they are drawn.
import type { Shape, Tone } from "../../api/state";
import { formatNumber, THIN } from "../../ui/number";

const LOOK: Record<string, { tone: Tone; shape: Shape; word: string }> = {
  over: { tone: "bad", shape: "diamond", word: "over" },
  warning: { tone: "warn", shape: "triangle", word: "warning" },
  unknown: { tone: "unknown", shape: "question", word: "unknown" },
  ok: { tone: "ok", shape: "dot", word: "ok" },
};
const RANK = Object.keys(LOOK);

/** A state that a newer hub invented is drawn as unknown, under its own name. */
export function budgetLook(state: string) {
  return LOOK[state] ?? { tone: "unknown" as Tone, shape: "question" as Shape, word: state.replaceAll("_", " ") };
}

/** Worst first, and among those the fullest. */
export function byNeed<T extends { state: string; share?: number | null }>(budgets: T[]): T[] {
  const rank = ({ state }: T) => {
    const at = RANK.indexOf(state);
    return at < 0 ? 2 : at;
  };
  return [...budgets].sort((one, two) => rank(one) - rank(two) || (two.share ?? 0) - (one.share ?? 0));
}

/** `81 %`; from ten times on a factor. */
export function shareWord(share: number): string {
  return share < 10 ? `${Math.round(share * 100)}${THIN}%` : `${formatNumber(share)}${THIN}×`;
}
