//! PromQL: sizes, what is refused, which metrics are used, confinement to a namespace.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use flagstaff_model::Place;
use flagstaff_template::promql::{check, check_templated, metrics, needs, pin_namespace, used, variables};
use flagstaff_template::{dashboard_metrics, rule_metrics};
use proptest::prelude::*;
use serde_json::json;

fn place() -> Place {
    Place::file("rules/a.yaml")
}

fn code(expr: &str) -> String {
    check(expr, &place()).err().map_or_else(|| "fine".into(), |problem| problem.code)
}

#[test]
fn fault_25_what_would_exhaust_the_parser_is_refused_before_parsing() {
    let nested = format!("{}1{}", "(".repeat(50_000), ")".repeat(50_000));
    let chain = vec!["a"; 120 * 1024 / 5].join(" or ");
    let deep = format!("{}1{}", "(".repeat(3_000), ")".repeat(3_000));
    let minus = format!("{}1", "-".repeat(8_000));
    let sum = vec!["a"; 2_000].join("+");
    let hidden = format!("{}1{}", "(\")\"==".repeat(200), ")".repeat(200));
    for expr in [nested, chain, deep, minus, sum, hidden] {
        let start = Instant::now();
        for refused in [check(&expr, &place()), check_templated(&expr, &place())] {
            assert_eq!(refused.unwrap_err().code, "template.promql_too_large", "{}", &expr[..20]);
        }
        assert_eq!(metrics(&expr).unwrap_err().code, "template.promql_too_large");
        assert!(pin_namespace(&expr, "own", &place()).is_err());
        assert!(start.elapsed() < Duration::from_millis(200), "{:?}", start.elapsed());
    }
}

#[test]
fn fault_25_the_largest_query_allowed_parses_on_a_small_stack() {
    let small = std::thread::Builder::new().stack_size(1024 * 1024).spawn(|| {
        let nested = format!("{}a{}", "(".repeat(63), ")".repeat(63));
        let chain = vec!["a"; 257].join(" or ");
        let sum = vec!["a"; 257].join("+");
        let minus = format!("{}a", "-".repeat(256));
        for expr in [nested, chain, sum, minus] {
            assert_eq!(code(&expr), "fine", "{}", &expr[..20]);
            assert!(pin_namespace(&expr, "own", &place()).unwrap().contains("namespace=\"own\""));
            assert!(needs(&expr).contains("a", "pod"));
        }
    });
    small.unwrap().join().unwrap();
}

