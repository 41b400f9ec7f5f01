// What series cost in a month, by the price of their store.
import type { SeriesCost } from "../../api/type";
import { Missing } from "../../ui/Missing";

/** `€ 1,240`; small amounts with two places. */
export function formatMoney({ amount, currency }: SeriesCost): string {
  const places = Math.abs(amount) < 100 ? 2 : 0;
  const format = new Intl.NumberFormat("en", {
    style: "currency",
    currency,
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  });
  return format.format(amount);
}

export function Money({ cost }: { cost: SeriesCost | null | undefined }) {
  return cost ? formatMoney(cost) : <Missing why="its store has no price" />;
}
