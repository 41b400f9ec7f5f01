// What the pages before sign-in share: the mark, a title, a card.
import { Mark } from "../ui/Mark";
import classes from "./Door.module.css";

type Props = { title: string; lead: string; children: React.ReactNode };

export function Door({ title, lead, children }: Props) {
  return (
    <main className={classes.door}>
      <div className={classes.card}>
        <Mark size={36} />
        <div>
          <h1>{title}</h1>
          <p className="quiet">{lead}</p>
        </div>
        {children}
      </div>
    </main>
  );
}
