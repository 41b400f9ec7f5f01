// One entry of a timeline: glyph, time, sentence, who, why.
import { toneLook } from "../../api/state";
import type { TimelineEvent } from "../../api/type";
import { Glyph } from "../../ui/Glyph";
import { formatAbsolute, formatClock } from "../../ui/time";
import classes from "./TimelineEntry.module.css";

export function TimelineEntry({ event, times }: { event: TimelineEvent; times: number }) {
  const at = Date.parse(event.at);
  return (
    <li className={classes.entry}>
      <Glyph {...toneLook(event.tone)} />
      <time className="num quiet" dateTime={event.at} title={formatAbsolute(at)}>
        {formatClock(at)}
      </time>
      <div className={classes.text}>
        <p>
          {event.sentence}
          {times > 1 && <span className="quiet num"> ×{times}</span>}
        </p>
        {(event.who || event.reason) && (
          <p className="label">
            {event.who}
            {event.who && event.reason && ": "}
            {event.reason}
          </p>
        )}
      </div>
    </li>
  );
}
