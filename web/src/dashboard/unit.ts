// Values in Grafana's units, as a person reads them.
import { formatNumber, THIN } from "../ui/number";

type Format = (value: number, decimals: number | null) => string;

function plain(value: number, decimals: number | null): string {
  if (decimals !== null) return value.toFixed(decimals).replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
  return formatNumber(value);
}

function scaled(unit: string): Format {
  return (value) => formatNumber(value, unit);
}

function binary(unit: string): Format {
  return (value, decimals) => {
    const steps = ["", "Ki", "Mi", "Gi", "Ti", "Pi"];
    let [left, step] = [value, 0];
    while (Math.abs(left) >= 1024 && step < steps.length - 1) {
      left /= 1024;
      step += 1;
    }
    const digits = decimals ?? (step === 0 || Math.abs(left) >= 100 ? 0 : Math.abs(left) >= 10 ? 1 : 2);
    return `${left.toFixed(digits)}${THIN}${steps[step]}${unit}`;
  };
}

function percent(factor: number): Format {
  return (value, decimals) => {
    const share = value * factor;
    const digits = decimals ?? (Math.abs(share) >= 10 || share === 0 ? 0 : Math.abs(share) >= 1 ? 1 : 2);
    return `${share.toFixed(digits)}${THIN}%`;
  };
}

function span(factor: number): Format {
  return (value) => {
    const seconds = value * factor;
    const size = Math.abs(seconds);
    if (size === 0) return `0${THIN}s`;
    if (size < 1) return size < 0.001 ? formatNumber(seconds * 1e6, "µs") : formatNumber(seconds * 1000, "ms");
    const steps: [number, string][] = [
      [86_400, "d"],
      [3600, "h"],
      [60, "min"],
    ];
    const [length, word] = steps.find(([length]) => size >= length) ?? [1, "s"];
    return `${Number((seconds / length).toPrecision(3))}${THIN}${word}`;
  };
}

const FORMATS: Record<string, Format> = {
  "": plain,
  none: plain,
  short: plain,
  percentunit: percent(100),
  percent: percent(1),
  bytes: binary("B"),
  decbytes: scaled("B"),
  Bps: scaled("B/s"),
  binBps: binary("B/s"),
  bps: scaled("bit/s"),
  s: span(1),
  ms: span(0.001),
  µs: span(0.000_001),
  ns: span(0.000_000_001),
  m: span(60),
  h: span(3600),
  d: span(86_400),
  reqps: scaled("req/s"),
  ops: scaled("op/s"),
  cps: scaled("/s"),
  rps: scaled("/s"),
  wps: scaled("/s"),
  iops: scaled("io/s"),
  hertz: scaled("Hz"),
  celsius: (value, decimals) => `${plain(value, decimals)}${THIN}°C`,
  bool: (value) => (value === 0 ? "False" : "True"),
  bool_yes_no: (value) => (value === 0 ? "No" : "Yes"),
  bool_on_off: (value) => (value === 0 ? "Off" : "On"),
  dateTimeAsIso: (value) => new Date(value).toISOString().replace("T", " ").slice(0, 19),
};

/** A unit that is not known is written behind the number: a `suffix:` of one's own, or its name. */
export function inUnit(value: number, unit: string, decimals: number | null): string {
  const format = FORMATS[unit];
  if (format) return format(value, decimals);
  const word = unit.replace(/^(suffix|short):/, "");
  return `${plain(value, decimals)}${THIN}${word}`;
}
