// One line of attention: what, where, since when; it leads to the cluster or to the clusters.
import { Link } from "@tanstack/react-router";
import { look, toneLook } from "../../api/state";
import type { Attention } from "../../api/type";
import { Glyph } from "../../ui/Glyph";
import { Time } from "../../ui/Time";
import classes from "./AttentionLine.module.css";

/** `state`: how the first of its clusters is, when it is in scope. */
type Props = { line: Attention; state: string | undefined };

export function AttentionLine({ line, state }: Props) {
  // A tone has one shape; late and offline share a tone, so the state, where it has that tone, tells more.
  const known = state === undefined ? undefined : look(state);
  const { tone, shape } = known?.tone === line.tone ? known : toneLook(line.tone);
  const [first] = line.clusters;
  const content = (
    <>
      <Glyph tone={tone} shape={shape} size={14} />
      <span className={classes.sentence}>
        {line.sentence}
        {line.clusters.length > 1 && (
          <span className={classes.names}>
            {line.clusters
              .slice(0, 4)
              .map(({ name }) => name)
              .join(", ")}
            {line.clusters.length > 4 && ` and ${line.clusters.length - 4} more`}
          </span>
        )}
      </span>
      <span className={classes.since}>
        <Time at={line.since} />
      </span>
    </>
  );
  if (line.key.startsWith("change/")) {
    return (
      <li>
        <Link className={classes.line} to="/changes" search={{ change: line.key.slice("change/".length) }}>
          {content}
        </Link>
      </li>
    );
  }
  if (line.clusters.length === 1 && first) {
    return (
      <li>
        <Link className={classes.line} to="/cluster/$id" params={{ id: first.id }} search={{}}>
          {content}
        </Link>
      </li>
    );
  }
  const { provider, region } = line.cause;
  return (
    <li>
      <Link
        className={classes.line}
        to="/"
        search={(old) => ({
          ...old,
          provider: provider ?? old.provider,
          region: region ?? old.region,
          unwell: true as const,
        })}
      >
        {content}
      </Link>
    </li>
  );
}
