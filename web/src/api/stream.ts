// Keeps the event stream open and carries what it says into the kept answers, at most once a second.
import type { QueryClient } from "@tanstack/react-query";
import { readLive, setLive } from "./live";
import type { Cluster, ClusterDetail, TimelineEvent } from "./type";

const STALE_AFTER_MS = 15_000;
const FLUSH_MS = 1000;
const RETRY_CAP_MS = 15_000;

export type StreamEvent = TimelineEvent & { cluster_id: string };

/** Clusters after a batch of changes: known ones in place, new ones added, gone ones left out. */
export function merged(old: Cluster[], changed: Map<string, Cluster>, gone: Set<string>): Cluster[] {
  const seen = new Set<string>();
  const next: Cluster[] = [];
  for (const cluster of old) {
    if (gone.has(cluster.id)) continue;
    seen.add(cluster.id);
    next.push(changed.get(cluster.id) ?? cluster);
  }
  for (const [id, cluster] of changed) if (!seen.has(id) && !gone.has(id)) next.push(cluster);
  return next;
}

/** Opens the stream; returns what closes it. */
export function follow(queries: QueryClient): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let opened = false;
  const started = Date.now();
  let changed = new Map<string, Cluster>();
  let gone = new Set<string>();
  let fresh: StreamEvent[] = [];

  function heard() {
    setLive({ status: "live", last_at: Date.now(), stale: false });
  }

  function flush() {
    const { last_at, stale } = readLive();
    if (!stale && Date.now() - (last_at ?? started) > STALE_AFTER_MS) setLive({ status: "lost", stale: true });
    if (changed.size === 0 && gone.size === 0 && fresh.length === 0) return;
    const [batch, left, events] = [changed, gone, fresh];
    changed = new Map();
    gone = new Set();
    fresh = [];
    const before = new Map(queries.getQueryData<Cluster[]>(["clusters"])?.map((one) => [one.id, one.state]));
    queries.setQueryData<Cluster[]>(["clusters"], (old) => old && merged(old, batch, left));
    let moved = left.size > 0;
    for (const [id, cluster] of batch) {
      queries.setQueryData<ClusterDetail>(["cluster", id], (old) => old && { ...old, ...cluster });
      if (before.get(id) !== cluster.state) {
        moved = true;
        void queries.invalidateQueries({ queryKey: ["cluster", id] });
      }
    }
    for (const id of left) void queries.invalidateQueries({ queryKey: ["cluster", id] });
    if (moved) void queries.invalidateQueries({ queryKey: ["attention"] });
    if (moved || events.some((event) => event.kind === "joined" || event.kind === "re_enrolled")) {
      void queries.invalidateQueries({ queryKey: ["join-tokens"] });
    }
    for (const event of events) {
      queries.setQueryData<StreamEvent[]>(["fresh-events", event.cluster_id], (old = []) =>
        [event, ...old].slice(0, 100),
      );
    }
  }

  function take<T>(message: MessageEvent<string>, act: (data: T) => void) {
    heard();
    act(JSON.parse(message.data) as T);
  }

  function open() {
    source = new EventSource("/api/v1/stream");
    source.addEventListener("open", () => {
      attempt = 0;
      heard();
      if (opened) void queries.invalidateQueries();
      opened = true;
    });
    source.addEventListener("ping", heard);
    source.addEventListener("cluster", (message) =>
      take<Cluster>(message, (one) => {
        gone.delete(one.id);
        changed.set(one.id, one);
      }),
    );
    source.addEventListener("gone", (message) =>
      take<{ id: string }>(message, ({ id }) => {
        changed.delete(id);
        gone.add(id);
      }),
    );
    source.addEventListener("timeline", (message) => take<StreamEvent>(message, (event) => fresh.push(event)));
    source.addEventListener("budget", (message) =>
      take<{ id: string }>(message, ({ id }) => {
        for (const queryKey of [["budgets"], ["budget", id], ["attention"]])
          void queries.invalidateQueries({ queryKey });
      }),
    );
    source.addEventListener("error", () => {
      source?.close();
      setLive({ status: "lost" });
      const wait = Math.min(1000 * 2 ** attempt, RETRY_CAP_MS);
      attempt += 1;
      // Jitter, so that a thousand open screens do not come back in the same instant.
      retry = setTimeout(open, wait * (0.5 + Math.random() / 2));
    });
  }

  const beat = setInterval(flush, FLUSH_MS);
  open();
  return () => {
    clearInterval(beat);
    clearTimeout(retry);
    source?.close();
  };
}
