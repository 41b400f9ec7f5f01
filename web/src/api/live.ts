// Whether what is on the screen is live: the one small store that the frame and every glyph read.
import { useSyncExternalStore } from "react";

/** `last_at`: when the hub was last heard, in milliseconds; `stale`: 15 s without a word. */
export type Live = { status: "connecting" | "live" | "lost"; last_at: number | null; stale: boolean };

let live: Live = { status: "connecting", last_at: null, stale: false };
const listeners = new Set<() => void>();

export function setLive(next: Partial<Live>) {
  const merged = { ...live, ...next };
  if (merged.status === live.status && merged.last_at === live.last_at && merged.stale === live.stale) return;
  live = merged;
  for (const listener of listeners) listener();
}

export function readLive(): Live {
  return live;
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function useLive(): Live {
  return useSyncExternalStore(subscribe, readLive);
}

/** Only whether states are last known: does not draw anew at every ping. */
export function useStale(): boolean {
  return useSyncExternalStore(subscribe, () => live.stale);
}

export function useLiveStatus(): Live["status"] {
  return useSyncExternalStore(subscribe, () => live.status);
}
