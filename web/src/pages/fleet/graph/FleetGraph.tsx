// The fleet as a graph: regions folded, what is not well always drawn, and what flows to which store.
import "@xyflow/react/dist/base.css";
import { useQuery } from "@tanstack/react-query";
import { MarkerType, ReactFlow } from "@xyflow/react";
import { useCallback, useMemo, useState } from "react";
import { storeHealthQuery } from "../../../api/query";
import type { Cluster } from "../../../api/type";
import { useNarrow } from "../../../ui/useNarrow";
import classes from "./FleetGraph.module.css";
import { GraphList } from "./GraphList";
import { GraphNode } from "./GraphNode";
import { graphOf, MOST, widthOf } from "./graph";
import { placesOf, SIZES } from "./layout";

const NODE_TYPES = { part: GraphNode };
const COLOURS = { ok: "var(--ok)", bad: "var(--bad)", unknown: "var(--control)" };

export default function FleetGraph({ clusters }: { clusters: Cluster[] }) {
  const narrow = useNarrow();
  const [asList, setAsList] = useState(narrow);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const health = useQuery(storeHealthQuery);
  const stores = health.data?.items ?? [];
  const press = useCallback((key: string) => {
    setOpen((old) => {
      const next = new Set(old);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  }, []);
  const graph = useMemo(() => graphOf(clusters, stores, open, Date.now()), [clusters, stores, open]);
  // Reports come all the time; places are found anew only when something comes or goes.
  const shape = graph.nodes.map(({ key }) => key).join() + graph.edges.map(({ key }) => key).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape says when
  const places = useMemo(() => placesOf(graph), [shape]);
  const most = Math.max(0, ...graph.edges.map(({ samplesPerSecond }) => samplesPerSecond ?? 0));
  const high = Math.max(
    240,
    ...graph.nodes.map(({ key, type }) => (places.get(key)?.y ?? 0) + SIZES[type].height + 16),
  );
  return (
    <section className={classes.graph} aria-label="The fleet as a graph">
      <header className={classes.head}>
        <p className="label">
          {stores.length === 0 && health.isSuccess
            ? "No store is connected: there is nowhere to draw to. An operator connects one under Settings, Stores."
            : "Width: samples a second. A region is unfolded by a press; what is not well is always drawn."}
          {graph.left > 0 && ` ${graph.left} more are not drawn: at most ${MOST} are.`}
        </p>
        <button type="button" className={classes.toggle} aria-pressed={asList} onClick={() => setAsList(!asList)}>
          As a list
        </button>
      </header>
      {asList ? (
        <GraphList graph={graph} />
      ) : (
        <div className={classes.canvas} style={{ height: Math.min(high, 1400) }}>
          <ReactFlow
            key={shape}
            nodes={graph.nodes.map((node) => ({
              id: node.key,
              type: "part",
              position: places.get(node.key) ?? { x: 0, y: 0 },
              data: { node, press },
              ...SIZES[node.type],
            }))}
            edges={graph.edges.map((edge) => ({
              id: edge.key,
              source: edge.from,
              target: edge.to,
              focusable: false,
              style:
                edge.kind === "within"
                  ? { stroke: "var(--hairline)", strokeWidth: 1 }
                  : {
                      stroke: COLOURS[edge.health],
                      strokeWidth: widthOf(edge, most),
                      strokeDasharray: edge.health === "unknown" ? "4 4" : undefined,
                    },
              markerEnd:
                edge.kind === "flow"
                  ? { type: MarkerType.Arrow, color: COLOURS[edge.health], strokeWidth: 1 }
                  : undefined,
            }))}
            nodeTypes={NODE_TYPES}
            proOptions={{ hideAttribution: true }}
            fitView
            fitViewOptions={{ maxZoom: 1, padding: 0.04 }}
            minZoom={0.3}
            maxZoom={1.5}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            zoomOnScroll={false}
            preventScrolling={false}
            zoomOnDoubleClick={false}
          />
        </div>
      )}
    </section>
  );
}
