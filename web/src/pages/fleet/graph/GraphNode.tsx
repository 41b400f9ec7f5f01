// A region, a cluster or a store in the graph: what it is called, how it is, and where a press leads.
import { Link } from "@tanstack/react-router";
import { Handle, Position } from "@xyflow/react";
import { look } from "../../../api/state";
import { Glyph } from "../../../ui/Glyph";
import { plural } from "../../../ui/number";
import { Shortened } from "../../../ui/Shortened";
import { StateGlyph } from "../../../ui/StateGlyph";
import classes from "./GraphNode.module.css";
import type { Node } from "./graph";

export type Data = { node: Node; press: (key: string) => void };

function Ends({ from = false, to = false }: { from?: boolean; to?: boolean }) {
  return (
    <>
      {to && <Handle type="target" position={Position.Left} className={classes.end} isConnectable={false} />}
      {from && <Handle type="source" position={Position.Right} className={classes.end} isConnectable={false} />}
    </>
  );
}

export function GraphNode({ data: { node, press } }: { data: Data }) {
  if (node.type === "region") {
    return (
      <button type="button" className={classes.region} aria-expanded={node.isOpen} onClick={() => press(node.key)}>
        <StateGlyph state={node.worst} />
        <span className={classes.words}>
          <strong>{node.region}</strong>
          <span className="label">
            {plural(node.count, "cluster")}, {node.worst === "healthy" ? "all well" : `worst: ${look(node.worst).word}`}
          </span>
        </span>
        <Ends from />
      </button>
    );
  }
  if (node.type === "cluster") {
    const { id, name, state } = node.cluster;
    return (
      <Link to="/cluster/$id" params={{ id }} search={{}} className={classes.cluster} data-cluster={id}>
        <StateGlyph state={state} labelled />
        <Shortened text={name} tail={10} />
        <Ends from to />
      </Link>
    );
  }
  const { name, kind, is_failing: failing } = node.store;
  return (
    <div className={classes.store}>
      <Glyph
        tone={failing ? "bad" : "ok"}
        shape={failing ? "diamond" : "dot"}
        label={failing ? "failing" : "answers"}
      />
      <span className={classes.words}>
        <span className={classes.name}>{name}</span>
        <span className="label">{kind === "loki" ? "Loki" : "Prometheus"}</span>
      </span>
      <Ends to />
    </div>
  );
}
