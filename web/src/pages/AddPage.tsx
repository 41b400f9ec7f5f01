// Add a cluster: make a token, copy one command, watch the steps turn done as they happen.
import { useSearch } from "@tanstack/react-router";
import { useTitle } from "../ui/useTitle";
import classes from "./AddPage.module.css";
import { JoinWatch } from "./add/JoinWatch";
import { TokenPart } from "./add/TokenPart";

export function AddPage() {
  const { token } = useSearch({ strict: false });
  useTitle("Add a cluster");
  return (
    <div className={classes.page}>
      <header>
        <h1>Add a cluster</h1>
        <p className="quiet">One command on the cluster; the rest happens by itself, and this page shows it.</p>
      </header>
      {token ? <JoinWatch id={token} /> : <TokenPart />}
    </div>
  );
}
