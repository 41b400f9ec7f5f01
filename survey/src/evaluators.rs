//! Finds who would evaluate PrometheusRules: the custom resources `Prometheus`, and which rules each selects.

use std::collections::{BTreeMap, BTreeSet};

use kube::api::ListParams;
use serde::Deserialize;

use crate::pages::{ListError, list};

/// A `Prometheus` resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evaluator {
    /// `namespace/name`.
    pub name: String,
    /// Labels that a rule object has to carry; empty where every rule is taken.
    pub labels: BTreeMap<String, String>,
    /// Whether it takes rules at all, and of other namespaces too.
    pub takes: Takes,
}

/// Which rules a `Prometheus` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Takes {
    /// None: it has no rule selector.
    Nothing,
    /// Those of its own namespace.
    OwnNamespace,
    /// Those of every namespace, or of the namespaces it selects.
    Elsewhere,
}

#[derive(Deserialize)]
struct Prometheus {
    metadata: Meta,
    #[serde(default)]
    spec: Spec,
}

#[derive(Deserialize)]
struct Meta {
    name: String,
    #[serde(default)]
    namespace: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    rule_selector: Option<Selector>,
    rule_namespace_selector: Option<Selector>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Selector {
    match_labels: Option<BTreeMap<String, String>>,
}

/// Finds them all, by name; none where the cluster has no such resource (`apis`).
pub async fn find(client: &kube::Client, apis: &BTreeSet<String>) -> Result<Vec<Evaluator>, ListError> {
    if !apis.contains("monitoring.coreos.com/v1/Prometheus") {
        return Ok(vec![]);
    }
    let path = "/apis/monitoring.coreos.com/v1/prometheuses";
    let what = "prometheuses.monitoring.coreos.com";
    let mut found = list(client, path, what, ListParams::default(), |it: Prometheus| Some(tell(it))).await?;
    found.sort();
    Ok(found)
}

fn tell(prometheus: Prometheus) -> Evaluator {
    let takes = match (&prometheus.spec.rule_selector, &prometheus.spec.rule_namespace_selector) {
        (None, _) => Takes::Nothing,
        (Some(_), None) => Takes::OwnNamespace,
        (Some(_), Some(_)) => Takes::Elsewhere,
    };
    Evaluator {
        name: format!("{}/{}", prometheus.metadata.namespace, prometheus.metadata.name),
        labels: prometheus.spec.rule_selector.and_then(|selector| selector.match_labels).unwrap_or_default(),
        takes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case(json!({}), Takes::Nothing)]
    #[case(json!({"ruleSelector": {}}), Takes::OwnNamespace)]
    #[case(json!({"ruleSelector": {}, "ruleNamespaceSelector": {}}), Takes::Elsewhere)]
    #[case(json!({"ruleSelector": null, "ruleNamespaceSelector": {}}), Takes::Nothing)]
    fn selectors(#[case] spec: Value, #[case] wanted: Takes) {
        let it = serde_json::from_value(json!({"metadata": {"name": "k8s", "namespace": "monitoring"}, "spec": spec}));
        assert_eq!(tell(it.expect("a Prometheus")).takes, wanted);
    }

    #[test]
    fn the_label_that_a_chart_wants() {
        let it = serde_json::from_value(json!({
            "metadata": {"name": "k8s", "namespace": "monitoring"},
            "spec": {"ruleSelector": {"matchLabels": {"release": "kps"}}, "ruleNamespaceSelector": {}},
        }));
        let found = tell(it.expect("a Prometheus"));
        assert_eq!((found.name.as_str(), found.labels["release"].as_str()), ("monitoring/k8s", "kps"));
    }
}
