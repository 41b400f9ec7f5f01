// A measured number with its exact value on hover; not measured is a dash with its reason.
import { Missing } from "./Missing";
import { formatExact, formatNumber } from "./number";

type Props = { value: number | null | undefined; unit?: string; why?: string };

export function Quantity({ value, unit = "", why = "not reported" }: Props) {
  if (typeof value !== "number" || !Number.isFinite(value)) return <Missing why={why} />;
  return (
    <span className="num" title={unit ? `${formatExact(value)} ${unit}` : formatExact(value)}>
      {formatNumber(value, unit)}
    </span>
  );
}
