// One line for all of it when the hub was not heard for 15 s: states are then last known.
import { useLive } from "../../api/live";
import { Glyph } from "../Glyph";
import { formatClock } from "../time";
import classes from "./StreamLost.module.css";

export function StreamLost() {
  const { stale, last_at } = useLive();
  if (!stale) return null;
  return (
    <p className={classes.line} role="status">
      <Glyph tone="unknown" shape="dotted" />
      {last_at === null
        ? "The hub's stream cannot be reached. States are as they were when this page was loaded."
        : `Nothing was heard from the hub since ${formatClock(last_at)}. States are as they were last known; clusters go on without the hub.`}
    </p>
  );
}
