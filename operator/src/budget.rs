//! What the cluster's meter is told of budgets: the hub's orders, which metrics are never refused because a rule uses them, and which
//! labels of these may go.

use std::collections::{BTreeMap, BTreeSet};

use flagstaff_model::wire::BudgetOrder;
use flagstaff_survey::pages::{self, ListError};
use kube::api::ListParams;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::context::Context;
use crate::rule_use::RuleUse;

/// Name of the ConfigMap that the meter reads.
pub const CONFIG_MAP: &str = "flagstaff-meter-budgets";
/// Its key.
const KEY: &str = "budgets.yaml";
/// An object may have 1 MiB.
const MOST_BYTES: usize = 900 << 10;

/// What is known of budgets in this cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budgets {
    /// The hub's orders, as they were last heard.
    pub orders: Vec<BudgetOrder>,
    /// What rules of others use; where they could not be read, why.
    pub others: Result<RuleUse, String>,
}

/// Reads what rules of others use, where there are orders at all.
pub async fn read(context: &Context, orders: Vec<BudgetOrder>, apis: &BTreeSet<String>) -> Budgets {
    let has_rules = apis.contains("monitoring.coreos.com/v1/PrometheusRule");
    let others = match orders.is_empty() || !has_rules {
        true => Ok(RuleUse::default()),
        false => others(context, &ordered_labels(&orders)).await.map_err(|error| error.to_string()),
    };
    if let Err(why) = &others {
        tracing::warn!(code = "operator.rules_unreadable", "budgets refuse and aggregate nothing meanwhile: {why}");
    }
    Budgets { orders, others }
}

/// A PrometheusRule, as far as it matters here.
#[derive(Deserialize)]
struct Rules {
    #[serde(default)]
    spec: Value,
}

async fn others(context: &Context, labels: &BTreeSet<String>) -> Result<RuleUse, ListError> {
    let path = "/apis/monitoring.coreos.com/v1/prometheusrules";
    let what = "prometheusrules.monitoring.coreos.com";
    let keep = |rules: Rules| Some(RuleUse::of(rules.spec.get("groups").unwrap_or(&Value::Null), labels));
    let each = pages::list(&context.client, path, what, ListParams::default(), keep).await?;
    let mut all = RuleUse::default();
    each.into_iter().for_each(|rules| all.add(rules));
    Ok(all)
}

/// The labels that an order would have go.
fn ordered_labels(orders: &[BudgetOrder]) -> BTreeSet<String> {
    orders
        .iter()
        .filter_map(|order| order.aggregate.as_ref())
        .flat_map(|aggregate| &aggregate.labels)
        .cloned()
        .collect()
}

impl Budgets {
    /// The ConfigMap's data. `ours` are the rule groups of the template and of the teams.
    pub fn data<'r>(&self, ours: impl Iterator<Item = &'r Value>) -> Value {
        let labels = ordered_labels(&self.orders);
        let rules = self.others.clone().map(|mut rules| {
            ours.for_each(|groups| rules.add(RuleUse::of(groups, &labels)));
            rules
        });
        let kept = match rules {
            Err(why) => vec![all(format!("the rules in this cluster cannot be read: {why}"))],
            Ok(rules) if rules.used.any => {
                vec![all("a rule in this cluster names no metric, and so may use any".into())]
            }
            Ok(rules) => kept(&rules, &labels),
        };
        let text = |keep: Value| json!({"budgets": self.orders, "keep": keep}).to_string();
        let mut texts = kept.into_iter().map(text);
        let content = texts.find(|text| text.len() <= MOST_BYTES);
        let content = content.unwrap_or_else(|| text(all("rules use more metrics than can be listed".into())));
        json!({KEY: content})
    }
}

/// What is kept for rules, the fullest form first. Each next one says less, and so keeps as much or more.
fn kept(rules: &RuleUse, labels: &BTreeSet<String>) -> Vec<Value> {
    let metrics: BTreeSet<&String> = rules.used.names.union(&rules.used.words).collect();
    let plain = json!({"metrics": metrics, "patterns": rules.used.patterns});
    if labels.is_empty() {
        return vec![plain];
    }
    // A pattern says nothing of labels, so that a rule may need every one of what it matches.
    let matched = rules.used.matched(metrics.iter().copied());
    let spare: BTreeMap<&String, Vec<&String>> = metrics
        .iter()
        .filter_map(|metric| {
            let needed = rules.needs.get(*metric).filter(|_| !matched.contains(metric.as_str()))?;
            let spare: Vec<&String> = labels.iter().filter(|label| !needed.contains_key(*label)).collect();
            (!spare.is_empty()).then_some((*metric, spare))
        })
        .collect();
    let needs: BTreeMap<_, _> = rules.needs.iter().filter(|(_, needed)| !needed.is_empty()).collect();
    let mut spared = plain.clone();
    spared["spare"] = json!(spare);
    let mut explained = spared.clone();
    explained["needs"] = json!(needs);
    vec![explained, spared, plain]
}

/// Nothing may be refused, and no label may go.
fn all(why: String) -> Value {
    json!({"all": true, "why": why})
}

