// What needs attention, grouped by common cause by the hub; one calm line when nothing does.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { attentionQuery } from "../../api/query";
import type { Cluster } from "../../api/type";
import { Glyph } from "../../ui/Glyph";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import { AttentionLine } from "./AttentionLine";
import classes from "./AttentionPanel.module.css";

const SHOWN = 7;
/** Among lines with as many clusters, the worse comes first. */
const WORSE = ["bad", "unknown", "warn", "busy"];

export function AttentionPanel({ clusters }: { clusters: Cluster[] }) {
  const states = new Map(clusters.map(({ id, state }) => [id, state]));
  const attention = useQuery(attentionQuery);
  const [all, setAll] = useState(false);
  if (attention.data === undefined) {
    if (!attention.isError) return <div className={classes.calm} aria-busy="true" />;
    return (
      <Trouble
        what="What needs attention could not be read."
        error={attention.error}
        retry={() => void attention.refetch()}
      />
    );
  }
  const lines = attention.data.items
    .filter((line) => line.clusters.length === 0 || line.clusters.some(({ id }) => states.has(id)))
    .sort((a, b) => b.clusters.length - a.clusters.length || WORSE.indexOf(a.tone) - WORSE.indexOf(b.tone));
  if (lines.length === 0) {
    return (
      <p className={classes.calm}>
        <Glyph tone="ok" shape="dot" /> Nothing needs attention.
      </p>
    );
  }
  const shown = all ? lines : lines.slice(0, SHOWN);
  return (
    <Panel title="Needs attention" aside={<span className="label num">{lines.length}</span>} flush>
      <ul>
        {shown.map((line) => (
          <AttentionLine key={line.key} line={line} state={states.get(line.clusters[0]?.id ?? "")} />
        ))}
      </ul>
      {lines.length > shown.length && (
        <button type="button" className={classes.more} onClick={() => setAll(true)}>
          and {lines.length - shown.length} more
        </button>
      )}
    </Panel>
  );
}
