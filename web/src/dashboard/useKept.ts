// What a panel's stores answered last, kept while they do not: for the same queries about the same things, whatever the range.
import { useRef } from "react";
import type { Panel } from "./model";
import type { Answer } from "./series";
import type { Values } from "./substitute";

type Asking = { data: Answer | undefined; isError: boolean; isPlaceholderData: boolean; dataUpdatedAt: number };
type Kept = { data: Answer; at: number };

/** The answers to show, and when the oldest of those that are only kept was given. */
export function useKept(panel: Panel, values: Values, answers: Asking[]) {
  const kept = useRef(new Map<string, Kept>());
  const next = new Map<string, Kept>();
  let since: number | undefined;
  const about = JSON.stringify(values);
  const found = answers.map(({ data, isError, isPlaceholderData, dataUpdatedAt }, at) => {
    const key = `${at} ${panel.targets[at]?.expr} ${about}`;
    const old = kept.current.get(key);
    const now = data && !isPlaceholderData ? { data, at: dataUpdatedAt } : old;
    if (now) next.set(key, now);
    if (isError && now) since = Math.min(since ?? now.at, now.at);
    return isError ? now?.data : data;
  });
  kept.current = next;
  return { found, since };
}

/** The last value that was there, for as long as the name is the same. */
export function useLast<T>(name: string, value: T | undefined): T | undefined {
  const last = useRef<{ name: string; value: T } | undefined>(undefined);
  if (value !== undefined) last.current = { name, value };
  return value ?? (last.current?.name === name ? last.current.value : undefined);
}
