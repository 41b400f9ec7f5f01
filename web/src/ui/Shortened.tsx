// A name shortened in the middle when it does not fit: its end tells clusters apart.
import classes from "./Shortened.module.css";

type Props = { text: string; tail?: number };

export function Shortened({ text, tail = 8 }: Props) {
  if (text.length <= tail * 2) return <span className={classes.whole}>{text}</span>;
  return (
    <span className={classes.name} title={text}>
      <span className={classes.head}>{text.slice(0, -tail)}</span>
      <span className={classes.tail}>{text.slice(-tail)}</span>
    </span>
  );
}
