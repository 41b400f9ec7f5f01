// One panel: its title, what it asked, and its drawing; its failure in its place, with the last data kept and dated.
import { useQueries } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import type { Range } from "../ui/range";
import { formatClock } from "../ui/time";
import type { Span } from "./interval";
import type { Panel } from "./model";
import classes from "./PanelCard.module.css";
import { PanelTrouble } from "./PanelTrouble";
import { answerQuery, askedOf } from "./panelQuery";
import { drawingOf } from "./panels/drawing";
import { seriesOf } from "./series";
import { shownTitle, type Values } from "./substitute";
import { useKept } from "./useKept";
import { useSeen } from "./useSeen";

export type Context = {
  id: string;
  values: Values;
  span: Span;
  isLive: boolean;
  range: Range;
  choose: (range: string) => void;
};
type Props = { panel: Panel; context: Context };

export function PanelCard({ panel, context }: Props) {
  const { id, values, span, isLive } = context;
  const place = useRef<HTMLElement>(null);
  const seen = useSeen(place);
  const [asTable, setAsTable] = useState(false);
  const drawing = drawingOf(panel.type);
  const title = shownTitle(panel.title, values);
  const answers = useQueries({
    queries: panel.targets.map((target) => ({
      ...answerQuery(id, askedOf(panel, target, values, span), isLive),
      enabled: seen && drawing !== undefined,
    })),
  });
  const failed = answers.find(({ isError }) => isError);
  const { found, since } = useKept(panel, values, answers);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer, not the array that is new at every drawing
  const series = useMemo(
    () =>
      seriesOf(
        panel,
        title,
        panel.targets.map((target, at) => [target, found[at]]),
      ),
    [panel, title, ...found],
  );
  const streams = found.flatMap((answer) => answer?.streams ?? []);
  const waiting =
    drawing !== undefined &&
    answers.some(({ data, isError, isPlaceholderData }) => (data === undefined || isPlaceholderData) && !isError);
  const empty = series.length === 0 && streams.length === 0;
  const truncated = found.some((answer) => answer?.is_truncated) && panel.type !== "logs";
  const Drawing = asTable ? drawing?.table : drawing?.component;
  return (
    <figure ref={place} className={classes.card} data-panel={panel.type} aria-busy={waiting}>
      <figcaption className={classes.head}>
        <h3 title={panel.description || undefined}>{title}</h3>
        {drawing?.table && !empty && (
          <button type="button" className={classes.table} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            Table
          </button>
        )}
      </figcaption>
      {failed && (
        <PanelTrouble
          error={failed.error}
          kept={empty || since === undefined ? undefined : formatClock(since)}
          retry={() => void failed.refetch()}
        />
      )}
      <div className={classes.body}>
        {drawing === undefined ? (
          <p className={classes.none}>
            This panel is of the type <strong>{panel.type || "none"}</strong>, which is not drawn here.
          </p>
        ) : empty && waiting ? null : empty ? (
          !failed && <p className={classes.none}>No data in this range.</p>
        ) : (
          Drawing && <Drawing panel={panel} title={title} series={series} streams={streams} context={context} />
        )}
      </div>
      {truncated && <p className={classes.note}>Only the first {series.length} series are shown.</p>}
    </figure>
  );
}
