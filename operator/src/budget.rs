//! What the cluster's meter is told of budgets: the hub's orders, and which metrics are never refused because a rule uses them.

use std::collections::BTreeSet;

use flagstaff_model::wire::BudgetOrder;
use flagstaff_survey::pages::{self, ListError};
use flagstaff_template::promql::{self, Used};
use kube::api::ListParams;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::context::Context;

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
    pub used: Result<Used, String>,
}

/// Reads what rules of others use, where there are orders at all.
pub async fn read(context: &Context, orders: Vec<BudgetOrder>, apis: &BTreeSet<String>) -> Budgets {
    let has_rules = apis.contains("monitoring.coreos.com/v1/PrometheusRule");
    let used = match orders.is_empty() || !has_rules {
        true => Ok(Used::default()),
        false => others(context).await.map_err(|error| error.to_string()),
    };
    if let Err(why) = &used {
        tracing::warn!(code = "operator.rules_unreadable", "budgets refuse nothing meanwhile: {why}");
    }
    Budgets { orders, used }
}

/// A PrometheusRule, as far as it matters here.
#[derive(Deserialize)]
struct Rules {
    #[serde(default)]
    spec: Value,
}

async fn others(context: &Context) -> Result<Used, ListError> {
    let path = "/apis/monitoring.coreos.com/v1/prometheusrules";
    let what = "prometheusrules.monitoring.coreos.com";
    let keep = |rules: Rules| Some(used(rules.spec.get("groups").unwrap_or(&Value::Null)));
    let each = pages::list(&context.client, path, what, ListParams::default(), keep).await?;
    let mut all = Used::default();
    each.into_iter().for_each(|used| all.add(used));
    Ok(all)
}

/// What the queries of rule groups use.
pub fn used(groups: &Value) -> Used {
    let mut all = Used::default();
    let groups = groups.as_array().into_iter().flatten();
    let rules = groups.filter_map(|group| group.get("rules")?.as_array()).flatten();
    for query in rules.filter_map(|rule| rule.get("expr")?.as_str()) {
        all.add(promql::used(query));
    }
    all
}

impl Budgets {
    /// The ConfigMap's data. `ours` is what the rules of the template and of the teams use.
    pub fn data(&self, ours: Used) -> Value {
        let kept = self.used.clone().map(|mut used| {
            used.add(ours);
            used
        });
        let keep = match kept {
            Err(why) => all(format!("the rules in this cluster cannot be read: {why}")),
            Ok(used) if used.any => all("a rule in this cluster names no metric, and so may use any".into()),
            Ok(used) => {
                let names: BTreeSet<_> = used.names.union(&used.words).collect();
                json!({"metrics": names, "patterns": used.patterns})
            }
        };
        let text = |keep: Value| json!({"budgets": self.orders, "keep": keep}).to_string();
        let mut content = text(keep);
        if content.len() > MOST_BYTES {
            content = text(all("rules use more metrics than can be listed".into()));
        }
        json!({KEY: content})
    }
}

/// Nothing may be refused.
fn all(why: String) -> Value {
    json!({"all": true, "why": why})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(budgets: &Budgets, ours: Used) -> Value {
        let data = budgets.data(ours);
        serde_json::from_str(data[KEY].as_str().expect("a text")).expect("JSON")
    }

    #[test]
    fn what_rules_use_is_listed_and_what_cannot_be_known_keeps_everything() {
        let groups = json!([{"name": "a", "rules": [
            {"alert": "A", "expr": "rate(http_total[5m]) > on(job) up * 2"},
            {"record": "b", "expr": "sum({__name__=~\"node_.+\"})"},
        ]}]);
        let orders = vec![BudgetOrder { id: "b-1".into(), limit: 5, ..BudgetOrder::default() }];
        let budgets = Budgets { orders, used: Ok(used(&groups)) };
        let told = content(&budgets, Used::default());
        assert_eq!(told["keep"], json!({"metrics": ["http_total", "up"], "patterns": ["node_.+"]}));
        assert_eq!(told["budgets"][0]["limit"], 5);

        let any = used(&json!([{"rules": [{"expr": "count({job=\"a\"})"}]}]));
        assert_eq!(content(&budgets, any)["keep"]["all"], true);
        let unreadable = Budgets { used: Err("forbidden".into()), ..budgets };
        let keep = content(&unreadable, Used::default())["keep"].clone();
        assert!(keep["all"] == true && keep["why"].as_str().is_some_and(|why| why.contains("forbidden")), "{keep}");
    }
}
