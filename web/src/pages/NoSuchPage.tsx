// An address that leads nowhere.
import { Link } from "@tanstack/react-router";
import classes from "./Plain.module.css";

export function NoSuchPage() {
  return (
    <main className={classes.plain}>
      <h1>There is no page at this address</h1>
      <Link to="/" className="link">
        To the fleet
      </Link>
    </main>
  );
}
