// How many clusters are in each state, worst first; pressing one shows only those.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { look } from "../../api/state";
import { StateGlyph } from "../../ui/StateGlyph";
import classes from "./StateCounts.module.css";

export function StateCounts({ counts }: { counts: [string, number][] }) {
  const { state: chosen } = useSearch({ from: "/signed-in/" });
  const navigate = useNavigate({ from: "/" });
  return (
    <ul className={classes.counts} aria-label="Clusters by state">
      {counts.map(([state, count]) => {
        const { tone, word } = look(state);
        const pressed = chosen === state;
        return (
          <li key={state}>
            <button
              type="button"
              className={`${classes.count} ${classes[tone] ?? ""}`}
              aria-pressed={pressed}
              onClick={() => void navigate({ search: (old) => ({ ...old, state: pressed ? undefined : state }) })}
            >
              <StateGlyph state={state} />
              <span className="num">{count}</span> {word}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
