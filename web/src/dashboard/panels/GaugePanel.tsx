// A share of a whole as an arc: the value in words, its thresholds as marks along the arc.
import type { Field } from "../model";
import { reduced } from "../series";
import { shown } from "../shown";
import { ToneGlyph } from "../ToneGlyph";
import type { DrawingProps } from "./drawing";
import classes from "./GaugePanel.module.css";

const [RADIUS, WIDTH] = [44, 9];

/** The point of the arc at a share of it, from left over the top to right. */
function at(share: number, radius: number): string {
  const angle = Math.PI * (1 - share);
  return `${(50 + radius * Math.cos(angle)).toFixed(2)} ${(50 - radius * Math.sin(angle)).toFixed(2)}`;
}

function arc(from: number, to: number, radius: number): string {
  return `M ${at(from, radius)} A ${radius} ${radius} 0 0 1 ${at(to, radius)}`;
}

function boundsOf(field: Field, value: number): [number, number] {
  const low = field.min ?? 0;
  const usual = field.unit === "percentunit" ? 1 : field.unit === "percent" ? 100 : Math.max(value, 1);
  return [low, Math.max(field.max ?? usual, low + Number.EPSILON)];
}

export function GaugePanel({ panel, series }: DrawingProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <section className={classes.gauges} tabIndex={0} aria-label={panel.title}>
      {series.slice(0, 8).map((one) => {
        const value = reduced(one.points, panel.calc);
        const { text, tone } = shown(value, one.field);
        const [low, high] = boundsOf(one.field, value ?? 0);
        const share = (number: number) => Math.min(1, Math.max(0, (number - low) / (high - low)));
        const filled = share(value ?? low);
        const marks = one.field.thresholds.flatMap(({ value: bound }) => {
          if (bound === null) return [];
          const mark = one.field.percentThresholds ? bound / 100 : share(bound);
          return mark > 0 && mark < 1 ? [mark] : [];
        });
        return (
          <div key={one.key} className={classes.gauge}>
            <svg viewBox="0 0 100 54" className={classes.arc} aria-hidden="true">
              <path d={arc(0, 1, RADIUS)} className={classes.track} strokeWidth={WIDTH} />
              {filled > 0 && (
                <path d={arc(0, filled, RADIUS)} className={classes.fill} data-tone={tone} strokeWidth={WIDTH} />
              )}
              {marks.map((mark) => (
                <path key={mark} d={`M ${at(mark, RADIUS - 6)} L ${at(mark, RADIUS + 6)}`} className={classes.mark} />
              ))}
            </svg>
            <p className={`num ${classes.value}`}>
              <ToneGlyph tone={tone} />
              {text}
            </p>
            {series.length > 1 && <p className="label">{one.name}</p>}
          </div>
        );
      })}
    </section>
  );
}
