// Numbers as a person reads them: three significant digits, thin space, SI.

/** Narrow no-break space: a number and its unit never part. */
export const THIN = "\u202f";
const UP = ["", "k", "M", "G", "T", "P"];

function digits(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1000) return String(value);
  return value.toPrecision(3);
}

/** `212345` → `212 k`; with a unit `212 kB`. Integers under a thousand stay exact; 0 is 0. */
export function formatNumber(value: number, unit = ""): string {
  let scaled = value;
  let step = 0;
  // 999 500 would round to 1000 k: rounding decides the step.
  while (Math.abs(Number(scaled.toPrecision(3))) >= 1000 && step < UP.length - 1) {
    scaled /= 1000;
    step += 1;
  }
  if (Math.abs(scaled) < 0.001 && scaled !== 0) return `<${THIN}0.001${unit && THIN}${unit}`;
  const symbol = `${UP[step]}${unit}`;
  const number =
    step === 0 && Math.abs(scaled) < 1 && scaled !== 0 ? String(Number(scaled.toPrecision(2))) : digits(scaled);
  return symbol === "" ? number : `${number}${THIN}${symbol}`;
}

/** The exact value, in groups of three with thin spaces, for titles and tables. */
export function formatExact(value: number): string {
  const [whole = "", part] = String(value).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
  return part === undefined ? grouped : `${grouped}.${part}`;
}

/** One word for one, another for any other count. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
