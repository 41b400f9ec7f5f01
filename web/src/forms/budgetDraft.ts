// What is typed for a budget, what is wrong with it, and what is sent.
import type { Budget, BudgetScope } from "../api/type";

export const PARTS = ["provider", "region", "cluster", "team", "metric"] as const;

const ACTS = ["watch", "aggregate", "refuse"] as const;

export type TypedBudget = {
  name: string;
  soft: string;
  hard: string;
  owner: string;
  emails: string;
  reason: string;
  act: string;
  /** Names with blanks or commas between them. */
  labels: string;
} & Record<(typeof PARTS)[number], string>;

export function typedOf(budget: Budget | undefined): TypedBudget {
  const scope: Partial<BudgetScope> = budget?.scope ?? {};
  return {
    name: budget?.name ?? "",
    soft: budget ? String(budget.soft_series) : "",
    hard: budget?.hard_series == null ? "" : String(budget.hard_series),
    owner: budget?.owner.name ?? "",
    emails: budget?.owner.emails.join(", ") ?? "",
    reason: "",
    act: budget?.act ?? "watch",
    labels: budget?.aggregate_labels.join(" ") ?? "",
    provider: scope.provider ?? "",
    region: scope.region ?? "",
    cluster: scope.cluster ?? "",
    team: scope.team ?? "",
    metric: scope.metric ?? "",
  };
}

const STEPS: Record<string, number> = { "": 1, k: 1e3, m: 1e6, g: 1e9 };

/** `1.2 M` → 1200000; undefined where it is no whole number of series. */
export function seriesOf(text: string): number | undefined {
  const [, digits, step] = /^([\d\s\u202f,]+(?:\.\d+)?)\s*([kmg]?)$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const number = Math.round(Number(digits.replaceAll(/[\s\u202f,]/g, "")) * (STEPS[(step ?? "").toLowerCase()] ?? 1));
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

const addresses = (text: string) =>
  text
    .split(/[,;\s]+/)
    .map((one) => one.trim())
    .filter((one) => one !== "");

/** `pod, instance` → two labels; one that stands there twice is one. */
export const labelsOf = (text: string): string[] => [...new Set(text.split(/[,\s]+/).filter((one) => one !== ""))];

export function wrongOf(typed: TypedBudget): Partial<Record<keyof TypedBudget, string>> {
  const wrong: Partial<Record<keyof TypedBudget, string>> = {};
  const [soft, hard] = [seriesOf(typed.soft), seriesOf(typed.hard)];
  if (typed.name.trim() === "") wrong.name = "A budget needs a name.";
  if (soft === undefined) wrong.soft = "A number of series, such as 800 k or 1.2 M.";
  if (typed.hard.trim() !== "" && hard === undefined) wrong.hard = "A number of series, such as 1 M, or nothing.";
  if (soft !== undefined && hard !== undefined && hard < soft) wrong.hard = "It is below the soft limit.";
  if (typed.act === "refuse" && typed.hard.trim() === "") wrong.hard = "A budget that refuses needs a hard limit.";
  const labels = typed.act === "watch" ? [] : labelsOf(typed.labels);
  if (typed.act === "aggregate" && labels.length === 0) wrong.labels = "Name the labels that may go, such as pod.";
  const odd = labels.find((label) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(label));
  if (odd !== undefined) wrong.labels = `${odd} is no name of a label.`;
  const bad = addresses(typed.emails).find((one) => !/^[^@\s]+@[^@\s]+$/.test(one));
  if (bad !== undefined) wrong.emails = `${bad} is no e-mail address.`;
  return wrong;
}

export function draftOf(typed: TypedBudget, confirmed: boolean, dryRun: boolean) {
  const given = (part: (typeof PARTS)[number]) => typed[part].trim() || null;
  return {
    name: typed.name.trim(),
    scope: Object.fromEntries(PARTS.map((part) => [part, given(part)])) as BudgetScope,
    soft_series: seriesOf(typed.soft) ?? 0,
    hard_series: seriesOf(typed.hard) ?? null,
    act: (ACTS.find((act) => act === typed.act) ?? "watch") as (typeof ACTS)[number],
    // One that watches aggregates nothing, whatever was typed before.
    aggregate_labels: typed.act === "watch" ? [] : labelsOf(typed.labels),
    owner: { name: typed.owner.trim(), emails: addresses(typed.emails) },
    reason: typed.reason.trim(),
    confirmed,
    dry_run: dryRun,
  };
}
