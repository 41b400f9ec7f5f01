// Every question that the console asks the hub, with the key under which its answer is kept.
import { infiniteQueryOptions, QueryCache, QueryClient, queryOptions } from "@tanstack/react-query";
import type { Filter, Level } from "../pages/series/level";
import type { Range } from "../ui/range";
import { client, taken } from "./client";
import { asProblem } from "./problem";
import type { Cluster, ClusterDetail, GaugeHistory, Session } from "./type";

type Refused = (status: number) => void;
let onRefused: Refused = () => {};

/** Tells the frame when the hub no longer knows the session. */
export function whenRefused(act: Refused) {
  onRefused = act;
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError(error, query) {
      const { status } = asProblem(error);
      if (status === 401 && query.queryKey[0] !== "session") onRefused(status);
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => asProblem(error).status === 0 && count < 2,
      retryDelay: (count) => Math.min(1000 * 2 ** count, 8000),
      refetchOnWindowFocus: false,
    },
  },
});

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: (): Promise<Session> => taken(client.GET("/api/v1/session")),
  staleTime: 5 * 60_000,
});

// The client forgets that a point is a pair (it maps every array alike), hence the named types below.
/** All clusters, page by page: the fleet page draws every one of them. */
async function allClusters(): Promise<Cluster[]> {
  const items: Cluster[] = [];
  let cursor: string | undefined;
  do {
    const page = await taken(
      client.GET("/api/v1/clusters", { params: { query: { limit: 500, cursor, sort: "name" } } }),
    );
    items.push(...(page.items as Cluster[]));
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

export const clustersQuery = queryOptions({ queryKey: ["clusters"], queryFn: allClusters });

export const clusterQuery = (id: string) =>
  queryOptions({
    queryKey: ["cluster", id],
    queryFn: () => taken(client.GET("/api/v1/clusters/{id}", { params: { path: { id } } })) as Promise<ClusterDetail>,
  });

export const attentionQuery = queryOptions({
  queryKey: ["attention"],
  queryFn: () => taken(client.GET("/api/v1/attention")),
  refetchInterval: 30_000,
});

export const gaugeQuery = (id: string, name: string, range: Range) =>
  queryOptions({
    queryKey: ["gauge", id, name, range.key],
    queryFn: () => {
      const to = range.to ?? Date.now() / 1000;
      const from = range.from ?? to - range.seconds;
      const instant = (seconds: number) => new Date(seconds * 1000).toISOString();
      return taken(
        client.GET("/api/v1/clusters/{id}/gauges", {
          params: { path: { id }, query: { name, from: instant(from), to: instant(to) } },
        }),
      ) as Promise<GaugeHistory>;
    },
    refetchInterval: range.to === undefined ? 30_000 : false,
    placeholderData: (old) => old,
  });

export const eventsQuery = (id: string, kind: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["events", id, kind ?? ""],
    queryFn: ({ pageParam }) =>
      taken(
        client.GET("/api/v1/clusters/{id}/events", {
          params: { path: { id }, query: { kind, limit: 50, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const auditQuery = infiniteQueryOptions({
  queryKey: ["audit"],
  queryFn: ({ pageParam }) =>
    taken(client.GET("/api/v1/audit", { params: { query: { limit: 50, cursor: pageParam } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

/** The names of stores and how they fare: for everybody. */
export const storeHealthQuery = queryOptions({
  queryKey: ["store-health"],
  queryFn: () => taken(client.GET("/api/v1/store-health")),
  refetchInterval: 30_000,
});

export const storesQuery = queryOptions({
  queryKey: ["stores"],
  queryFn: () => taken(client.GET("/api/v1/stores")),
});

export const joinTokensQuery = queryOptions({
  queryKey: ["join-tokens"],
  queryFn: () => taken(client.GET("/api/v1/join-tokens")),
});

export const layersQuery = queryOptions({
  queryKey: ["layers"],
  queryFn: () => taken(client.GET("/api/v1/layers")),
});

export const valuesQuery = (id: string) =>
  queryOptions({
    queryKey: ["values", id],
    queryFn: () => taken(client.GET("/api/v1/clusters/{id}/values", { params: { path: { id } } })),
    refetchInterval: 10_000,
  });

const OPEN = new Set(["running", "frozen", "halted"]);

/** Whether a change is still on its way: it runs, or stands still until somebody says how it goes on. */
export const isOpen = (state: string) => OPEN.has(state);

export const changesQuery = queryOptions({
  queryKey: ["changes"],
  queryFn: () => taken(client.GET("/api/v1/changes")),
  refetchInterval: ({ state }) => (state.data?.items.some((change) => isOpen(change.state)) ? 2000 : 15_000),
});

export const changeQuery = (id: string) =>
  queryOptions({
    queryKey: ["change", id],
    queryFn: () => taken(client.GET("/api/v1/changes/{id}", { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data && isOpen(state.data.state) ? 1500 : 15_000),
  });

/** Series by one level, and by another below it. */
export const seriesQuery = (filter: Filter, by: Level, then: Level | undefined) =>
  queryOptions({
    queryKey: ["series", by, then ?? "", filter],
    queryFn: () => taken(client.GET("/api/v1/series", { params: { query: { ...filter, by, then, limit: 200 } } })),
    refetchInterval: 60_000,
  });

export const metricSeriesQuery = (name: string, { metric: _, ...filter }: Filter) =>
  queryOptions({
    queryKey: ["series-metric", name, filter],
    queryFn: () => taken(client.GET("/api/v1/series/metrics/{name}", { params: { path: { name }, query: filter } })),
    refetchInterval: 60_000,
  });

export const seriesTrendQuery = ({ job: _, ...filter }: Filter, hours: number) =>
  queryOptions({
    queryKey: ["series-trend", hours, filter],
    queryFn: () => taken(client.GET("/api/v1/series/trend", { params: { query: { ...filter, hours } } })),
    refetchInterval: 300_000,
    placeholderData: (old) => old,
  });

export const budgetsQuery = queryOptions({
  queryKey: ["budgets"],
  queryFn: () => taken(client.GET("/api/v1/budgets")),
  refetchInterval: 30_000,
});

/** A budget with what each of its clusters was ordered, and how that stands to it. */
export const budgetQuery = (id: string) =>
  queryOptions({
    queryKey: ["budget", id],
    queryFn: () => taken(client.GET("/api/v1/budgets/{id}", { params: { path: { id } } })),
    refetchInterval: 10_000,
  });

export const notificationTargetsQuery = queryOptions({
  queryKey: ["notification-targets"],
  queryFn: () => taken(client.GET("/api/v1/notification-targets")),
});
