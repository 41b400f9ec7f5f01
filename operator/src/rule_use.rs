//! What rules use: their metrics, and which rule needs which label of a metric.

use std::collections::{BTreeMap, BTreeSet};

use flagstaff_template::promql::{self, Labels, Needs, Used};
use serde_json::Value;

/// What rules use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleUse {
    /// Their metrics.
    pub used: Used,
    /// Of each metric that has a name there, the labels that were asked about and are needed, each with the rule that needs it:
    /// of several the first by name. Empty where no label was asked about.
    pub needs: BTreeMap<String, BTreeMap<String, String>>,
}

impl RuleUse {
    /// What the rules of groups use (a list in Prometheus' rule-file format). Only `labels` are asked about.
    pub fn of(groups: &Value, labels: &BTreeSet<String>) -> Self {
        let mut all = Self::default();
        for group in groups.as_array().into_iter().flatten() {
            for rule in group.get("rules").and_then(Value::as_array).into_iter().flatten() {
                let Some(query) = rule.get("expr").and_then(Value::as_str) else { continue };
                if labels.is_empty() {
                    all.used.add(promql::used(query));
                    continue;
                }
                let mut needs = promql::needs(query);
                queries_of_texts(rule).for_each(|more| needs.add(more));
                all.add(Self::of_one(needs, labels, &named(group, rule)));
            }
        }
        all
    }

    fn of_one(needs: Needs, labels: &BTreeSet<String>, rule: &str) -> Self {
        let needed = |of_metric: Labels| {
            let is_needed = |label: &&String| match &of_metric {
                Labels::All => true,
                Labels::Only(only) => only.contains(*label),
            };
            labels.iter().filter(is_needed).map(|label| (label.clone(), rule.to_owned())).collect()
        };
        let needs_of = needs.labels.into_iter().map(|(metric, of_metric)| (metric, needed(of_metric))).collect();
        Self { used: needs.used, needs: needs_of }
    }

    /// Adds what other rules use.
    pub fn add(&mut self, other: Self) {
        self.used.add(other.used);
        for (metric, labels) in other.needs {
            let known = self.needs.entry(metric).or_default();
            for (label, rule) in labels {
                // By name and not by what was read first: the same rules in another order are no change.
                let first = known.entry(label).or_insert_with(|| rule.clone());
                if rule < *first {
                    *first = rule;
                }
            }
        }
    }
}

/// A rule's group and name, for people.
fn named(group: &Value, rule: &Value) -> String {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let name = text(rule, "alert").or_else(|| text(rule, "record")).unwrap_or_default();
    format!("{}/{name}", text(group, "name").unwrap_or_default())
}

/// What the texts of an alert need: its labels and annotations are templates, which may ask queries of their own. Those are put
/// together while the template runs, so every word of such a text may be a metric.
fn queries_of_texts(rule: &Value) -> impl Iterator<Item = Needs> {
    let texts = ["labels", "annotations"].into_iter().filter_map(|key| rule.get(key)?.as_object());
    texts.flat_map(serde_json::Map::values).filter_map(Value::as_str).filter_map(|text| {
        let words: BTreeSet<String> = text
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        let labels = words.iter().map(|word| (word.clone(), Labels::All)).collect();
        let asks = text.contains("{{") && words.contains("query");
        asks.then(|| Needs { used: Used { words, ..Used::default() }, labels })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(rules: Value, labels: &[&str]) -> RuleUse {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        RuleUse::of(&json!([{"name": "shop", "rules": rules}]), &labels)
    }

    #[test]
    fn each_needed_label_names_the_first_rule_that_needs_it() {
        let rules = json!([
            {"alert": "Slow", "expr": "sum by (pod, path) (rate(a_total[5m])) > 1"},
            {"record": "job:a", "expr": "sum by (job) (rate(a_total{path=\"/\"}[5m]))"},
            {"alert": "Errors", "expr": "rate(a_total[5m]) > 1"},
            {"alert": "Few", "expr": "sum(rate(b_total[5m])) < 1"},
        ]);
        let found = of(rules.clone(), &["pod", "path", "user"]);
        assert_eq!(
            json!(found.needs),
            json!({
                "a_total": {"pod": "shop/Errors", "path": "shop/Errors", "user": "shop/Errors"},
                "b_total": {},
            })
        );
        let Value::Array(mut backwards) = rules.clone() else { unreachable!() };
        backwards.reverse();
        assert_eq!(of(Value::Array(backwards), &["pod", "path", "user"]), found);
        // Where nothing is asked about nothing is told but the metrics.
        let plain = of(rules, &[]);
        assert!(plain.needs.is_empty() && plain.used == found.used, "{plain:?}");
    }

    #[test]
    fn what_an_annotation_asks_keeps_its_labels() {
        let rule = |summary: &str| json!([{"alert": "A", "expr": "sum(rate(a_total[5m])) > 1", "annotations": {"summary": summary}}]);
        let asks = rule("{{ with printf \"rate(b_total{pod='%s'}[5m])\" $labels.pod | query }}{{ . }}{{ end }}");
        let found = of(asks.clone(), &["pod"]);
        assert_eq!(found.needs["b_total"]["pod"], "shop/A");
        assert!(found.needs["a_total"].is_empty() && found.used.contains("b_total"), "{found:?}");
        assert!(!of(asks, &[]).used.contains("b_total"), "where no label is asked about, as ever");
        let says = of(rule("{{ $value }} b_total a query"), &["pod"]);
        assert!(says.used.words.contains("b_total"), "in doubt it asks");
        assert!(!of(rule("{{ $value }} of b_total"), &["pod"]).used.contains("b_total"));
    }
}
