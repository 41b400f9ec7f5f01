// The map: providers, their regions, and every cluster in a fixed place.
import { useMemo } from "react";
import type { Cluster } from "../../api/type";
import { useNarrow } from "../../ui/useNarrow";
import classes from "./FleetMap.module.css";
import { byRegion, densityFor, type Region, versionCounts } from "./fleet";
import { RegionBlock } from "./RegionBlock";

type Props = { clusters: Cluster[]; all: Cluster[] };

/** `all` decides how dense the map is: a filter must not change the size of what stays. */
export function FleetMap({ clusters, all }: Props) {
  const narrow = useNarrow();
  const density = densityFor(all.length);
  const usual = useMemo(() => versionCounts(all)[0]?.[0], [all]);
  const providers = useMemo(() => {
    const found = new Map<string, Region[]>();
    for (const region of byRegion(clusters))
      found.set(region.provider, [...(found.get(region.provider) ?? []), region]);
    return [...found];
  }, [clusters]);
  return (
    <div className={classes.map}>
      {providers.map(([provider, regions]) => (
        <section key={provider} className={classes.provider} aria-label={provider}>
          <h2 className={classes.name}>{provider}</h2>
          <div className={classes.regions} data-density={density}>
            {regions.map((region) => (
              <RegionBlock key={region.key} region={region} density={density} usualVersion={usual} narrow={narrow} />
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}
