// Why the hub refused what a form sent, beneath its fields.
import { asProblem } from "../api/problem";
import classes from "./Refusal.module.css";

export function Refusal({ error }: { error: unknown }) {
  const problem = asProblem(error);
  return (
    <p className={classes.refusal} role="alert">
      {problem.detail}
      {problem.requestId && <span className="label mono"> request {problem.requestId}</span>}
    </p>
  );
}
