// The text of a layer in the editor, and what is wrong with it as it is typed.
import type { LayerContent } from "../api/type";

const PARTS = ["enabled", "suspend", "packs", "destinations"];

/** The layer as text. */
export function written(content: LayerContent | undefined): string {
  return JSON.stringify(content ?? {}, null, 2);
}

/** The layer that a text says, or why it says none. */
export function read(text: string): { content: LayerContent } | { wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(text.trim() === "" ? "{}" : text);
  } catch (thrown) {
    return { wrong: `This is no JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { wrong: 'A layer is an object, such as {"enabled": true}.' };
  }
  const strange = Object.keys(value).find((key) => !PARTS.includes(key));
  if (strange !== undefined) return { wrong: `A layer has no ${strange}: it has ${PARTS.join(", ")}.` };
  return { content: value as LayerContent };
}

/** The same text with one switch set, or left to the other layers. */
export function withSwitch(text: string, name: "enabled" | "suspend", word: string): string {
  const found = read(text);
  if ("wrong" in found) return text;
  const { [name]: _, ...rest } = found.content;
  return written(word === "" ? rest : { [name]: word === "true", ...rest });
}
