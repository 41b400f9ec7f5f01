// What each variable of a dashboard may be, and is: asked one after another, as later ones hang on earlier ones.
import { duration, type Span } from "./interval";
import { patternOf, type Variable } from "./model";
import { substitute, type Values } from "./substitute";

export const ALL = "$__all";
export type Chosen = Record<string, string[]>;
export type Resolved = { variable: Variable; options: string[]; chosen: string[] };
export type Store = { id: string; name: string; kind: "prometheus" | "loki" };
/** The values of a label that an expression finds. */
export type Ask = (expression: string, label: string) => Promise<string[]>;

/** Longest look back for names: older ones are of no interest, and asking for them is dear. */
const BACK_SECONDS = 6 * 3600;

type Wanted = { variables: Variable[]; chosen: Chosen; cluster: string; stores: Store[]; span: Span; ask: Ask };

export async function resolve({ variables, chosen, cluster, stores, span, ask }: Wanted): Promise<Resolved[]> {
  const resolved: Resolved[] = [];
  for (const variable of variables) {
    const options = await optionsOf(variable, { cluster, stores, span, ask, values: valuesOf(resolved) });
    resolved.push({ variable, options, chosen: chosenOf(variable, options, chosen[variable.name]) });
  }
  return resolved;
}

type Known = Omit<Wanted, "variables" | "chosen"> & { values: Values };

async function optionsOf(variable: Variable, { cluster, stores, span, ask, values }: Known): Promise<string[]> {
  // The page is about one cluster, and the hub lets no query out of it.
  if (variable.name === "cluster") return [cluster];
  switch (variable.type) {
    case "datasource":
      return stores.filter(({ kind }) => kind === variable.query).map(({ id }) => id);
    case "custom":
      return split(variable.query);
    case "interval":
      return split(variable.query);
    case "constant":
      return [variable.query];
    case "query":
      return arranged(await asked(substitute(variable.query, values), span, ask), variable);
    default:
      return [];
  }
}

function split(query: string): string[] {
  return query
    .split(/(?<!\\),/)
    .map((value) => value.replace(/\\,/g, ",").trim())
    .map((value) => value.split(" : ").at(-1) ?? value)
    .filter((value) => value !== "");
}

async function asked(query: string, span: Span, ask: Ask): Promise<string[]> {
  const [, selector, label] = /^label_values\((?:(.*),)?\s*([a-zA-Z_]\w*)\s*\)$/s.exec(query.trim()) ?? [];
  if (!label) return [];
  const found = selector?.trim() || `{__name__=~".+"}`;
  const back = duration(Math.min(span.seconds, BACK_SECONDS));
  return ask(`group by (${label}) (last_over_time(${found}[${back}]))`, label);
}

function arranged(values: string[], { regex, sort }: Variable): string[] {
  const pattern = patternOf(regex);
  const kept = values.flatMap((value) => {
    if (!pattern) return [value];
    const found = pattern.exec(value);
    return found ? [found.groups?.value ?? found[1] ?? found[0]] : [];
  });
  const unique = [...new Set(kept)].filter((value) => value !== "");
  if (sort === 0) return unique;
  const compare = new Intl.Collator("en", { numeric: sort >= 3, sensitivity: "base" }).compare;
  return unique.sort((a, b) => (sort % 2 === 1 ? compare(a, b) : compare(b, a)));
}

function chosenOf(variable: Variable, options: string[], chosen: string[] | undefined): string[] {
  if (variable.type === "textbox") return chosen ?? [variable.query];
  const may = (value: string) => options.includes(value) || (value === ALL && variable.includeAll);
  const wanted = (chosen ?? variable.current).filter(may);
  const first = variable.includeAll && chosen === undefined && variable.current.includes(ALL) ? ALL : options[0];
  if (wanted.length > 0) return variable.multi ? wanted : wanted.slice(0, 1);
  return first === undefined ? [] : [first];
}

/** The values for queries. */
export function valuesOf(resolved: Resolved[]): Values {
  return Object.fromEntries(
    resolved.map(({ variable, options, chosen }) => {
      const isList = variable.multi || variable.includeAll;
      // A quote of any kind would end the string that the value stands in.
      if (variable.type === "textbox") {
        const words = chosen.map((value) => value.replace(/[`"\\]/g, ""));
        return [variable.name, { values: words, isList: false, raw: words.join("") }];
      }
      if (!chosen.includes(ALL)) return [variable.name, { values: chosen, isList }];
      const raw = variable.allValue || undefined;
      return [variable.name, { values: options, isList: true, raw }];
    }),
  );
}

/** Whether a person has something to choose. */
export function isOpen({ variable, options }: Resolved): boolean {
  if (variable.hidden || variable.name === "cluster" || variable.type === "constant") return false;
  return variable.type === "datasource" ? options.length > 1 : true;
}
