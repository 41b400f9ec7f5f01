// Grafana's model of a dashboard, as far as it is drawn here; whatever else it holds is left alone.
export type Target = {
  refId: string;
  expr: string;
  legend: string;
  instant: boolean;
  interval: string;
  kind: "prometheus" | "loki";
  /** `${name}` of a data source variable, or empty. */
  source: string;
};
export type Threshold = { color: string; value: number | null };
export type Mapping = { text: string; color: string } & (
  | { kind: "value"; value: string }
  | { kind: "range"; from: number | null; to: number | null }
  | { kind: "special"; match: string }
);
export type Field = {
  unit: string;
  decimals: number | null;
  min: number | null;
  max: number | null;
  name: string;
  thresholds: Threshold[];
  percentThresholds: boolean;
  mappings: Mapping[];
};
export type Override = { matcher: "name" | "query" | "regexp"; options: string; properties: [string, unknown][] };
export type Panel = {
  id: number;
  type: string;
  title: string;
  description: string;
  place: { x: number; y: number; w: number; h: number };
  targets: Target[];
  field: Field;
  overrides: Override[];
  stacked: boolean;
  bars: boolean;
  calc: string;
  transformations: { id: string; options: Record<string, unknown> }[];
  options: Record<string, unknown>;
};
export type Section = { title: string; collapsed: boolean; panels: Panel[] };
export type Variable = {
  name: string;
  label: string;
  type: string;
  query: string;
  multi: boolean;
  includeAll: boolean;
  allValue: string;
  regex: string;
  sort: number;
  hidden: boolean;
  current: string[];
  options: string[];
};
export type Model = { title: string; description: string; variables: Variable[]; sections: Section[] };

type Fields = Record<string, unknown>;

const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);

export function readModel(raw: unknown): Model {
  const model = fields(raw);
  const sections: Section[] = [{ title: "", collapsed: false, panels: [] }];
  for (const each of list(model.panels)) {
    const panel = fields(each);
    if (panel.type === "row") {
      const panels = list(panel.panels).map(readPanel);
      sections.push({ title: text(panel.title), collapsed: panel.collapsed === true, panels });
    } else {
      sections.at(-1)?.panels.push(readPanel(each));
    }
  }
  return {
    title: text(model.title),
    description: text(model.description),
    variables: list(fields(model.templating).list).map(readVariable),
    sections: sections.filter(({ panels }) => panels.length > 0),
  };
}

function readVariable(raw: unknown): Variable {
  const one = fields(raw);
  const asked = text(one.query) || text(fields(one.query).query) || text(one.definition);
  const value = fields(one.current).value;
  const current = (Array.isArray(value) ? value : [value]).map(text).filter((each) => each !== "");
  return {
    name: text(one.name),
    label: text(one.label) || text(one.name),
    type: text(one.type),
    query: asked,
    multi: one.multi === true,
    includeAll: one.includeAll === true,
    allValue: text(one.allValue),
    regex: text(one.regex),
    sort: number(one.sort) ?? 0,
    hidden: one.hide === 2,
    current,
    options: list(one.options).map((option) => text(fields(option).value)),
  };
}

function readPanel(raw: unknown): Panel {
  const panel = fields(raw);
  const place = fields(panel.gridPos);
  const config = fields(panel.fieldConfig);
  const defaults = fields(config.defaults);
  const custom = fields(defaults.custom);
  const options = fields(panel.options);
  const reduce = list(fields(options.reduceOptions).calcs);
  const own = fields(panel.datasource);
  return {
    id: number(panel.id) ?? 0,
    type: text(panel.type),
    title: text(panel.title),
    description: text(panel.description),
    place: {
      x: number(place.x) ?? 0,
      y: number(place.y) ?? 0,
      w: Math.min(24, Math.max(1, number(place.w) ?? 12)),
      h: Math.max(2, number(place.h) ?? 8),
    },
    targets: list(panel.targets)
      .map((target) => readTarget(fields(target), own))
      .filter(({ expr }) => expr !== ""),
    field: readField(defaults),
    overrides: list(config.overrides).flatMap(readOverride),
    stacked: ["normal", "percent"].includes(text(fields(custom.stacking).mode)),
    bars: custom.drawStyle === "bars",
    calc: text(reduce[0]) || "lastNotNull",
    transformations: list(panel.transformations).map((each) => {
      const one = fields(each);
      return { id: text(one.id), options: fields(one.options) };
    }),
    options,
  };
}

