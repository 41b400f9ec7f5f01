// A region: its head with counts, series and trend, and its clusters; on a phone only those that are not well, until the head is pressed.
import { IconChevronDown } from "@tabler/icons-react";
import { useId, useMemo, useState } from "react";
import { countStates, isUnwell, look } from "../../api/state";
import { Sparkline } from "../../charts/Sparkline";
import { Quantity } from "../../ui/Quantity";
import { StateGlyph } from "../../ui/StateGlyph";
import { Cell } from "./Cell";
import { Chip } from "./Chip";
import { type Density, distinctParts, type Region, totalSeries, totalTrend } from "./fleet";
import classes from "./RegionBlock.module.css";
import { Tile } from "./Tile";

type Props = { region: Region; density: Density; usualVersion: string | undefined; narrow: boolean };

/** How many columns of the map a region takes. */
function sizeOf(count: number): "one" | "two" | "all" {
  if (count <= 6) return "one";
  return count <= 12 ? "two" : "all";
}

export function RegionBlock({ region, density, usualVersion, narrow }: Props) {
  const { clusters } = region;
  const id = useId();
  const [open, setOpen] = useState(false);
  const listed = narrow && !open ? clusters.filter((one) => isUnwell(one.state)) : clusters;
  const counts = countStates(clusters.map((one) => one.state));
  const total = totalSeries(clusters);
  const trend = useMemo(() => totalTrend(clusters), [clusters]);
  const short = useMemo(() => {
    const parts = distinctParts(clusters.map((one) => one.name));
    return new Map(clusters.map((one, at) => [one.id, parts[at]]));
  }, [clusters]);
  const down = clusters.filter((one) => one.state === "failing" || one.state === "offline").length;
  const condition = down === 0 ? undefined : down === clusters.length ? "down" : "partly down";
  const head = (
    <>
      <h2 className={classes.name}>
        <span className={classes.provider}>{region.provider} ▸ </span>
        {region.region}
      </h2>
      <span className={classes.counts}>
        {counts.map(([state, count]) => (
          <span key={state} className="num" title={`${count} ${look(state).word}`}>
            {count} <StateGlyph state={state} size={10} labelled />
          </span>
        ))}
      </span>
      {condition && <span className={classes.condition}>{condition}</span>}
      {density !== "tiles" && <Sparkline points={trend} label={`trend of series in ${region.region}`} height={16} />}
      <span className={classes.series}>
        <Quantity value={total.series} why="no cluster here reports its series now" />
        {total.covered < total.of && (
          <span className="label num">
            {" "}
            from {total.covered} of {total.of}
          </span>
        )}
      </span>
    </>
  );
  return (
    <div className={classes.region} data-density={density} data-size={sizeOf(clusters.length)}>
      {narrow ? (
        <button
          type="button"
          className={classes.head}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {head}
          <IconChevronDown size={16} className={classes.chevron} aria-hidden />
        </button>
      ) : (
        <div className={classes.head}>{head}</div>
      )}
      {listed.length > 0 && (
        <ul id={id} className={classes.clusters} data-density={density}>
          {listed.map((cluster) => (
            <li key={cluster.id}>
              {density === "tiles" && <Tile cluster={cluster} usualVersion={usualVersion} />}
              {density === "chips" && <Chip cluster={cluster} short={short.get(cluster.id) ?? cluster.name} />}
              {density === "cells" && <Cell cluster={cluster} />}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
