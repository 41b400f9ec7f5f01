// A value as a panel shows it: mapped or in its unit, with the tone of its threshold.
import type { Tone } from "../api/state";
import type { Field, Mapping } from "./model";
import { inUnit } from "./unit";

export type Shown = { text: string; tone: Tone | undefined };

/** Grafana's colours as tones; blue and the like say nothing. */
function toneOf(color: string): Tone | undefined {
  if (/green/.test(color)) return "ok";
  if (/orange|yellow/.test(color)) return "warn";
  if (/red/.test(color)) return "bad";
  return /purple/.test(color) ? "unknown" : undefined;
}

function fits(mapping: Mapping, value: number | null): boolean {
  switch (mapping.kind) {
    case "value":
      return value !== null && mapping.value === String(value);
    case "range":
      return value !== null && value >= (mapping.from ?? -Infinity) && value <= (mapping.to ?? Infinity);
    case "special":
      return value === null && ["null", "nan", "null+nan", "empty"].includes(mapping.match);
  }
}

/** The tone of the last threshold that a value reaches. */
export function toneAt(value: number, field: Field): Tone | undefined {
  const [low, high] = [field.min ?? 0, field.max ?? 100];
  const position = field.percentThresholds ? ((value - low) / (high - low || 1)) * 100 : value;
  const reached = field.thresholds.filter((step) => step.value === null || position >= step.value);
  return toneOf(reached.at(-1)?.color ?? "");
}

export function shown(value: number | null, field: Field): Shown {
  const mapping = field.mappings.find((each) => fits(each, value));
  const tone = (mapping && toneOf(mapping.color)) ?? (value === null ? undefined : toneAt(value, field));
  if (mapping?.text) return { text: mapping.text, tone };
  return { text: value === null ? "–" : inUnit(value, field.unit, field.decimals), tone };
}
