// A value that is not known: a dash that says why, never 0.
import classes from "./Missing.module.css";

export function Missing({ why }: { why: string }) {
  return (
    <span className={classes.missing} title={why}>
      –<span className="sr"> ({why})</span>
    </span>
  );
}
