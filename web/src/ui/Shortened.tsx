// A name shortened in the middle when it does not fit: its end tells clusters apart.
import classes from "./Shortened.module.css";

type Props = { text: string; full?: string; tail?: number };

/** `full`: the whole name, when `text` leaves out what stands above it already; screen readers say that one. */
export function Shortened({ text, full = text, tail = 8 }: Props) {
  const cut = text.length > tail * 2;
  return (
    <span className={classes.name} title={full}>
      <span className="sr">{full}</span>
      <span className={classes.head} aria-hidden>
        {cut ? text.slice(0, -tail) : text}
      </span>
      {cut && (
        <span className={classes.tail} aria-hidden>
          {text.slice(-tail)}
        </span>
      )}
    </span>
  );
}
