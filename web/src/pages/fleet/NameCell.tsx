// The name of a cluster in a table, leading to its page.
import { Link } from "@tanstack/react-router";
import type { Cluster } from "../../api/type";
import { Shortened } from "../../ui/Shortened";
import classes from "./NameCell.module.css";

export function NameCell({ cluster }: { cluster: Cluster }) {
  return (
    <Link className={classes.name} to="/cluster/$id" params={{ id: cluster.id }} search={{}} data-cluster={cluster.id}>
      <Shortened text={cluster.name} tail={10} />
      {cluster.simulated && <span className="label">simulated</span>}
    </Link>
  );
}
