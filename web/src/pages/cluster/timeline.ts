// Folds a timeline for reading: by day, and repeats of one entry into one.
import type { TimelineEvent } from "../../api/type";

export const KINDS = [
  "joined",
  "re_enrolled",
  "accepted",
  "flagged",
  "unflagged",
  "version_changed",
  "degraded",
  "failing",
  "back",
  "late",
  "offline",
  "failover",
  "identity_twice",
  "settings_released",
  "settings_returned",
  "change_halted",
  "removal_ordered",
  "removed",
];

export type Entry = { event: TimelineEvent; times: number };
/** `day`: midnight in the reader's zone, in milliseconds. */
export type Day = { day: number; entries: Entry[] };

export function folded(events: TimelineEvent[]): Day[] {
  const days: Day[] = [];
  for (const event of events) {
    const day = new Date(event.at).setHours(0, 0, 0, 0);
    let current = days.at(-1);
    if (current?.day !== day) {
      current = { day, entries: [] };
      days.push(current);
    }
    const last = current.entries.at(-1);
    if (last && last.event.kind === event.kind && last.event.sentence === event.sentence) last.times += 1;
    else current.entries.push({ event, times: 1 });
  }
  return days;
}
