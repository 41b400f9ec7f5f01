// The scope that stays across pages: everything, a provider, or a region of it.
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Cluster } from "../../api/type";
import { placeOf } from "../place";

export type Scope = { provider?: string; region?: string };

export function useScope(): [Scope, (next: Scope) => void] {
  const { provider, region } = useSearch({ from: "/signed-in" });
  const navigate = useNavigate();
  return [
    { provider, region },
    (next) =>
      void navigate({
        to: ".",
        search: (old) => ({ ...old, provider: next.provider, region: next.region }),
      }),
  ];
}

export function inScope(cluster: Cluster, { provider, region }: Scope): boolean {
  const place = placeOf(cluster);
  return (provider === undefined || place.provider === provider) && (region === undefined || place.region === region);
}
