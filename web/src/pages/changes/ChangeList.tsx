// Changes as a list: those that are open first, then the newest.
import { Link } from "@tanstack/react-router";
import type { LayerChange } from "../../api/type";
import { Glyph } from "../../ui/Glyph";
import { Time } from "../../ui/Time";
import classes from "./ChangeList.module.css";
import { layerWord } from "./layerWord";
import { changeLook, inOrder } from "./look";

type Props = { items: LayerChange[]; chosen: string | undefined };

export function ChangeList({ items, chosen }: Props) {
  return (
    <ul className={classes.list}>
      {items.map((change) => {
        const { tone, shape, word } = changeLook(change.state);
        const counts = inOrder(change.counts).map(([state, count]) => `${count} ${state}`);
        return (
          <li key={change.id}>
            <Link
              to="/changes"
              search={{ change: change.id }}
              className={classes.entry}
              aria-current={change.id === chosen ? "true" : undefined}
            >
              <Glyph tone={tone} shape={shape} />
              <span className={classes.text}>
                <strong>{layerWord(change)}</strong> {word}
                <span className="label">
                  {" "}
                  <Time at={change.created_at} />, {change.who}: {change.reason}
                  {counts.length > 0 && ` · ${counts.join(", ")}`}
                </span>
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
