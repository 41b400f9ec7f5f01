//! Rule groups bound to one cluster, so that clusters that share a tenant neither read nor alert on each other's series.

use serde_json::{Map, Value, json};

use flagstaff_model::{Place, Problem};
use flagstaff_template::promql;

/// Label of a cluster's name on every series that its agents send.
const CLUSTER: &str = "cluster";

/// The groups with `cluster="<name>"` in each selector, and on each series and alert that comes of them.
///
/// # Errors
/// The first [`Problem`] of a query that cannot be bound.
pub fn scope(groups: &Value, cluster: &str, place: &Place) -> Result<Vec<Value>, Problem> {
    groups.as_array().into_iter().flatten().map(|group| scope_group(group, cluster, place)).collect()
}

fn scope_group(group: &Value, cluster: &str, place: &Place) -> Result<Value, Problem> {
    let mut scoped = group.clone();
    for rule in scoped["rules"].as_array_mut().into_iter().flatten() {
        let expr = rule["expr"].as_str().unwrap_or_default();
        rule["expr"] = json!(promql::pin_label(expr, CLUSTER, cluster, place)?);
        // Two clusters record the same names; without the label on the result one would overwrite the other.
        let mut labels = rule["labels"].as_object().cloned().unwrap_or_else(Map::new);
        labels.insert(CLUSTER.into(), json!(cluster));
        rule["labels"] = Value::Object(labels);
    }
    Ok(scoped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_selector_and_every_result_is_of_the_cluster() {
        let groups = json!([{"name": "g", "interval": "1m", "rules": [
            {"alert": "A", "expr": "up == 0 and on (node) rate(x_total{cluster=\"other\"}[5m]) > 1", "labels": {"severity": "page"}},
            {"record": "r:s", "expr": "sum by (job) (up)"},
        ]}]);
        let scoped = scope(&groups, "east", &Place::file("rules")).expect("it can be bound");
        let rules = scoped[0]["rules"].as_array().expect("rules");
        let expr = rules[0]["expr"].as_str().expect("text");
        assert_eq!(expr.matches("cluster=\"east\"").count(), 2, "{expr}");
        assert!(!expr.contains("other"), "{expr}");
        assert_eq!(rules[0]["labels"], json!({"severity": "page", "cluster": "east"}));
        assert_eq!(rules[1]["labels"], json!({"cluster": "east"}), "a recorded series says whose it is");
        assert_eq!(scoped[0]["interval"], "1m", "what is not a rule stays as it is");
    }

    #[test]
    fn a_query_that_cannot_be_bound_is_refused_with_its_place() {
        let groups = json!([{"name": "g", "rules": [{"alert": "A", "expr": "{job=\"a\"} == 0"}]}]);
        let problem = scope(&groups, "east", &Place::file("rules/a.yaml")).expect_err("it names no metric");
        assert!(problem.to_string().contains("rules/a.yaml"), "{problem}");
    }

    #[test]
    fn every_rule_of_the_base_pack_can_be_bound() {
        let pack = flagstaff_template::Pack::builtin("base").expect("it is compiled in");
        let render = flagstaff_template::render(
            &pack,
            &flagstaff_template::Input {
                values: flagstaff_model::LayeredValues::merge(&[pack.defaults()]),
                ..flagstaff_template::Input::sample()
            },
        )
        .expect("it renders");
        let refused: Vec<String> = render
            .rules
            .iter()
            .flat_map(|file| file.groups.as_array().into_iter().flatten())
            .flat_map(|group| group["rules"].as_array().into_iter().flatten())
            .filter_map(|rule| {
                let expr = rule["expr"].as_str().expect("text");
                promql::pin_label(expr, CLUSTER, "east", &Place::file("rules")).err().map(|p| format!("{p}: {expr}"))
            })
            .collect();
        assert!(refused.is_empty(), "{refused:#?}");
    }
}
