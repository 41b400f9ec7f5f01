// A store that failed, in two lines of a panel: what, since when there is no data, and how old what is still shown is.
import { asProblem } from "../api/problem";
import { Glyph } from "../ui/Glyph";
import { formatAbsolute, formatClock } from "../ui/time";
import classes from "./PanelTrouble.module.css";

type Props = { error: unknown; kept?: string; retry: () => void };

export function PanelTrouble({ error, kept, retry }: Props) {
  const problem = asProblem(error);
  const since = problem.noDataSince;
  return (
    <div className={classes.trouble} role="alert">
      <Glyph tone={since ? "unknown" : "warn"} shape={since ? "question" : "triangle"} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long refusal scrolls, and must be reachable by keyboard */}
      <p className={classes.text} tabIndex={0}>
        {since && (
          <strong title={formatAbsolute(Date.parse(since))}>No data since {formatClock(Date.parse(since))}. </strong>
        )}
        {problem.detail.replace(/ No data since \S+$/, "")}
        {kept && <span className="quiet"> Shown is what was there at {kept}.</span>}
      </p>
      <button type="button" className={classes.retry} onClick={retry}>
        Try again
      </button>
    </div>
  );
}
