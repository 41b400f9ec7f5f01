// Which dashboards there are for a cluster, one of them, and what its variables are.
import { queryOptions } from "@tanstack/react-query";
import { client, taken } from "../api/client";
import { queryClient } from "../api/query";
import type { Span } from "./interval";
import type { Model } from "./model";
import { answerQuery } from "./panelQuery";
import { type Chosen, resolve, type Store } from "./variables";

export const dashboardsQuery = (id: string) =>
  queryOptions({
    queryKey: ["dashboards", id],
    queryFn: () => taken(client.GET("/api/v1/clusters/{id}/dashboards", { params: { path: { id } } })),
  });

export const dashboardQuery = (id: string, name: string) =>
  queryOptions({
    queryKey: ["dashboard", id, name],
    queryFn: () => taken(client.GET("/api/v1/clusters/{id}/dashboards/{name}", { params: { path: { id, name } } })),
    staleTime: 5 * 60_000,
  });

type Wanted = { id: string; cluster: string; name: string; model: Model; chosen: Chosen; span: Span; stores: Store[] };

/** What variables may be changes slowly: asked anew for another range or other choices only. */
export const variablesQuery = ({ id, cluster, name, model, chosen, span, stores }: Wanted) =>
  queryOptions({
    queryKey: ["variables", id, name, chosen, span.seconds, Math.floor(span.to / 300), stores],
    queryFn: () => {
      const at = new Date(span.to * 1000).toISOString();
      const ask = async (expression: string, label: string) => {
        const answer = await queryClient.fetchQuery(
          answerQuery(id, { kind: "prometheus", expression, at, limit: 1000 }, true),
        );
        return answer.series.flatMap(({ labels }) => labels[label] ?? []);
      };
      return resolve({ variables: model.variables, chosen, cluster, stores, span, ask });
    },
    staleTime: 300_000,
    retry: false,
    placeholderData: (old) => old,
  });
