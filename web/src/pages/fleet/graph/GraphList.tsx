// The graph's edges as a list: who sends to which store, how much, and how it fares.
import { Glyph } from "../../../ui/Glyph";
import { Quantity } from "../../../ui/Quantity";
import classes from "./FleetGraph.module.css";
import type { Graph, Health, Node } from "./graph";

const HEALTH: Record<Health, ["ok" | "bad" | "unknown", "dot" | "diamond" | "question", string]> = {
  ok: ["ok", "dot", "taken"],
  bad: ["bad", "diamond", "not taken"],
  unknown: ["unknown", "question", "not known"],
};

export function nameOf(node: Node | undefined): string {
  if (node?.type === "region") return `${node.region} (${node.count})`;
  return node?.type === "cluster" ? node.cluster.name : (node?.store.name ?? "");
}

export function GraphList({ graph }: { graph: Graph }) {
  const nodes = new Map(graph.nodes.map((node) => [node.key, node]));
  const flows = graph.edges.filter(({ kind }) => kind === "flow");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <section className={classes.list} tabIndex={0} aria-label="What goes to which store">
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Samples/s</th>
            <th scope="col">Samples are</th>
          </tr>
        </thead>
        <tbody>
          {flows.map((edge) => {
            const [tone, shape, word] = HEALTH[edge.health];
            return (
              <tr key={edge.key}>
                <td>{nameOf(nodes.get(edge.from))}</td>
                <td>{nameOf(nodes.get(edge.to))}</td>
                <td>
                  <Quantity value={edge.samplesPerSecond} why="not reported, or no samples" />
                </td>
                <td>
                  <Glyph tone={tone} shape={shape} size={10} /> {word}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
