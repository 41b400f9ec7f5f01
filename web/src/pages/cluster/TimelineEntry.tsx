// One entry of a timeline: glyph, time, sentence, who, why.
import { look, toneLook } from "../../api/state";
import type { TimelineEvent } from "../../api/type";
import { Glyph } from "../../ui/Glyph";
import { formatAbsolute, formatClock } from "../../ui/time";
import classes from "./TimelineEntry.module.css";

export function TimelineEntry({ event, times }: { event: TimelineEvent; times: number }) {
  const at = Date.parse(event.at);
  // Late and offline share a tone: the entry is drawn as the state that it tells of.
  const told = look(event.kind);
  const glyph = told.tone === event.tone ? told : toneLook(event.tone);
  // A reason in one word is for programs: the sentence says the same.
  const reason = /^[A-Z]\w*$/.test(event.reason) ? "" : event.reason;
  return (
    <li className={classes.entry}>
      <Glyph tone={glyph.tone} shape={glyph.shape} />
      <time className="num quiet" dateTime={event.at} title={formatAbsolute(at)}>
        {formatClock(at)}
      </time>
      <div className={classes.text}>
        <p>
          {event.sentence}
          {times > 1 && <span className="quiet num"> ×{times}</span>}
        </p>
        {(event.who !== "hub" || reason) && (event.who || reason) && (
          <p className="label">
            {event.who}
            {event.who && reason && ": "}
            {reason}
          </p>
        )}
      </div>
    </li>
  );
}
