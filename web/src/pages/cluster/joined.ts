// Several histories over one time axis, as plots and tables need them.
export type Columns = [number[], ...(number | null)[][]];

/** Times in seconds, then a column a history; what a history did not measure at a time is null. */
export function joined(histories: [string, number | null][][]): Columns {
  const maps = histories.map((points) => new Map(points.map(([at, value]) => [Date.parse(at) / 1000, value])));
  const times = [...new Set(maps.flatMap((map) => [...map.keys()]))].sort((a, b) => a - b);
  return [times, ...maps.map((map) => times.map((time) => map.get(time) ?? null))];
}
