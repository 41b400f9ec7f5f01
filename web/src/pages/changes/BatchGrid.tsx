// The batches of a change as columns of clusters, in the order in which they are released.
import { Link } from "@tanstack/react-router";
import type { LayerChangeDetail } from "../../api/type";
import { Glyph } from "../../ui/Glyph";
import classes from "./BatchGrid.module.css";
import { memberLook } from "./look";

export function BatchGrid({ batches }: { batches: LayerChangeDetail["batches"] }) {
  if (batches.length === 0) return <p className="quiet">No cluster has another word by it.</p>;
  return (
    <ol className={classes.grid}>
      {batches.map(({ number, clusters }) => (
        <li key={number} className={classes.batch}>
          <h3 className="label">
            Batch {number}
            {number === 1 && clusters.length === 1 && ", the first one alone"}
          </h3>
          <ul>
            {clusters.map((cluster) => {
              const { tone, shape, word } = memberLook(cluster.state);
              return (
                <li key={cluster.id} className={classes.cluster}>
                  <Glyph tone={tone} shape={shape} />
                  <div className={classes.text}>
                    <Link to="/cluster/$id" params={{ id: cluster.id }} search={{}} className="link">
                      {cluster.name}
                    </Link>
                    <span className="label"> {word}</span>
                    {cluster.message && <p className="label">{cluster.message}</p>}
                  </div>
                </li>
              );
            })}
          </ul>
        </li>
      ))}
    </ol>
  );
}
