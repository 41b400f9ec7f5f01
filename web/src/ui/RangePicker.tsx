// Chooses how far back plots go.
import classes from "./RangePicker.module.css";
import { type Range, SPANS } from "./range";

type Props = { range: Range; choose: (key: string) => void; spans?: typeof SPANS };

export function RangePicker({ range, choose, spans = SPANS }: Props) {
  return (
    <fieldset className={classes.picker}>
      <legend className="sr">Time range of the plots</legend>
      {spans.map(({ key, word }) => (
        <button key={key} type="button" aria-pressed={range.key === key} onClick={() => choose(key)}>
          {word}
        </button>
      ))}
    </fieldset>
  );
}
