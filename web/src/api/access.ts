// Questions about who may do what: people, teams, tokens of programs; and a scope in words.
import { queryOptions } from "@tanstack/react-query";
import { client, taken } from "./client";
import type { Scope } from "./type";

export const accountsQuery = queryOptions({
  queryKey: ["accounts"],
  queryFn: () => taken(client.GET("/api/v1/accounts")),
});

export const teamsQuery = queryOptions({
  queryKey: ["teams"],
  queryFn: () => taken(client.GET("/api/v1/teams")),
});

export const apiTokensQuery = queryOptions({
  queryKey: ["api-tokens"],
  queryFn: () => taken(client.GET("/api/v1/api-tokens")),
});

/** Which clusters, in words. */
export function scopeWords(scope: Scope): string {
  const labels = Object.entries(scope.labels ?? {}).map(([name, value]) => `${name}=${value}`);
  const parts = [scope.team && `team ${scope.team}`, scope.region && `region ${scope.region}`, ...labels];
  return parts.filter(Boolean).join(", ") || "the whole fleet";
}
