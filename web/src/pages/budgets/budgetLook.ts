// What the states of a budget are called and how they are drawn.
import type { Shape, Tone } from "../../api/state";
import { formatNumber, THIN } from "../../ui/number";

const LOOK: Record<string, { tone: Tone; shape: Shape; word: string }> = {
  enforcing: { tone: "bad", shape: "stop", word: "refusing" },
  over: { tone: "bad", shape: "diamond", word: "over" },
  warning: { tone: "warn", shape: "triangle", word: "warning" },
  unknown: { tone: "unknown", shape: "question", word: "unknown" },
  ok: { tone: "ok", shape: "dot", word: "ok" },
};
const RANK = Object.keys(LOOK);
const UNKNOWN = RANK.indexOf("unknown");

/** A state that a newer hub invented is drawn as unknown, under its own name. */
export function budgetLook(state: string) {
  return LOOK[state] ?? { tone: "unknown" as Tone, shape: "question" as Shape, word: state.replaceAll("_", " ") };
}

/** Worst first, and among those the fullest. */
export function byNeed<T extends { state: string; share?: number | null }>(budgets: T[]): T[] {
  const rank = ({ state }: T) => {
    const at = RANK.indexOf(state);
    return at < 0 ? UNKNOWN : at;
  };
  return [...budgets].sort((one, two) => rank(one) - rank(two) || (two.share ?? 0) - (one.share ?? 0));
}

const STANDING: Record<string, { tone: Tone; shape: Shape; word: string }> = {
  refusing: { tone: "bad", shape: "stop", word: "refuses new series" },
  unable: { tone: "warn", shape: "triangle", word: "cannot refuse" },
  letting_through: { tone: "busy", shape: "quarter", word: "lets a rollout through" },
  learning: { tone: "busy", shape: "quarter", word: "learns what is there" },
  watching: { tone: "ok", shape: "dot", word: "within its part" },
};

/** How a cluster's meter stands to its part; a word of a newer meter is shown as it is. */
export function standingLook(state: string | null | undefined, fresh: boolean) {
  if (!state) return { tone: "unknown" as Tone, shape: "question" as Shape, word: "says nothing of it" };
  const known = STANDING[state] ?? {
    tone: "unknown" as Tone,
    shape: "question" as Shape,
    word: state.replaceAll("_", " "),
  };
  return fresh ? known : { tone: "unknown" as Tone, shape: "dotted" as Shape, word: `last known: ${known.word}` };
}

const STANDINGS = Object.keys(STANDING);

/** Those first that somebody should look at; who says nothing comes last. */
export function byStanding<T extends { state?: string | null }>(orders: T[]): T[] {
  const rank = ({ state }: T) => {
    const at = STANDINGS.indexOf(state ?? "");
    return at >= 0 ? at : state ? STANDINGS.length : STANDINGS.length + 1;
  };
  return [...orders].sort((one, two) => rank(one) - rank(two));
}

/** `2 to 3`, or the number where both are the same. */
export function boundsWord(least: number, most: number): string {
  return least === most ? formatNumber(least) : `${formatNumber(least)} to ${formatNumber(most)}`;
}

/** `81 %`; from ten times on a factor. */
export function shareWord(share: number): string {
  return share < 10 ? `${Math.round(share * 100)}${THIN}%` : `${formatNumber(share)}${THIN}×`;
}
