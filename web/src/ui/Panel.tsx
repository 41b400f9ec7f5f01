// A card with a title, and an optional word at its right.
import { useId } from "react";
import classes from "./Panel.module.css";

type Props = { title: string; aside?: React.ReactNode; children: React.ReactNode; flush?: boolean };

/** `flush`: the content reaches the card's edges. */
export function Panel({ title, aside, children, flush = false }: Props) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={id}>
      <header className={classes.head}>
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      <div className={flush ? undefined : classes.body}>{children}</div>
    </section>
  );
}
