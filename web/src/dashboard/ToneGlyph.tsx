// The glyph of a tone, where a value has one.
import type { Shape, Tone } from "../api/state";
import { Glyph } from "../ui/Glyph";

const SHAPES: Partial<Record<Tone, [Shape, string]>> = {
  ok: ["dot", "within its bounds"],
  warn: ["triangle", "past a first bound"],
  bad: ["diamond", "past a bound"],
  unknown: ["question", "not judged"],
};

export function ToneGlyph({ tone, size = 12 }: { tone: Tone | undefined; size?: number }) {
  const [shape, label] = (tone && SHAPES[tone]) ?? [];
  return tone && shape ? <Glyph tone={tone} shape={shape} size={size} label={label} /> : null;
}
