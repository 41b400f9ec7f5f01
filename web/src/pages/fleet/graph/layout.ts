// Places for the nodes of a graph: regions at the left, their clusters, the stores at the right.
import dagre from "@dagrejs/dagre";
import type { Graph, Node } from "./graph";

export const SIZES: Record<Node["type"], { width: number; height: number }> = {
  region: { width: 200, height: 48 },
  cluster: { width: 200, height: 36 },
  store: { width: 180, height: 44 },
};

export type Place = { x: number; y: number };

export function placesOf({ nodes, edges }: Graph): Map<string, Place> {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 10, ranksep: 110, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { key, type } of nodes) graph.setNode(key, { ...SIZES[type] });
  for (const { from, to } of edges) graph.setEdge(from, to);
  dagre.layout(graph);
  return new Map(
    nodes.map(({ key, type }) => {
      const { x, y } = graph.node(key) as Place;
      const { width, height } = SIZES[type];
      return [key, { x: x - width / 2, y: y - height / 2 }];
    }),
  );
}
