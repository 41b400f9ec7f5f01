// How full a budget is: a bar to its limit, a mark where it begins to warn.
import type { Budget } from "../../api/type";
import { formatNumber } from "../../ui/number";
import classes from "./BudgetBar.module.css";
import { budgetLook } from "./budgetLook";

type Props = { budget: Pick<Budget, "soft_series" | "hard_series" | "series" | "state" | "enforces"> };

export function BudgetBar({ budget }: Props) {
  const { soft_series, hard_series, series } = budget;
  const value = series?.value ?? 0;
  // What is over shows how far: then the limit stands inside the bar.
  const end = Math.max(hard_series ?? soft_series, value) || 1;
  const at = (number: number) => `${Math.min(100, (number / end) * 100)}%`;
  const limit = hard_series ?? soft_series;
  const words = `${series ? formatNumber(value) : "unknown"} of ${formatNumber(limit)} series`;
  return (
    <div className={classes.bar} data-tone={budgetLook(budget).tone} role="img" aria-label={words}>
      <span className={classes.fill} style={{ width: at(value) }} />
      {hard_series != null && <span className={classes.mark} style={{ left: at(soft_series) }} title="soft limit" />}
      {value > limit && <span className={classes.limit} style={{ left: at(limit) }} title="limit" />}
    </div>
  );
}
