// What is looked at, from everything down, each part a way back; and by what it is divided.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { clustersQuery } from "../../api/query";
import { type Filter, LEVELS, type Level, type SeriesSearch } from "./level";
import classes from "./SeriesPath.module.css";

const ORDER = ["provider", "region", "cluster", "team", "job", "metric"] as const;
type Props = { filter: Filter; by: Level | undefined };

export function SeriesPath({ filter, by }: Props) {
  const clusters = useQuery(clustersQuery).data ?? [];
  const word = (part: Level, value: string) =>
    part === "cluster" ? (clusters.find(({ id }) => id === value)?.name ?? value) : value;
  const given = ORDER.filter((part) => filter[part] !== undefined);
  const without = (from: number) => {
    const next: SeriesSearch & Filter = {};
    for (const part of given.slice(0, from)) next[part] = filter[part];
    return {
      provider: undefined,
      region: undefined,
      cluster: undefined,
      team: undefined,
      metric: undefined,
      job: undefined,
      by: undefined,
      ...next,
    };
  };
  return (
    <div className={classes.path}>
      <nav aria-label="What is looked at">
        <ol className={classes.parts}>
          <li>
            {given.length > 0 ? (
              <Link to="/series" search={without(0)} className="link">
                Everything
              </Link>
            ) : (
              "Everything"
            )}
          </li>
          {given.map((part, at) => (
            <li key={part}>
              <span className="label">{part}</span>{" "}
              {at < given.length - 1 ? (
                <Link to="/series" search={without(at + 1)} className="link">
                  {word(part, filter[part] ?? "")}
                </Link>
              ) : (
                <strong>{word(part, filter[part] ?? "")}</strong>
              )}
            </li>
          ))}
        </ol>
      </nav>
      {by && (
        <fieldset className={classes.levels}>
          <legend className="sr">Divided by</legend>
          <span className="label" aria-hidden>
            by
          </span>
          {LEVELS.filter((one) => filter[one] === undefined).map((one) => (
            <Link
              key={one}
              to="/series"
              search={(old) => ({ ...old, by: one })}
              className={classes.level}
              aria-current={one === by ? "true" : undefined}
            >
              {one}
            </Link>
          ))}
        </fieldset>
      )}
    </div>
  );
}
