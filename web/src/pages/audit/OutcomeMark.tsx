// How an act ended: done, or refused.
import { Glyph } from "../../ui/Glyph";

const GOOD = new Set(["ok", "done", "success", "succeeded", "allowed"]);

export function OutcomeMark({ outcome }: { outcome: string }) {
  const good = GOOD.has(outcome);
  return (
    <span className="num">
      <Glyph tone={good ? "ok" : "warn"} shape={good ? "dot" : "triangle"} /> {outcome.replaceAll("_", " ")}
    </span>
  );
}
