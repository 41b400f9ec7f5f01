// Values beside each other as bars, largest first; the number stands at each bar.

import { reduced } from "../series";
import { shown } from "../shown";
import { ToneGlyph } from "../ToneGlyph";
import classes from "./BarPanel.module.css";
import type { DrawingProps } from "./drawing";

const MOST = 20;

export function BarPanel({ panel, series }: DrawingProps) {
  const all = series
    .map((one) => ({ one, value: reduced(one.points, panel.calc) }))
    .sort((a, b) => (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY));
  const most = Math.max(...all.map(({ value, one }) => one.field.max ?? value ?? 0), 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <section className={classes.box} tabIndex={0} aria-label={panel.title}>
      <dl className={classes.bars}>
        {all.slice(0, MOST).map(({ one, value }) => {
          const { text, tone } = shown(value, one.field);
          const share = most > 0 ? Math.min(1, Math.max(0, (value ?? 0) / most)) : 0;
          return (
            <div key={one.key} className={classes.bar}>
              <dt className={classes.name}>{one.name}</dt>
              <dd className={classes.value}>
                <span className={classes.track}>
                  <span className={classes.fill} data-tone={tone} style={{ width: `${share * 100}%` }} />
                </span>
                <span className={`num ${classes.number}`}>
                  <ToneGlyph tone={tone} size={10} />
                  {text}
                </span>
              </dd>
            </div>
          );
        })}
      </dl>
      {all.length > MOST && <p className="label">and {all.length - MOST} smaller ones</p>}
    </section>
  );
}
