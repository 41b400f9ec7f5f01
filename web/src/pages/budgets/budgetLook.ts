// What the states of a budget are called and how they are drawn.
import type { Shape, Tone } from "../../api/state";
import type { Budget } from "../../api/type";
import { formatNumber, THIN } from "../../ui/number";

const LOOK: Record<string, { tone: Tone; shape: Shape; word: string }> = {
  enforcing: { tone: "bad", shape: "stop", word: "refusing" },
  over: { tone: "bad", shape: "diamond", word: "over" },
  aggregating: { tone: "warn", shape: "ring", word: "aggregating labels" },
  warning: { tone: "warn", shape: "triangle", word: "warning" },
  unknown: { tone: "unknown", shape: "question", word: "unknown" },
  ok: { tone: "ok", shape: "dot", word: "ok" },
};
const RANK = Object.keys(LOOK);
const UNKNOWN = RANK.indexOf("unknown");

type Standing = { state: string; enforces?: string | null };

/** `enforcing` is one of two things: where labels are aggregated away and nothing is refused, nobody misses a series. */
const keyOf = ({ state, enforces }: Standing) =>
  state === "enforcing" && enforces === "aggregate" ? "aggregating" : state;

/** A state that a newer hub invented is drawn as unknown, under its own name. */
export function budgetLook(budget: Standing) {
  const key = keyOf(budget);
  return LOOK[key] ?? { tone: "unknown" as Tone, shape: "question" as Shape, word: key.replaceAll("_", " ") };
}

type Acting = Pick<Budget, "act" | "aggregate_labels">;

/** What it does past its limits, in a sentence; nothing where it only watches. */
export function actSentence({ act, aggregate_labels: labels }: Acting): string | undefined {
  const sums = `Aggregates ${labels.join(", ")} away from its soft limit on`;
  if (act === "aggregate") return `${sums}.`;
  if (act !== "refuse") return undefined;
  return labels.length > 0
    ? `${sums}, and refuses new series past its hard limit.`
    : "Refuses new series past its hard limit.";
}

/** The press that ends it. */
export function stopWord({ act, aggregate_labels: labels }: Acting): string {
  if (act === "aggregate") return "Stop aggregating";
  return labels.length > 0 ? "Stop refusing and aggregating" : "Stop refusing";
}

/** Worst first, and among those the fullest. */
export function byNeed<T extends Standing & { share?: number | null }>(budgets: T[]): T[] {
  const rank = (budget: T) => {
    const at = RANK.indexOf(keyOf(budget));
    return at < 0 ? UNKNOWN : at;
  };
  return [...budgets].sort((one, two) => rank(one) - rank(two) || (two.share ?? 0) - (one.share ?? 0));
}

const STANDING: Record<string, { tone: Tone; shape: Shape; word: string }> = {
  refusing: { tone: "bad", shape: "stop", word: "refuses new series" },
  unable: { tone: "warn", shape: "triangle", word: "cannot keep it" },
  aggregating: { tone: "warn", shape: "ring", word: "aggregates labels away" },
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
