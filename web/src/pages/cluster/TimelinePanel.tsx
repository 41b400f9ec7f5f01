// Everything that happened to the cluster, by day, with who and why; new entries wait behind '3 new'.
import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { eventsQuery } from "../../api/query";
import type { StreamEvent } from "../../api/stream";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import { formatDay } from "../../ui/time";
import { TimelineEntry } from "./TimelineEntry";
import classes from "./TimelinePanel.module.css";
import { folded, KINDS } from "./timeline";

export function TimelinePanel({ id }: { id: string }) {
  const { kind } = useSearch({ from: "/signed-in/cluster/$id" });
  const navigate = useNavigate({ from: "/cluster/$id" });
  const queries = useQueryClient();
  const events = useInfiniteQuery(eventsQuery(id, kind));
  const items = events.data?.pages.flatMap((page) => page.items) ?? [];
  const known = new Set(items.map((event) => event.id));
  const fresh = useQuery<StreamEvent[]>({
    queryKey: ["fresh-events", id],
    queryFn: () => [],
    staleTime: Number.POSITIVE_INFINITY,
  });
  const waiting = (fresh.data ?? []).filter((event) => !known.has(event.id) && (!kind || event.kind === kind));
  async function showNew() {
    await events.refetch();
    queries.setQueryData(["fresh-events", id], []);
  }
  const filter = (
    <select
      className={classes.filter}
      aria-label="Kind of entry"
      value={kind ?? ""}
      onChange={(event) => {
        const next = event.currentTarget.value || undefined;
        void navigate({ search: (old) => ({ ...old, kind: next }), replace: true });
      }}
    >
      <option value="">everything</option>
      {KINDS.map((one) => (
        <option key={one} value={one}>
          {one.replaceAll("_", " ")}
        </option>
      ))}
    </select>
  );
  return (
    <Panel title="Timeline" aside={filter}>
      {waiting.length > 0 && (
        <button type="button" className={classes.new} onClick={() => void showNew()}>
          {waiting.length} new
        </button>
      )}
      {events.isError && <Trouble what="" error={events.error} retry={() => void events.refetch()} />}
      {events.isSuccess && items.length === 0 && (
        <p className="quiet">Nothing{kind ? " of this kind" : ""} has happened yet.</p>
      )}
      {folded(items).map(({ day, entries }) => (
        <section key={day} className={classes.day}>
          <h3 className="label">{formatDay(day)}</h3>
          <ol>
            {entries.map(({ event, times }) => (
              <TimelineEntry key={event.id} event={event} times={times} />
            ))}
          </ol>
        </section>
      ))}
      {events.hasNextPage && (
        <Button
          variant="default"
          size="xs"
          loading={events.isFetchingNextPage}
          onClick={() => void events.fetchNextPage()}
        >
          Earlier
        </Button>
      )}
    </Panel>
  );
}
