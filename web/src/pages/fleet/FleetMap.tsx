// The map: providers, their regions, and every cluster in a fixed place.
import { useMemo } from "react";
import type { Cluster } from "../../api/type";
import { useNarrow } from "../../ui/useNarrow";
import classes from "./FleetMap.module.css";
import { byRegion, densityFor, versionCounts } from "./fleet";
import { RegionBlock } from "./RegionBlock";

type Props = { clusters: Cluster[]; all: Cluster[] };

/** `all` decides how dense the map is: a filter must not change the size of what stays. */
export function FleetMap({ clusters, all }: Props) {
  const narrow = useNarrow();
  const density = densityFor(all.length);
  const usual = useMemo(() => versionCounts(all)[0]?.[0], [all]);
  const regions = useMemo(() => byRegion(clusters), [clusters]);
  return (
    <section className={classes.map} data-density={density} aria-label="Clusters by region">
      {regions.map((region) => (
        <RegionBlock key={region.key} region={region} density={density} usualVersion={usual} narrow={narrow} />
      ))}
    </section>
  );
}
