// The shape and colour of a state: one small SVG, told apart by its form alone.
import type { Shape, Tone } from "../api/state";
import classes from "./Glyph.module.css";

type Props = { tone: Tone; shape: Shape; size?: number; label?: string };

const FORM: Record<Shape, React.ReactNode> = {
  dot: <circle cx="6" cy="6" r="4.25" fill="currentColor" />,
  triangle: <path d="M6 1.2 11.4 10.6H.6z" fill="currentColor" strokeLinejoin="round" />,
  diamond: <path d="M6 .4 11.6 6 6 11.6.4 6z" fill="currentColor" />,
  dotted: (
    <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.9" strokeDasharray="1.9 1.56" />
  ),
  barred: (
    <g fill="none" stroke="currentColor" strokeWidth="1.7">
      <circle cx="6" cy="6" r="4.6" />
      <path d="M2.8 9.2 9.2 2.8" />
    </g>
  ),
  question: (
    <g fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round">
      <path d="M3.6 4.1c.1-1.5 1.2-2.4 2.5-2.4 1.4 0 2.4.9 2.4 2.1 0 1.9-2.4 1.9-2.4 3.7" />
      <path d="M6.05 10.35v.05" />
    </g>
  ),
  quarter: (
    <g>
      <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 6V1.5A4.5 4.5 0 0 1 10.5 6z" fill="currentColor" />
    </g>
  ),
  stop: (
    <g>
      <path d="M3.7.6h4.6l3.1 3.1v4.6l-3.1 3.1H3.7L.6 8.3V3.7z" fill="currentColor" />
      <path d="M3.3 6h5.4" stroke="var(--surface)" strokeWidth="1.8" />
    </g>
  ),
  ring: <circle cx="6" cy="6" r="4.3" fill="none" stroke="currentColor" strokeWidth="1.7" />,
};

/** Without `label` the glyph is decoration: the word beside it says the same. */
export function Glyph({ tone, shape, size = 12, label }: Props) {
  return (
    <svg
      className={`${classes.glyph} ${classes[tone]}`}
      width={size}
      height={size}
      viewBox="0 0 12 12"
      role={label ? "img" : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      {FORM[shape]}
    </svg>
  );
}
