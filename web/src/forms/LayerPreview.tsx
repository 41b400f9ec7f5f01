// What an edit would change: clusters that change alike stand together.
import type { Edited } from "../api/type";
import classes from "./LayerPreview.module.css";

type Preview = Edited["preview"];

/** Clusters by what changes on them. */
function alike(preview: Preview): [string, Preview["clusters"]][] {
  const groups = new Map<string, Preview["clusters"]>();
  for (const cluster of preview.clusters) {
    const key = JSON.stringify(cluster.differences);
    groups.set(key, [...(groups.get(key) ?? []), cluster]);
  }
  return [...groups];
}

const value = (what: unknown) => (what === null || what === undefined ? "not set" : JSON.stringify(what));

export function LayerPreview({ preview }: { preview: Preview }) {
  const batches = new Set(preview.clusters.map(({ batch }) => batch)).size;
  if (preview.count === 0) return <p className={classes.preview}>No cluster has another word by it.</p>;
  return (
    <div className={classes.preview}>
      <p>
        <strong>
          {preview.count} {preview.count === 1 ? "cluster changes" : "clusters change"}
        </strong>{" "}
        in {batches} {batches === 1 ? "batch" : "batches"}
        {preview.count > 1 && batches > 1 && `, ${preview.clusters[0]?.name} first`}.
      </p>
      {alike(preview).map(([key, clusters]) => (
        <section key={key}>
          <h3 className="label">
            {clusters
              .slice(0, 5)
              .map(({ name }) => name)
              .join(", ")}
            {clusters.length > 5 && ` and ${clusters.length - 5} more`}
          </h3>
          {clusters[0]?.differences.length === 0 && (
            <p className="quiet">Nothing else holds afterwards: other layers' words hold as before.</p>
          )}
          <ul>
            {clusters[0]?.differences.map(({ pointer, before, after }) => (
              <li key={pointer} className="mono">
                {pointer}: {value(before)} → {value(after)}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
