// One change: what it is, how it stands in a sentence, its batches, and what it changes.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { changeQuery } from "../../api/query";
import { Glyph } from "../../ui/Glyph";
import { Panel } from "../../ui/Panel";
import { Time } from "../../ui/Time";
import { Trouble } from "../../ui/Trouble";
import { BatchGrid } from "./BatchGrid";
import { ChangeActs } from "./ChangeActs";
import classes from "./ChangeView.module.css";
import { layerWord } from "./layerWord";
import { changeLook, inOrder, memberLook } from "./look";

const shown = (side: unknown) => {
  const content = (side as { content?: unknown } | null | undefined)?.content;
  return content === undefined ? "no such layer" : JSON.stringify(content, null, 2);
};

export function ChangeView({ id }: { id: string }) {
  const query = useQuery(changeQuery(id));
  const change = query.data;
  if (change === undefined) {
    if (!query.isError) return <div className={classes.wait} aria-busy="true" />;
    return <Trouble what="This change could not be read." error={query.error} retry={() => void query.refetch()} />;
  }
  const { tone, shape, word } = changeLook(change.state);
  return (
    <div className={classes.view}>
      <header className={classes.head}>
        <div>
          <h2>Settings of {layerWord(change)}</h2>
          <p className={classes.sentence}>
            <Glyph tone={tone} shape={shape} size={14} />
            <span>
              <strong>{word}</strong> for <Time at={change.state_since} span />
              {change.state_message && `: ${change.state_message}`}
            </span>
          </p>
          <p className="label">
            {change.who}, <Time at={change.created_at} />: {change.reason}
            {change.all_at_once && " · all at once"}
            {change.undo_of && (
              <>
                {" · takes back "}
                <Link to="/changes" search={{ change: change.undo_of }} className="link">
                  {change.undo_of}
                </Link>
              </>
            )}
            {change.undone_by && (
              <>
                {" · taken back by "}
                <Link to="/changes" search={{ change: change.undone_by }} className="link">
                  {change.undone_by}
                </Link>
              </>
            )}
          </p>
        </div>
        <ChangeActs change={change} />
      </header>
      {query.isError && (
        <Trouble what="This change could not be read again." error={query.error} retry={() => void query.refetch()} />
      )}
      <ul className={classes.counts}>
        {inOrder(change.counts).map(([state, count]) => {
          const look = memberLook(state);
          return (
            <li key={state}>
              <Glyph tone={look.tone} shape={look.shape} /> <span className="num">{count}</span> {look.word}
            </li>
          );
        })}
      </ul>
      <Panel title="Batches">
        <BatchGrid batches={change.batches} />
      </Panel>
      <Panel title="What it changes">
        <div className={classes.sides}>
          <div>
            <h3 className="label">Before</h3>
            <pre className="mono">{shown(change.before)}</pre>
          </div>
          <div>
            <h3 className="label">After</h3>
            <pre className="mono">{shown(change.after)}</pre>
          </div>
        </div>
      </Panel>
    </div>
  );
}