function readTarget(target: Fields, own: Fields): Target {
  const source = { ...own, ...fields(target.datasource) };
  const instant = target.instant === true || target.queryType === "instant";
  return {
    refId: text(target.refId),
    expr: target.hide === true ? "" : text(target.expr),
    legend: text(target.legendFormat),
    // A query that is both is drawn over time.
    instant: instant && target.range !== true,
    interval: text(target.interval),
    kind: text(source.type) === "loki" ? "loki" : "prometheus",
    source: text(source.uid),
  };
}

export function readField(raw: Fields): Field {
  const thresholds = fields(raw.thresholds);
  return {
    unit: text(raw.unit),
    decimals: number(raw.decimals),
    min: number(raw.min),
    max: number(raw.max),
    name: text(raw.displayName),
    thresholds: list(thresholds.steps).map((step) => {
      const one = fields(step);
      return { color: text(one.color), value: number(one.value) };
    }),
    percentThresholds: thresholds.mode === "percentage",
    mappings: list(raw.mappings).flatMap(readMapping),
  };
}

export function readMapping(raw: unknown): Mapping[] {
  const one = fields(raw);
  const options = fields(one.options);
  const result = (value: unknown) => {
    const { text: word, color } = fields(value);
    return { text: text(word), color: text(color) };
  };
  switch (one.type) {
    case "value":
      return Object.entries(options).map(([value, shown]) => ({ kind: "value", value, ...result(shown) }));
    case "range":
      return [{ kind: "range", from: number(options.from), to: number(options.to), ...result(options.result) }];
    case "special":
      return [{ kind: "special", match: text(options.match), ...result(options.result) }];
    default:
      return [];
  }
}

function readOverride(raw: unknown): Override[] {
  const one = fields(raw);
  const matcher = fields(one.matcher);
  const kinds: Record<string, Override["matcher"]> = { byName: "name", byFrameRefID: "query", byRegexp: "regexp" };
  const kind = kinds[text(matcher.id)];
  if (!kind) return [];
  const properties = list(one.properties).map((each): [string, unknown] => {
    const property = fields(each);
    return [text(property.id), property.value];
  });
  return [{ matcher: kind, options: text(matcher.options), properties }];
}

/** The field of one series: what holds for the panel, and what is said of this one besides. */
export function fieldOf(panel: Panel, name: string, refId: string): Field {
  let field = panel.field;
  for (const { matcher, options, properties } of panel.overrides) {
    const fits = { name: () => options === name, query: () => options === refId, regexp: () => matches(options, name) };
    if (!fits[matcher]()) continue;
    const raw: Fields = {};
    for (const [id, value] of properties) raw[id] = value;
    const said = readField(raw);
    const given = (id: string) => id in raw;
    field = {
      unit: given("unit") ? said.unit : field.unit,
      decimals: given("decimals") ? said.decimals : field.decimals,
      min: given("min") ? said.min : field.min,
      max: given("max") ? said.max : field.max,
      name: given("displayName") ? said.name : field.name,
      thresholds: given("thresholds") ? said.thresholds : field.thresholds,
      percentThresholds: given("thresholds") ? said.percentThresholds : field.percentThresholds,
      mappings: given("mappings") ? said.mappings : field.mappings,
    };
  }
  return field;
}

/** Grafana writes `/pattern/flags`, or only the pattern. */
export function patternOf(written: string): RegExp | undefined {
  const [, body, flags] = /^\/(.*)\/([a-z]*)$/s.exec(written) ?? ["", written, ""];
  try {
    return body ? new RegExp(body, flags?.replace("g", "")) : undefined;
  } catch {
    return undefined;
  }
}

function matches(written: string, name: string): boolean {
  return patternOf(written)?.test(name) ?? false;
}
