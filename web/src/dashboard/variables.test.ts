// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes its variables so
// Variables as Grafana's dashboards use them: lists, all, patterns, and values that must not get out of their quotes.
import { expect, it } from "vitest";
import { builtins, duration, seconds, spanOf, stepOf } from "./interval";
import { readModel, type Variable } from "./model";
import { shownTitle, substitute } from "./substitute";
import { ALL, isOpen, resolve, valuesOf } from "./variables";

const variables = (list: unknown[]): Variable[] => readModel({ templating: { list } }).variables;
const span = { from: 0, to: 3600, seconds: 3600 };
const stores = [
  { id: "s-1", name: "a", kind: "prometheus" as const },
  { id: "s-2", name: "b", kind: "loki" as const },
];
const all = { text: "All", value: ALL };

it("asks one variable after another, with what the earlier ones are", async () => {
  const asked: string[] = [];
  const answers: Record<string, string[]> = {
    namespace: ["shop", "kube-system"],
    created_by_name: ["web-7d9f8b6c54", "web-5b6d9c7f88", "postgres"],
    pod: ["web-1", "web-2"],
  };
  const list = [
    { name: "datasource", type: "datasource", query: "prometheus" },
    { name: "cluster", type: "query", query: "label_values(up, cluster)" },
    { name: "namespace", type: "query", query: { query: 'label_values(ns{cluster="$cluster"}, namespace)' }, sort: 1 },
    {
      name: "workload",
      type: "query",
      query: 'label_values(pod_info{namespace="$namespace"}, created_by_name)',
      regex: "/^(.+?)(?:-[0-9b-df-hj-np-tv-z]{8,10})?$/",
      sort: 1,
    },
    {
      name: "pod",
      type: "query",
      query: 'label_values(pod_info{owner=~"$workload(-.+)?"}, pod)',
      multi: true,
      includeAll: true,
      current: all,
    },
    {
      name: "level",
      type: "custom",
      query: "info, warn,error",
      multi: true,
      includeAll: true,
      allValue: ".*",
      current: all,
    },
    { name: "search", type: "textbox", query: "" },
  ];
  const ask = async (expression: string, label: string) => {
    asked.push(expression);
    return answers[label] ?? [];
  };
  const chosen = { namespace: ["shop"], workload: ["gone"], search: ['a"b`c\\'] };
  const resolved = await resolve({ variables: variables(list), chosen, cluster: "own", stores, span, ask });
  expect(asked).toEqual([
    'group by (namespace) (last_over_time(ns{cluster="own"}[3600s]))',
    'group by (created_by_name) (last_over_time(pod_info{namespace="shop"}[3600s]))',
    'group by (pod) (last_over_time(pod_info{owner=~"postgres(-.+)?"}[3600s]))',
  ]);
  expect(resolved.map(({ chosen }) => chosen)).toEqual([
    ["s-1"],
    ["own"],
    ["shop"],
    ["postgres"],
    [ALL],
    [ALL],
    ['a"b`c\\'],
  ]);
  expect(resolved[3]?.options).toEqual(["postgres", "web"]);
  const values = valuesOf(resolved);
  expect(substitute('x{pod=~"$pod", level=~"${level}"} |= `$search` [[namespace]] $unknown', values)).toBe(
    'x{pod=~"(web-1|web-2)", level=~".*"} |= `abc` shop $unknown',
  );
  expect(resolved.filter(isOpen).map(({ variable }) => variable.name)).toEqual([
    "namespace",
    "workload",
    "pod",
    "level",
    "search",
  ]);
});

it("keeps a value within its quotes", () => {
  const one = { name: { values: ['a"} or up{b="'], isList: false } };
  expect(substitute('up{a="$name"}', one)).toBe('up{a="a\\"} or up{b=\\""}');
  const many = { name: { values: ["a.b", "c|d"], isList: true } };
  expect(substitute('up{a=~"$name"}', many)).toBe('up{a=~"(a\\\\.b|c\\\\|d)"}');
  expect(substitute("${name:csv} ${name:pipe} ${name:doublequote}", many)).toBe('a.b,c|d a.b|c|d "a.b","c|d"');
  expect(shownTitle("Pods of $name", many)).toBe("Pods of a.b, c|d");
});

it("asks no finer than a screen and no finer than samples are", () => {
  expect([stepOf(900, 0), stepOf(3600, 0), stepOf(86_400, 60), stepOf(90 * 86_400, 0)]).toEqual([5, 15, 600, 43_200]);
  expect(stepOf(900, 60)).toBe(60);
  expect(["30s", "1m", "1h30m", "100ms", ">5s", "5", "m", "1x"].map(seconds)).toEqual([
    30,
    60,
    5400,
    0.1,
    5,
    undefined,
    undefined,
    undefined,
  ]);
  const some = builtins(span, "60s");
  expect([some.__interval, some.__rate_interval, some.__range, some.__range_s]).toEqual([
    "60s",
    "240s",
    "3600s",
    "3600",
  ]);
  expect(substitute("rate(a[$__rate_interval]) + $__interval_ms", {}, some)).toBe("rate(a[240s]) + 60000");
  expect(duration(0.2)).toBe("1s");
  expect(spanOf({ key: "1h", from: undefined, to: undefined, seconds: 3600, word: "" }, 10_007)).toEqual({
    from: 6405,
    to: 10_005,
    seconds: 3600,
  });
});
