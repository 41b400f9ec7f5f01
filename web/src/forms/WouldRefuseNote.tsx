// What a budget that refuses would have done in the last day, as bounds, before it is set.
import type { Tried } from "../api/type";
import { boundsWord } from "../pages/budgets/budgetLook";
import { FactList } from "../ui/FactList";
import { formatNumber, plural } from "../ui/number";
import { Refusal } from "../ui/Refusal";
import classes from "./WouldRefuseNote.module.css";

type Props = { tried: Tried | undefined; error: unknown };

export function WouldRefuseNote({ tried, error }: Props) {
  if (error) return <Refusal error={error} />;
  const would = tried?.would_refuse;
  if (!would) {
    return (
      <p className="label" role="status" aria-busy="true">
        Looking at what it would have refused in the last 24 hours…
      </p>
    );
  }
  const facts: [string, React.ReactNode][] = [];
  if (would.hours > 0) {
    facts.push(["New series refused", boundsWord(would.series_at_least, would.series_at_most)]);
    facts.push([
      "In hours",
      `${boundsWord(would.hours_at_least, would.hours_at_most)} of ${formatNumber(would.hours)} known`,
    ]);
  }
  if (would.partly.length > 0) facts.push(["Known in part", plural(would.partly.length, "hour")]);
  if (would.unknown.length > 0) facts.push(["Nothing known of", plural(would.unknown.length, "hour")]);
  return (
    <section className={classes.note} aria-label="In the last 24 hours" role="status">
      <p>
        <strong>In the last 24 hours</strong> it would have done this:
      </p>
      <FactList facts={facts} />
      <p className="label">{tried.effect}</p>
    </section>
  );
}
