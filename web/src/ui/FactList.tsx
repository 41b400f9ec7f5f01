// Names and values below each other, values at the right.
import classes from "./FactList.module.css";

export function FactList({ facts }: { facts: [string, React.ReactNode][] }) {
  return (
    <dl className={classes.list}>
      {facts.map(([name, value]) => (
        <div key={name} className={classes.fact}>
          <dt className="quiet">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
