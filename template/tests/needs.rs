//! Which labels of which metric a query needs: a table, and what holds of any query.

use std::collections::BTreeSet;

use flagstaff_model::Place;
use flagstaff_template::promql::{Labels, Needs, check, needs, used};
use proptest::prelude::*;

fn place() -> Place {
    Place::file("rules/a.yaml")
}

/// Each metric with the labels that are needed of it; `*` where that is all of them.
fn needed(expr: &str) -> String {
    let labels = needs(expr).labels.into_iter().map(|(metric, labels)| match labels {
        Labels::All => format!("{metric}{{*}}"),
        Labels::Only(labels) => format!("{metric}{{{}}}", labels.into_iter().collect::<Vec<_>>().join(",")),
    });
    labels.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_sum_over_a_rate_needs_what_it_names_and_everything_else_needs_all() {
    for (expr, expected) in [
        // What is summed, with every way to write it.
        ("sum(rate(m[5m]))", "m{}"),
        ("sum(increase(m[5m]))", "m{}"),
        ("SUM(rate(m[5m]))", "m{}"),
        ("sum by () (rate(m[5m]))", "m{}"),
        ("sum by (a) (rate(m{b=\"x\"}[5m]))", "m{a,b}"),
        ("sum(rate(m{b!=\"x\", c=~\"y.*\", d!~\"z\", e=\"\"}[5m])) by (a)", "m{a,b,c,d,e}"),
        ("(sum by (a) ((rate((m[5m])))))", "m{a}"),
        ("sum by (a) (rate(m[5m] offset 1h)) > sum(rate(m[5m] @ end()))", "m{a}"),
        ("sum by (a) (rate({__name__=\"m\", b=\"x\"}[5m]))", "m{a,b}"),
        ("sum by (a) (rate({\"m\", b=\"x\"}[5m]))", "m{a,b}"),
        ("sum by (\"a\") (rate(m[5m]))", "m{a}"),
        // Its value is the same wherever it stands.
        ("histogram_quantile(0.9, sum by (le) (rate(m_bucket[5m])))", "m_bucket{le}"),
        ("sum(rate(e[5m])) / sum(rate(m[5m])) > 0.1", "e{} m{}"),
        ("sum by (a, b) (rate(e[5m])) / on (a) group_left (c) sum by (a, c) (rate(m[5m]))", "e{a,b} m{a,c}"),
        ("sum by (a) (rate(e[5m])) / ignoring (b) sum by (a, b) (rate(m[5m]))", "e{a} m{a,b}"),
        ("max_over_time(sum by (a) (rate(m[5m]))[1h:1m])", "m{a}"),
        ("max(sum by (a) (rate(m[5m])))", "m{a}"),
        ("topk(3, sum by (a) (rate(m[5m]))) unless vector(1)", "m{a}"),
        ("absent(sum(rate(m[5m])))", "m{}"),
        ("label_replace(-sum by (a) (rate(m[5m])), \"b\", \"$1\", \"a\", \"(.*)\")", "m{a}"),
        ("quantile(scalar(sum(rate(m[5m]))), n)", "m{} n{*}"),
        // The most that any part of it needs.
        ("sum by (a) (rate(m[5m])) / sum by (b) (rate(m[1h]))", "m{a,b}"),
        ("sum(rate(m[5m])) and on () m > 5", "m{*}"),
        ("m or sum(rate(m[5m]))", "m{*}"),
        ("sum by (a) (rate(m[3m]))", "m{a}"),
        // Too short for sums that come once a minute.
        ("sum by (a) (rate(m[2m]))", "m{*}"),
        ("sum(increase(m[179s]))", "m{*}"),
        // Not a sum over a rate.
        ("m", "m{*}"),
        ("rate(m[5m])", "m{*}"),
        ("sum(m)", "m{*}"),
        ("sum without (a) (rate(m[5m]))", "m{*}"),
        ("sum without () (rate(m[5m]))", "m{*}"),
        ("avg(rate(m[5m]))", "m{*}"),
        ("max by (a) (rate(m[5m]))", "m{*}"),
        ("count(rate(m[5m]))", "m{*}"),
        ("group(rate(m[5m]))", "m{*}"),
        ("topk(3, rate(m[5m]))", "m{*}"),
        ("stddev(increase(m[5m]))", "m{*}"),
        ("sum(irate(m[5m]))", "m{*}"),
        ("sum(delta(m[5m]))", "m{*}"),
        ("sum(changes(m[5m]))", "m{*}"),
        ("sum(resets(m[5m]))", "m{*}"),
        ("sum(sum_over_time(m[5m]))", "m{*}"),
        ("sum(rate(m[5m:1m]))", "m{*}"),
        ("sum(rate(m[5m]) > 0)", "m{*}"),
        ("sum(rate(m[5m]) * 2)", "m{*}"),
        ("sum(-rate(m[5m]))", "m{*}"),
        ("sum(abs(rate(m[5m])))", "m{*}"),
        ("sum(rate(m[5m]) + rate(n[5m]))", "m{*} n{*}"),
        ("absent(m)", "m{*}"),
        ("absent_over_time(m[5m])", "m{*}"),
        ("max_over_time(rate(m[5m])[1h:1m])", "m{*}"),
        // What a meter's sums carry tells them from series.
        ("sum by (flagstaff_meter) (rate(m[5m]))", "m{*}"),
        ("sum(rate(m{flagstaff_meter=\"\"}[5m]))", "m{*}"),
        // Several metrics under one name.
        ("sum(rate({__name__=~\"m|n\"}[5m]))", "m{*} n{*}"),
        ("sum(rate({__name__=~\"m\"}[5m]))", "m{*}"),
        // No metric at all.
        ("vector(1) + time()", ""),
    ] {
        assert!(check(expr, &place()).is_ok(), "{expr}");
        assert_eq!(needed(expr), expected, "{expr}");
    }
}

#[test]
fn what_has_no_plain_name_or_cannot_be_parsed_needs_all() {
    for expr in [
        "sum(rate({job=\"a\"}[5m]))",
        "sum(rate({__name__!=\"n\", job=\"a\"}[5m]))",
        "sum(rate({__name__!~\"n.*\", job=\"a\"}[5m]))",
        "sum(rate({__name__=~\"m.*\"}[5m]))",
        "sum(rate(m[5m])) + sum(rate({__name__=~\"m.*\"}[5m]))",
        "sum(rate(m[5m])) + count({job=\"a\"})",
        "sum(rate(m[5m])",
        "sum(rate(m{a=\"b\" or c=\"d\"}[5m]))",
        "info(sum(rate(m[5m])))",
        "limitk(2, sum(rate(m[5m])))",
        "sum(rate(m[$__rate_interval]))",
        "sum(rate(m$kind[5m]))",
    ] {
        assert!(needs(expr).contains("m", "pod"), "{expr}: {:?}", needs(expr));
    }
    let large = format!("sum(rate(m[5m])){}", " + 1".repeat(300));
    assert!(needs(&large).contains("m", "pod"));
    assert!(!needs("sum(rate(m[5m])) + sum({__name__=~\"n.*\"})").contains("m", "pod"), "others' patterns are others'");
    let mut both = needs("sum by (a) (rate(m[5m]))");
    both.add(needs("sum by (b) (rate(m[5m])) + sum(n)"));
    assert_eq!(both, needs("sum by (a) (rate(m[5m])) + sum by (b) (rate(m[5m])) + sum(n)"));
    assert!(both.contains("n", "pod") && !both.contains("other", "pod"));
}

/// A query with what it needs, told by how it is put together.
fn any_needing() -> impl Strategy<Value = (String, Needs)> {
    let of = |metric: &str, labels: Labels| {
        let used = used(metric);
        Needs { used, labels: [(metric.to_owned(), labels)].into() }
    };
    let summed = ("[mno]", prop::collection::btree_set("[a-d]", 0..3), prop::collection::btree_set("[a-d]", 0..3));
    let summed = (summed, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        move |((metric, by, matched), after, increase, enclosed)| {
            let list = |labels: &BTreeSet<String>, each: &str| {
                labels.iter().map(|label| format!("{label}{each}")).collect::<Vec<_>>().join(", ")
            };
            let function = if increase { "increase" } else { "rate" };
            let rate = format!("{function}({metric}{{{}}}[5m])", list(&matched, "=~\"x|\""));
            let rate = if enclosed { format!("({rate})") } else { rate };
            let by_text = format!("by ({})", list(&by, ""));
            let text = if after { format!("sum({rate}) {by_text}") } else { format!("sum {by_text} ({rate})") };
            let needs = of(&metric, Labels::Only(by.union(&matched).cloned().collect()));
            (text, needs)
        },
    );
    let whole = prop::sample::select(vec![
        "M",
        "rate(M[5m])",
        "sum(M)",
        "avg by (a) (rate(M[5m]))",
        "sum without (a) (rate(M[5m]))",
        "sum(irate(M[5m]))",
        "sum(rate(M[5m:1m]))",
        "sum(rate(M[5m]) + 0)",
        "max_over_time(M[5m])",
    ]);
    let whole = ("[mno]", whole).prop_map(move |(metric, text)| (text.replace('M', &metric), of(&metric, Labels::All)));
    prop_oneof![3 => summed, 1 => whole].prop_recursive(4, 16, 3, |inner| {
        let around = prop::sample::select(vec![
            "(Q)",
            "-(Q)",
            "abs(Q)",
            "max by (a) (Q)",
            "sum(Q > 0)",
            "absent(Q)",
            "scalar(Q) + vector(1)",
            "topk(2, Q)",
            "avg_over_time((Q)[1h:1m])",
            "sum(rate((Q)[1h:1m]))",
            "histogram_quantile(0.5, Q)",
        ]);
        let between =
            prop::sample::select(vec!["+", "/ on (a) group_left (b)", "and ignoring (a)", "or", "> bool", "unless"]);
        prop_oneof![
            (around, inner.clone()).prop_map(|(around, (text, needs))| (around.replace('Q', &text), needs)),
            (inner.clone(), between, inner).prop_map(|((left, mut needs), between, (right, more))| {
                needs.add(more);
                (format!("({left}) {between} ({right})"), needs)
            }),
        ]
    })
}

/// Anything: what can be understood, names of every kind, and what is no query at all.
fn any_query() -> impl Strategy<Value = String> {
    let named = "(sum\\(rate\\()?\\{__name__(=|!=|=~|!~)\"[mno|.*]{1,6}\", a=\"b\"\\}(\\[5m\\]\\)\\))?";
    prop_oneof![
        3 => any_needing().prop_map(|(text, _)| text),
        1 => named,
        1 => (named, any_needing()).prop_map(|(named, (text, _))| format!("({text}) or {named}")),
        1 => "[a-z(){}\\[\\]\"=,5 :+]{0,40}",
    ]
}

proptest! {
    #[test]
    fn whatever_stands_around_a_sum_needs_what_the_sum_needs((text, expected) in any_needing()) {
        prop_assert!(check(&text, &place()).is_ok(), "{}", text);
        prop_assert_eq!(needs(&text), expected, "{}", text);
    }

    #[test]
    fn whatever_a_query_uses_it_needs_and_nothing_less_beside_another(expr in any_query(), other in any_query()) {
        let alone = needs(&expr);
        prop_assert_eq!(&alone.used, &used(&expr));
        for metric in alone.used.names.iter().chain(&alone.used.words) {
            prop_assert!(alone.labels.contains_key(metric), "{}", metric);
        }
        let mut both = alone.clone();
        both.add(needs(&other));
        let joined = format!("({expr}) or ({other})");
        let together = [&expr, &joined].iter().all(|query| check(query, &place()).is_ok()).then(|| needs(&joined));
        for (metric, label) in alone.labels.keys().flat_map(|metric| ["namespace", "a", "pod"].map(|label| (metric, label))) {
            if alone.contains(metric, label) {
                prop_assert!(both.contains(metric, label), "{} of {}", label, metric);
                prop_assert!(together.as_ref().is_none_or(|all| all.contains(metric, label)), "{} of {}", label, metric);
            }
        }
    }
}
