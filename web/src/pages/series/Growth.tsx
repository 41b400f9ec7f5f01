// How a number of series changed within a day.
import { Missing } from "../../ui/Missing";
import { formatExact } from "../../ui/number";
import { growth, growthWord } from "./level";

type Props = { series: number; before: number | null | undefined };

export function Growth({ series, before }: Props) {
  const share = growth(series, before);
  if (share === undefined) {
    return <Missing why={before === 0 ? "there was none a day ago" : "how many there were a day ago is not known"} />;
  }
  return <span title={`a day ago ${formatExact(before ?? 0)}`}>{growthWord(share)}</span>;
}
