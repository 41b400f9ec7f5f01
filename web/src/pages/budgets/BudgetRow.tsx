// One budget: how it stands, what is left, when it will be over, what grew, and its acts.
import { Button, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { WHO } from "../../api/role";
import type { Budget } from "../../api/type";
import { Glyph } from "../../ui/Glyph";
import { formatExact, formatNumber, plural } from "../../ui/number";
import { Time } from "../../ui/Time";
import { BudgetBar } from "./BudgetBar";
import { BudgetOrders } from "./BudgetOrders";
import classes from "./BudgetRow.module.css";
import { actSentence, budgetLook, shareWord, stopWord } from "./budgetLook";

type Props = {
  budget: Budget;
  allowed: boolean;
  change: () => void;
  release: () => void;
  remove: () => void;
};

export function BudgetRow({ budget, allowed, change, release, remove }: Props) {
  const { scope, series, clusters, share, left, soft_series, hard_series, grew, forecast_says, owner } = budget;
  const { tone, shape, word } = budgetLook(budget);
  const does = actSentence(budget);
  const [opened, setOpened] = useState<boolean>();
  // One that does something says at once where and what, until somebody closes that.
  const isOpen = does !== undefined && (opened ?? budget.state === "enforcing");
  const silent = clusters.of - clusters.counted;
  const look = {
    provider: scope.provider ?? undefined,
    region: scope.region ?? undefined,
    cluster: scope.cluster ?? undefined,
    team: scope.team ?? undefined,
    metric: scope.metric ?? undefined,
  };
  return (
    <li className={classes.row} id={budget.id}>
      <div className={classes.head}>
        <p className={classes.name}>
          <Glyph tone={tone} shape={shape} />{" "}
          <Link to="/series" search={look} className="link">
            {budget.name}
          </Link>
        </p>
        <p className="label">
          {budget.scope_shown} · {word} for <Time at={budget.since} span />
          {owner.name && ` · ${owner.name}`}
        </p>
        {does && <p className="label">{does}</p>}
      </div>
      <div className={classes.fullness}>
        <BudgetBar budget={budget} />
        <p className={classes.numbers}>
          <span title={series ? formatExact(series.value) : undefined}>
            {series ? `${series.exact ? "" : "≈ "}${formatNumber(series.value)}` : "unknown"} of{" "}
            {formatNumber(hard_series ?? soft_series)}
          </span>
          {typeof share === "number" && <span>{shareWord(share)}</span>}
          {typeof left === "number" && (
            <span>{left >= 0 ? `${formatNumber(left)} left` : `${formatNumber(-left)} too many`}</span>
          )}
          {hard_series != null && <span className="quiet">warns at {formatNumber(soft_series)}</span>}
        </p>
        <p className="label">{forecast_says}</p>
        {silent > 0 && (
          <p className="label">
            {plural(silent, "cluster")} of {formatNumber(clusters.of)} not counted: the number may be too small.
          </p>
        )}
        {grew.length > 0 && (
          <p className="label">
            Grew most:{" "}
            {grew.map(({ metric, label, by }, at) => (
              <span key={`${metric} ${label}`}>
                {at > 0 && ", "}
                <Link to="/series" search={{ ...look, metric }} className="link mono">
                  {metric}
                </Link>{" "}
                {label && <span className="mono">({label}) </span>}+{formatNumber(by)}
              </span>
            ))}
          </p>
        )}
        {budget.within.length > 0 && (
          <p className="label">
            Within{" "}
            {budget.within
              .map(({ name, left }) => (typeof left === "number" ? `${name} (${formatNumber(left)} left)` : name))
              .join(", ")}
          </p>
        )}
      </div>
      <div className={classes.acts}>
        {does && (
          <>
            <Tooltip label={`Only ${WHO.operator} can stop a budget`} disabled={allowed}>
              <Button
                variant={budget.state === "enforcing" ? "danger" : "default"}
                size="xs"
                disabled={!allowed}
                onClick={release}
              >
                {stopWord(budget)}…
              </Button>
            </Tooltip>
            <Button variant="default" size="xs" aria-expanded={isOpen} onClick={() => setOpened(!isOpen)}>
              Clusters
            </Button>
          </>
        )}
        <Tooltip label={`Only ${WHO.operator} can change budgets`} disabled={allowed}>
          <Button variant="default" size="xs" disabled={!allowed} onClick={change}>
            Change…
          </Button>
        </Tooltip>
        <Tooltip label={`Only ${WHO.operator} can remove budgets`} disabled={allowed}>
          <Button variant="default" size="xs" disabled={!allowed} onClick={remove}>
            Remove…
          </Button>
        </Tooltip>
      </div>
      {isOpen && <BudgetOrders budget={budget} />}
    </li>
  );
}