#[cfg(test)]
mod tests {
    use flagstaff_model::wire::AggregateOrder;

    use super::*;

    fn content(budgets: &Budgets, ours: &[Value]) -> Value {
        let data = budgets.data(ours.iter());
        serde_json::from_str(data[KEY].as_str().expect("a text")).expect("JSON")
    }

    fn budgets(labels: &[&str], others: &Value) -> Budgets {
        let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        let aggregate = (!labels.is_empty()).then_some(AggregateOrder { labels, from: 4 });
        let orders = vec![BudgetOrder { id: "b-1".into(), limit: 5, aggregate, ..BudgetOrder::default() }];
        let others = Ok(RuleUse::of(others, &ordered_labels(&orders)));
        Budgets { orders, others }
    }

    #[test]
    fn what_rules_use_is_listed_and_what_cannot_be_known_keeps_everything() {
        let groups = json!([{"name": "a", "rules": [
            {"alert": "A", "expr": "rate(http_total[5m]) > on(job) up * 2"},
            {"record": "b", "expr": "sum({__name__=~\"node_.+\"})"},
        ]}]);
        let any = json!([{"rules": [{"expr": "count({job=\"a\"})"}]}]);
        // Without labels to aggregate away nothing is said of labels.
        let plain = budgets(&[], &groups);
        let told = content(&plain, &[]);
        assert_eq!(told["keep"], json!({"metrics": ["http_total", "up"], "patterns": ["node_.+"]}));
        assert_eq!(told["budgets"], json!([{"id": "b-1", "name": "", "limit": 5, "act": "watch"}]));

        for labels in [&[][..], &["pod"]] {
            assert_eq!(content(&budgets(labels, &any), &[])["keep"]["all"], true);
            let unreadable = Budgets { others: Err("forbidden".into()), ..budgets(labels, &groups) };
            let keep = content(&unreadable, &[])["keep"].clone();
            assert!(keep["all"] == true && keep["why"].as_str().is_some_and(|why| why.contains("forbidden")), "{keep}");
        }
    }

    #[test]
    fn labels_that_no_rule_needs_are_spare_and_the_others_name_their_rule() {
        let theirs = json!([{"name": "shop", "rules": [
            {"alert": "Errors", "expr": "sum by (job) (rate(http_total{code=~\"5..\"}[5m])) > 1"},
            {"alert": "Restarts", "expr": "rate(restarts_total[5m]) > 0"},
            {"alert": "Disk", "expr": "sum(rate(node_reads_total[5m])) + sum({__name__=~\"node_.+\"})"},
            {"alert": "Broken", "expr": "sum(rate(broken_total[5m])"},
        ]}]);
        let ours = json!([{"name": "base", "rules": [
            {"record": "path:http", "expr": "sum by (path) (rate(http_total[5m]))"},
            {"record": "pod:mail", "expr": "sum by (pod, path) (increase(mail_total[5m]))"},
        ]}]);
        let keep = content(&budgets(&["pod", "path"], &theirs), &[ours])["keep"].clone();
        assert_eq!(keep["spare"], json!({"http_total": ["pod"]}));
        assert_eq!(keep["needs"]["http_total"], json!({"path": "base/path:http"}));
        assert_eq!(keep["needs"]["restarts_total"], json!({"pod": "shop/Restarts", "path": "shop/Restarts"}));
        assert_eq!(keep["needs"]["mail_total"]["pod"], "base/pod:mail");
        assert_eq!(keep["needs"]["broken_total"]["pod"], "shop/Broken");
        assert_eq!(keep["patterns"], json!(["node_.+"]));
        for metric in ["http_total", "restarts_total", "node_reads_total", "broken_total", "mail_total"] {
            assert!(keep["metrics"].as_array().is_some_and(|all| all.contains(&json!(metric))), "{metric}: {keep}");
        }
    }

    #[test]
    fn too_large_it_leaves_out_first_the_rules_then_what_is_spare() {
        let rules = |count: usize, named: usize, metric: usize| {
            let rule = |number: usize| {
                let metric = format!("m{number}_{}", "x".repeat(metric));
                json!({"alert": "a".repeat(named), "expr": format!("sum by (pod) (rate({metric}[5m]))")})
            };
            json!([{"name": "g", "rules": (0..count).map(rule).collect::<Vec<_>>()}])
        };
        let said = |rules: &Value| {
            let data = budgets(&["pod", "path"], rules).data(std::iter::empty());
            let text = data[KEY].as_str().expect("a text");
            assert!(text.len() <= MOST_BYTES, "{}", text.len());
            let keep = serde_json::from_str::<Value>(text).expect("JSON")["keep"].take();
            ["metrics", "spare", "needs", "all"].into_iter().filter(|key| keep.get(key).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(said(&rules(50, 100, 20)), ["metrics", "spare", "needs"]);
        assert_eq!(said(&rules(50, 30_000, 20)), ["metrics", "spare"]);
        assert_eq!(said(&rules(100, 10, 6_000)), ["metrics"]);
        assert_eq!(said(&rules(200, 10, 6_000)), ["all"]);
    }
}
