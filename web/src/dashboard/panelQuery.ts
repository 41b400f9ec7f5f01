// What a panel's targets ask, and how their answers are kept.
import { queryOptions } from "@tanstack/react-query";
import { client, taken } from "../api/client";
import { builtins, type Span, seconds, stepOf } from "./interval";
import type { Panel, Target } from "./model";
import type { Answer } from "./series";
import { substitute, type Values } from "./substitute";

const LINES = 200;
const REFRESH = 30_000;

export type Asked = {
  kind: "prometheus" | "loki";
  expression: string;
  store?: string;
  from?: string;
  to?: string;
  step_seconds?: number;
  at?: string;
  limit?: number;
};

const instant = (at: number) => new Date(at * 1000).toISOString();

export function askedOf(panel: Panel, target: Target, values: Values, span: Span): Asked {
  const expression = substitute(target.expr, values, builtins(span, target.interval));
  const [, source] = /^\$\{?(\w+)\}?$/.exec(target.source) ?? [];
  const store = source === undefined ? undefined : values[source]?.values[0];
  const asked = { kind: target.kind, expression, store };
  if (target.instant) return { ...asked, at: instant(span.to), limit: 500 };
  return {
    ...asked,
    from: instant(span.from),
    to: instant(span.to),
    step_seconds: stepOf(span.seconds, seconds(target.interval) ?? 0),
    limit: panel.type === "logs" ? LINES : 200,
  };
}

export const answerQuery = (id: string, asked: Asked, isLive: boolean) =>
  queryOptions({
    queryKey: ["store-answer", id, asked],
    queryFn: ({ signal }): Promise<Answer> =>
      taken(client.POST("/api/v1/clusters/{id}/query", { params: { path: { id } }, body: asked, signal })),
    // The end of a live range moves, and with it the key.
    staleTime: isLive ? REFRESH : Number.POSITIVE_INFINITY,
    gcTime: 120_000,
    // A store that fails is asked again with the next range, and by a person.
    retry: false,
    placeholderData: (old) => old,
  });
