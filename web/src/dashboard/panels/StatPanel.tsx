// One number, or a few with their names; a glyph carries the threshold.

import { reduced } from "../series";
import { shown } from "../shown";
import { ToneGlyph } from "../ToneGlyph";
import type { DrawingProps } from "./drawing";
import classes from "./StatPanel.module.css";

const MOST = 12;

export function StatPanel({ panel, series }: DrawingProps) {
  const many = series.length > 1;
  return (
    <dl className={classes.stats} data-many={many}>
      {series.slice(0, MOST).map((one) => {
        const { text, tone } = shown(reduced(one.points, panel.calc), one.field);
        return (
          <div key={one.key} className={classes.stat}>
            <dt className={many ? classes.name : "sr"}>{one.name}</dt>
            <dd className={`num ${classes.value}`}>
              <ToneGlyph tone={tone} size={many ? 12 : 14} />
              {text}
            </dd>
          </div>
        );
      })}
      {series.length > MOST && <p className="label">and {series.length - MOST} more</p>}
    </dl>
  );
}