#[test]
fn queries_are_checked() {
    for good in [
        "up",
        "sum by (pod) (rate(http_requests_total{code=~\"5..\"}[5m]))",
        "histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m])))",
        "max_over_time(rate(a[1m])[1h:1m] offset 1d)",
        "a * on (pod) group_left (node) b @ end()",
        "absent(up{job=\"a\"}) or vector(0)",
        "1 + 1",
    ] {
        assert_eq!(code(good), "fine", "{good}");
    }
    for bad in [
        "",
        "   ",
        "sum(",
        "rate(a)",
        "a{b=c}",
        "a{b=\"(\"",
        "foo bar",
        "a{b=~\"[\"}",
        "a{b=\"1\" or c=\"2\"}",
        "{}",
        "a{b=~\"x) (y\"}",
        "limitk(2, a)",
        "sort_by_label(a, \"b\")",
    ] {
        assert_eq!(code(bad), "template.promql_syntax", "{bad}");
    }
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn metrics_are_found_wherever_they_stand() {
    let found =
        metrics("sum(a) / on(x) b[5m:1m] > bool quantile(scalar(c), {__name__=\"d\"}) unless {__name__=~\"e|f\"}");
    assert!(found.is_err(), "a range where a vector is due");
    let found = metrics(
        "sum(a) / max_over_time(b[5m:1m]) > bool quantile(scalar(c), {__name__=\"d\"}) unless {__name__=~\"e|f\"}",
    );
    assert_eq!(found.unwrap(), set(&["a", "b", "c", "d", "e", "f"]));
    assert_eq!(used("{__name__=~\"node_.+\"}").patterns, set(&["node_.+"]));
    assert!(used("{job=\"a\"}").any && used("{__name__!=\"a\", job=\"b\"}").any && !used("a").any);
}

#[test]
fn grafanas_variables_give_way() {
    for templated in [
        "rate(a{cluster=\"$cluster\", pod=~\"${pod:regex}\"}[$__rate_interval])",
        "rate(a[$interval]) offset $shift",
        "topk($n, sum by ($label) (a))",
        "sum($metric{job=\"x\"})",
        "a > $threshold",
        "a{$filters}",
        "increase(a[$__range]) / $__range_s",
        "histogram_quantile(${q}, a[[x]])",
        "label_replace(a, \"b\", \"$1\", \"c\", \"(.*)\")",
    ] {
        assert!(check_templated(templated, &place()).is_ok(), "{templated}");
    }
    assert_eq!(used("rate(node_${kind}_total[$__rate_interval])").patterns, set(&["node_.*_total"]));
    assert_eq!(used("sum(a{x=\"$y\"})").names, set(&["a"]));
    assert_eq!(variables("a{x=\"$y\"}[$__interval] + ${z:raw} + [[w]] + $a.b"), set(&["y", "z", "w", "a"]));
    for wrong in ["sum(a", "sum(a{b=\"$c\"}", "rate(a{b=~\"$c\"}[$__interval]"] {
        assert!(check_templated(wrong, &place()).is_err(), "{wrong}: no variable makes it right");
    }
}

#[test]
fn fault_33_a_templated_query_that_does_not_parse_counts_as_used() {
    let expr = "$function(kube_pod_info{pod=~\"$pod\"}[5m] $more) / {__name__=~\"node_cpu.*\"}";
    assert!(check(expr, &place()).is_err());
    assert!(check_templated(expr, &place()).is_ok(), "not an error that stops the dashboard");
    assert!(used(expr).contains("kube_pod_info") && used(expr).contains("node_cpu"));
    let dashboard = json!({
        "templating": {"list": [
            {"name": "n", "type": "query", "datasource": {"type": "prometheus"}, "query": "label_values(up{a=\"b\"}, node)"},
            {"name": "m", "type": "query", "datasource": {"type": "loki"}, "query": {"query": "label_values(lines, x)"}},
        ]},
        "annotations": {"list": [{"expr": "resets(process_start_time_seconds[5m])"}]},
        "panels": [
            {"targets": [{"expr": expr}, {"expr": "rate(node_$kind[5m])"}]},
            {"panels": [{"datasource": {"type": "loki"}, "targets": [{"expr": "{app=\"x\"} |= \"error\""}]}]},
        ],
    });
    let all = dashboard_metrics(&dashboard);
    for metric in ["kube_pod_info", "node_memory_free", "up", "process_start_time_seconds"] {
        assert!(all.contains(metric), "{metric}");
    }
    assert!(!all.contains("lines") && !all.contains("other"));
    let rules = json!([{"name": "g", "rules": [{"record": "a", "expr": "sum(b)"}, {"alert": "c", "expr": "{__name__=~\"d.*\"} > 1"}]}]);
    let all = rule_metrics(&rules);
    assert!(all.contains("b") && all.contains("dd") && !all.contains("a"));
}

fn pinned(expr: &str) -> Result<String, String> {
    pin_namespace(expr, "own", &place()).map_err(|problem| problem.message)
}

#[test]
fn every_selector_is_pinned() {
    for (expr, expected) in [
        ("up", "up{namespace=\"own\"}"),
        ("up{namespace=\"other\"}", "up{namespace=\"own\"}"),
        ("up{namespace=~\".+\", namespace!=\"own\", a=\"b\"}", "up{a=\"b\",namespace=\"own\"}"),
        ("{__name__=~\"a|b\", namespace=\"\"}", "{__name__=~\"a|b\",namespace=\"own\"}"),
        ("sum by (namespace) (rate(a[5m]))", "sum by (namespace) (rate(a{namespace=\"own\"}[5m]))"),
        ("max_over_time(a[1h:5m] offset 1d)", "max_over_time(a{namespace=\"own\"}[1h:5m] offset 1d)"),
        ("a and on (pod) b or vector(0)", "a{namespace=\"own\"} and on (pod) b{namespace=\"own\"} or vector(0)"),
        ("quantile(scalar(a), b)", "quantile(scalar(a{namespace=\"own\"}), b{namespace=\"own\"})"),
        ("-a ^ 2", "-a{namespace=\"own\"} ^ 2"),
        ("a @ 100 offset -5m", "a{namespace=\"own\"} @ 100.000 offset -5m"),
        ("absent(up{a='\\'\"'})", "absent(up{a=\"'\\\"\",namespace=\"own\"})"),
        ("{\"up} or x{\", a=\"b\"}", "{__name__=\"up} or x{\",a=\"b\",namespace=\"own\"}"),
        (
            "label_replace(a, \"x\", \"$1\", \"namespace\", \"(.*)\")",
            "label_replace(a{namespace=\"own\"}, \"x\", \"$1\", \"namespace\", \"(.*)\")",
        ),
    ] {
        assert_eq!(pinned(expr).as_deref(), Ok(expected), "{expr}");
    }
}

#[test]
fn what_would_get_round_the_namespace_is_refused() {
    for expr in [
        "{job=\"a\"}",
        "{namespace=\"other\"}",
        "{__name__=~\".*\", job=\"a\"}",
        "label_replace(a, \"namespace\", \"other\", \"\", \"\")",
        "label_replace(a, (\"namespace\"), \"other\", \"\", \"\")",
        "label_join(a, \"namespace\", \",\", \"b\")",
        "count_values(\"namespace\", a)",
        "info(a)",
        "a{\"namespace\"=\"x\", \"b c\"=\"d\"}",
        "a{namespace=\"x\" or b=\"c\"}",
        "sum(a",
    ] {
        assert!(pinned(expr).is_err(), "{expr}: {:?}", pinned(expr));
    }
}

#[test]
fn a_namespace_cannot_break_out_of_its_quotes() {
    let text = pin_namespace("up", "a\"} or up{b=\"", &place()).unwrap();
    assert_eq!(metrics(&text).unwrap().len(), 1);
    assert_eq!(text, "up{namespace=\"a\\\"} or up{b=\\\"\"}");
}

fn any_query() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-z_:]{1,6}",
        "[a-z]{1,4}\\{(namespace|job|__name__)(=|!=|=~|!~)\"[a-z|.*]{0,6}\"\\}",
        "[0-9]{1,3}(\\.[0-9]{1,3})?",
        "\\{[a-z\"'`=~!,{}()]{0,12}\\}",
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (
                inner.clone(),
                prop::sample::select(vec!["+", "or", "and", ">", "== bool", "unless on (a)"]),
                inner.clone()
            )
                .prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            (
                prop::sample::select(vec!["sum", "rate", "-", "sum by (namespace)", "absent", "max_over_time"]),
                inner.clone()
            )
                .prop_map(|(f, a)| format!("{f}({a})")),
            inner.clone().prop_map(|a| format!("max_over_time(({a})[1h:5m])")),
            inner.prop_map(|a| format!("label_replace({a}, \"x\", \"$1\", \"y\", \"(.*)\")")),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_checked_without_panic(expr in any::<String>()) {
        let _ = (check(&expr, &place()), check_templated(&expr, &place()), needs(&expr), pinned(&expr));
    }

    #[test]
    fn anything_like_a_query_is_checked_without_panic(expr in "[a-z(){}\\[\\]\"'`\\\\$#,=~!<>0-9 .:@|*+-]{0,60}") {
        let _ = (check(&expr, &place()), check_templated(&expr, &place()), needs(&expr), pinned(&expr));
    }

    #[test]
    fn a_pinned_query_has_its_namespace_in_every_selector_and_stays_as_it_is(expr in any_query()) {
        if let Ok(text) = pinned(&expr) {
            let selectors = metrics(&text).unwrap();
            prop_assert!(text.matches("namespace=\"own\"").count() >= selectors.len().min(1));
            prop_assert!(!text.contains("namespace!=") && !text.contains("namespace=~") && !text.contains("namespace!~"));
            prop_assert_eq!(pinned(&text), Ok(text.clone()));
        }
    }
}
