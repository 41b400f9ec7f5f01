// Times as a person reads them: relative in the text, absolute on hover, in the own zone.
import { useSyncExternalStore } from "react";
import { THIN } from "./number";

const STEPS: [number, string][] = [
  [60, "s"],
  [60, "min"],
  [24, "h"],
  [Number.POSITIVE_INFINITY, "d"],
];

/** `245` → `4 min`. */
export function formatSpan(seconds: number): string {
  let value = Math.max(0, seconds);
  for (const [size, unit] of STEPS) {
    if (value < size) return `${Math.floor(value)}${THIN}${unit}`;
    value /= size;
  }
  return "";
}

/** `4 min ago`, `now`, or `in 4 min` for what is still to come. */
export function formatRelative(at: number, now: number): string {
  const seconds = (now - at) / 1000;
  if (seconds <= -5) return `in ${formatSpan(-seconds)}`;
  return seconds < 5 ? "now" : `${formatSpan(seconds)} ago`;
}

const ABSOLUTE = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "medium",
});
const CLOCK = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const ZONE = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" });

export function zoneName(): string {
  return ZONE.formatToParts(new Date()).find((part) => part.type === "timeZoneName")?.value ?? "UTC";
}

export function formatAbsolute(at: number): string {
  return `${ABSOLUTE.format(at)} ${zoneName()}`;
}

export function formatClock(at: number): string {
  return CLOCK.format(at);
}

export function formatDay(at: number): string {
  return DAY.format(at);
}

let now = Date.now();
const listeners = new Set<() => void>();
let beat: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  listeners.add(listener);
  beat ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(beat);
      beat = undefined;
    }
  };
}

/** The present, moving once a second for whoever is on the screen; a part is drawn anew only when its text changes. */
export function useNowText(text: (now: number) => string): string {
  return useSyncExternalStore(subscribe, () => text(Math.max(now, 0)));
}
