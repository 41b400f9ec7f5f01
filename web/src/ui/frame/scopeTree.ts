// Providers and their regions with how many clusters each has, alphabetical.
import type { Cluster } from "../../api/type";
import { placeOf } from "../place";

export type ProviderNode = { provider: string; count: number; regions: [string, number][] };

export function scopeTree(clusters: Cluster[]): ProviderNode[] {
  const providers = new Map<string, Map<string, number>>();
  for (const cluster of clusters) {
    const { provider, region } = placeOf(cluster);
    const regions = providers.get(provider) ?? new Map<string, number>();
    regions.set(region, (regions.get(region) ?? 0) + 1);
    providers.set(provider, regions);
  }
  return [...providers]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([provider, regions]) => ({
      provider,
      count: [...regions.values()].reduce((sum, count) => sum + count, 0),
      regions: [...regions].sort(([a], [b]) => a.localeCompare(b)),
    }));
}
