// The order of a table as the address has it: `series`, or `-series` for the largest first.
export type Order = { id: string; desc: boolean };

export function readOrder(text: string | undefined): Order {
  if (!text) return { id: "name", desc: false };
  return text.startsWith("-") ? { id: text.slice(1), desc: true } : { id: text, desc: false };
}

export function writeOrder({ id, desc }: Order): string | undefined {
  if (id === "name" && !desc) return undefined;
  return desc ? `-${id}` : id;
}
