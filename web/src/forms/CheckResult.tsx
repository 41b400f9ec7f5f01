// How a try of a store went, in a sentence, with the clusters that it lacks.
import type { StoreCheck } from "../api/type";
import { Glyph } from "../ui/Glyph";
import { THIN } from "../ui/number";
import classes from "./CheckResult.module.css";

const SHOWN = 5;

export function CheckResult({ check }: { check: StoreCheck }) {
  const { clusters_missing: missing } = check;
  const partly = check.ok && missing.length > 0;
  return (
    <div className={classes.result} role="status">
      <Glyph
        tone={!check.ok ? "bad" : partly ? "warn" : "ok"}
        shape={!check.ok ? "diamond" : partly ? "triangle" : "dot"}
      />
      <p>
        {check.detail}{" "}
        <span className="quiet num">
          ({Math.round(check.took_seconds * 1000)}
          {THIN}ms)
        </span>
        {partly && (
          <>
            {" "}
            Without data: {missing.slice(0, SHOWN).join(", ")}
            {missing.length > SHOWN && ` and ${missing.length - SHOWN} more`}.
          </>
        )}
      </p>
    </div>
  );
}
