// What a layer is called in a sentence.

type Named = { kind: string; name: string };

/** `clusterName`: the person's name for the cluster, where it is known; a layer knows only its id. */
export function layerWord({ kind, name }: Named, clusterName?: string): string {
  if (kind === "fleet") return "the whole fleet";
  if (kind === "cluster") return clusterName ? `this cluster alone (${clusterName})` : `cluster ${name}`;
  return `${kind} ${name}`;
}
