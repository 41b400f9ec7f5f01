// Log lines, newest first; a press on one shows its labels.
import { useMemo, useState } from "react";
import { formatAbsolute, formatClock } from "../../ui/time";
import type { DrawingProps } from "./drawing";
import classes from "./LogPanel.module.css";

type Line = { key: string; at: number; text: string; labels: Record<string, string> };

/** A level as a tone; what is usual has none. */
function toneOf(level: string | undefined): string | undefined {
  if (/^(err|error|fatal|crit|critical|panic)$/i.test(level ?? "")) return "bad";
  return /^warn(ing)?$/i.test(level ?? "") ? "warn" : undefined;
}

export function LogPanel({ title, streams }: DrawingProps) {
  const [open, setOpen] = useState<string | undefined>();
  const lines = useMemo(() => {
    const all: [bigint, Line][] = streams.flatMap(({ labels, lines }, stream) =>
      (lines as unknown as [string, string][]).map(([at, text], line): [bigint, Line] => {
        const time = BigInt(at);
        return [time, { key: `${at} ${stream} ${line}`, at: Number(time / 1_000_000n), text, labels }];
      }),
    );
    return all.sort(([a], [b]) => (a < b ? 1 : a > b ? -1 : 0)).map(([, line]) => line);
  }, [streams]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <section className={classes.box} tabIndex={0} aria-label={title}>
      <ol className={classes.lines}>
        {lines.map(({ key, at, text, labels }) => {
          const level = labels.level ?? (labels.detected_level === "unknown" ? undefined : labels.detected_level);
          return (
            <li key={key} className={classes.line} data-tone={toneOf(level)}>
              <button
                type="button"
                className={classes.press}
                aria-expanded={open === key}
                onClick={() => setOpen(open === key ? undefined : key)}
              >
                <time className="num quiet" dateTime={new Date(at).toISOString()} title={formatAbsolute(at)}>
                  {formatClock(at)}
                </time>
                <span className={classes.level}>{level ?? ""}</span>
                <span className={`mono ${classes.text}`}>{text}</span>
              </button>
              {open === key && (
                <dl className={classes.labels}>
                  {Object.entries(labels).map(([name, value]) => (
                    <div key={name}>
                      <dt className="quiet">{name}</dt>
                      <dd className="mono">{value}</dd>
                    </div>
                  ))}
                </dl>
              )}
            </li>
          );
        })}
      </ol>
      <p className="label">
        {lines.length === 1 ? "One line" : `${lines.length} lines`}, newest first. More than 200 are not asked for:
        choose a shorter range.
      </p>
    </section>
  );
}
