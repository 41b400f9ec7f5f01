// Top right: 'live', or as of when the screen is.
import { useLive } from "../../api/live";
import { formatAbsolute, formatClock } from "../time";
import classes from "./LiveMark.module.css";

export function LiveMark() {
  const { status, last_at } = useLive();
  if (status === "live" && last_at !== null) {
    return (
      <output className={classes.live} title={`The hub was last heard ${formatAbsolute(last_at)}`}>
        <span className={classes.dot} aria-hidden />
        live
      </output>
    );
  }
  if (last_at === null) return <output className={classes.mark}>connecting</output>;
  return (
    <output className={classes.lost} title={formatAbsolute(last_at)}>
      as of <span className="num">{formatClock(last_at)}</span>
      <span className={classes.word}>, reconnecting</span>
    </output>
  );
}
