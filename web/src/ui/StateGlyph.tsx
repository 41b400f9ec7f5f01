// The glyph of a cluster's state; without the stream it is drawn as last known.
import { useStale } from "../api/live";
import { look } from "../api/state";
import { Glyph } from "./Glyph";
import classes from "./StateGlyph.module.css";

type Props = { state: string; size?: number; labelled?: boolean };

export function StateGlyph({ state, size, labelled = false }: Props) {
  const stale = useStale();
  const { tone, shape, word } = look(state);
  const label = stale ? `last known: ${word}` : word;
  return (
    <span className={stale ? classes.stale : classes.now}>
      <Glyph tone={tone} shape={shape} size={size} label={labelled ? label : undefined} />
    </span>
  );
}
