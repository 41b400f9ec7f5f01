// What a budget that aggregates or refuses would have done in the last day, as bounds, before it is set.
import type { LeftWithout, Tried } from "../api/type";
import { boundsWord } from "../pages/budgets/budgetLook";
import { FactList } from "../ui/FactList";
import { Missing } from "../ui/Missing";
import { formatNumber, plural } from "../ui/number";
import { Refusal } from "../ui/Refusal";
import classes from "./WouldNote.module.css";

type Props = { tried: Tried | undefined; error: unknown };

export function WouldNote({ tried, error }: Props) {
  if (error) return <Refusal error={error} />;
  const refuse = tried?.would_refuse;
  const aggregate = tried?.would_aggregate;
  const would = refuse ?? aggregate;
  if (!tried || !would) {
    return (
      <p className="label" role="status" aria-busy="true">
        Looking at what it would have done in the last 24 hours…
      </p>
    );
  }
  const facts: [string, React.ReactNode][] = [];
  const hours = (of: { hours: number; hours_at_least: number; hours_at_most: number }) =>
    `${boundsWord(of.hours_at_least, of.hours_at_most)} of ${formatNumber(of.hours)} known`;
  if (aggregate) {
    if (aggregate.hours > 0) facts.push(["Aggregates in hours", hours(aggregate)]);
    facts.push(["Series without them", <Left key="left" left={aggregate.left} />]);
  }
  if (refuse && refuse.hours > 0) {
    facts.push(["New series refused", boundsWord(refuse.series_at_least, refuse.series_at_most)]);
    facts.push(["Refuses in hours", hours(refuse)]);
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

/** What a metric would have left; which labels cost what is not known of more than one metric. */
function Left({ left }: { left: LeftWithout | null | undefined }) {
  if (!left) return <Missing why="it is counted by metric: known of a budget for one metric of all teams" />;
  const error = Math.ceil(left.left.standard_error);
  return (
    <>
      {left.is_at_most ? "at most" : "≈"} {formatNumber(left.left.value)} ± {formatNumber(error)} of{" "}
      {formatNumber(left.series.value)} now
    </>
  );
}
