// What each state of a cluster is called, how it is drawn, and which is worse.

export type Tone = "ok" | "warn" | "bad" | "unknown" | "busy" | "off";
export type Shape = "dot" | "triangle" | "diamond" | "dotted" | "barred" | "question" | "quarter" | "ring" | "stop";
type Look = { tone: Tone; shape: Shape; word: string };

const LOOK: Record<string, Look> = {
  failing: { tone: "bad", shape: "diamond", word: "failing" },
  offline: { tone: "unknown", shape: "barred", word: "offline" },
  late: { tone: "unknown", shape: "dotted", word: "late" },
  degraded: { tone: "warn", shape: "triangle", word: "degraded" },
  removing: { tone: "busy", shape: "quarter", word: "removing" },
  changing: { tone: "busy", shape: "quarter", word: "changing" },
  waiting: { tone: "busy", shape: "quarter", word: "waiting" },
  suspended: { tone: "off", shape: "ring", word: "suspended" },
  off: { tone: "off", shape: "ring", word: "off" },
  healthy: { tone: "ok", shape: "dot", word: "healthy" },
};

/** Worst first. */
export const STATES = Object.keys(LOOK);

/** A state that a newer hub invented is drawn as unknown, under its own name. */
export function look(state: string): Look {
  return LOOK[state] ?? { tone: "unknown", shape: "question", word: state.replaceAll("_", " ") };
}

const TONE_SHAPE: Record<Tone, Shape> = {
  ok: "dot",
  warn: "triangle",
  bad: "diamond",
  unknown: "question",
  busy: "quarter",
  off: "ring",
};

/** The glyph of a tone alone, for what has no state of its own. */
export function toneLook(tone: string): { tone: Tone; shape: Shape } {
  const known = tone in TONE_SHAPE ? (tone as Tone) : "unknown";
  return { tone: known, shape: TONE_SHAPE[known] };
}

const CALM = new Set(["healthy", "off", "suspended"]);

/** What `!` shows: everything that is neither well nor switched off on purpose. */
export function isUnwell(state: string): boolean {
  return !CALM.has(state);
}

/** Health is known now: neither late nor offline. */
export function isReporting(state: string): boolean {
  return state !== "late" && state !== "offline";
}

/** States with how many clusters are in each, worst first, zeros left out. */
export function countStates(states: Iterable<string>): [string, number][] {
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  const rank = (state: string) => {
    const at = STATES.indexOf(state);
    return at < 0 ? 2.5 : at;
  };
  return [...counts].sort(([a], [b]) => rank(a) - rank(b));
}
