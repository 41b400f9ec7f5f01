//! The rights that the chart gives the operator, read from the chart itself so that they are the same.

use serde::Deserialize;

/// Name of Deployment, roles and service account.
pub const OPERATOR: &str = "flagstaff-operator";

const CLUSTER_ROLE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../charts/flagstaff-operator/templates/clusterrole.yaml"));
const ROLE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../charts/flagstaff-operator/templates/role.yaml"));

/// One verb on one resource, or on one path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// API group; `*` for every one.
    pub group: String,
    /// Resource, without its subresource; empty for a path.
    pub resource: String,
    /// Subresource, empty where none is meant.
    pub subresource: String,
    /// Path that is no resource, such as `/metrics`.
    pub path: Option<String>,
    /// Verb.
    pub verb: String,
    /// Namespace; none: the whole cluster.
    pub namespace: Option<String>,
}

impl Right {
    /// A verb on a resource, `resource/subresource` where one is meant.
    pub fn resource(group: &str, resource: &str, verb: &str, namespace: Option<String>) -> Self {
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        Self {
            group: group.into(),
            resource: resource.into(),
            subresource: subresource.into(),
            path: None,
            verb: verb.into(),
            namespace,
        }
    }

    /// Everything everywhere.
    pub fn everything() -> Self {
        Self::resource("*", "*", "*", None)
    }

    /// What it is on, as `deployments.apps` or `nodes/metrics`.
    pub fn object(&self) -> String {
        if let Some(path) = &self.path {
            return path.clone();
        }
        let group = if self.group.is_empty() { String::new() } else { format!(".{}", self.group) };
        let below = if self.subresource.is_empty() { String::new() } else { format!("/{}", self.subresource) };
        format!("{}{group}{below}", self.resource)
    }
}

#[derive(Deserialize)]
struct Document {
    rules: Vec<Rule>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Rule {
    api_groups: Vec<String>,
    resources: Vec<String>,
    #[serde(rename = "nonResourceURLs")]
    paths: Vec<String>,
    verbs: Vec<String>,
}

/// Every right of the chart's ClusterRole and, in `namespace`, of its Role.
pub fn rights(namespace: &str) -> Vec<Right> {
    let mut rights = of_template(CLUSTER_ROLE, None);
    rights.extend(of_template(ROLE, Some(namespace)));
    rights.sort();
    rights.dedup();
    rights
}

/// The rules of the first document of a chart's template; lines of Helm's own are passed over.
fn of_template(template: &str, namespace: Option<&str>) -> Vec<Right> {
    let first = template.split("\n---").next().unwrap_or_default();
    let rules = first.split_once("\nrules:").map(|(_, rules)| rules).unwrap_or_default();
    let plain: Vec<&str> = rules.lines().filter(|line| !line.contains("{{")).collect();
    let text = format!("rules:{}", plain.join("\n"));
    // The templates are compiled in and tested below.
    let rules = flagstaff_template::yaml::single(&text, "chart")
        .ok()
        .and_then(|document| serde_json::from_value::<Document>(document.value).ok())
        .map(|document| document.rules)
        .unwrap_or_default();
    let mut rights = vec![];
    for rule in &rules {
        for verb in &rule.verbs {
            for group in &rule.api_groups {
                for resource in &rule.resources {
                    rights.push(Right::resource(group, resource, verb, namespace.map(str::to_owned)));
                }
            }
            for path in &rule.paths {
                rights.push(Right { path: Some(path.clone()), ..Right::resource("", "", verb, None) });
            }
        }
    }
    rights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charts_rules_are_read_whole() {
        let rights = rights("flagstaff");
        let has = |group: &str, resource: &str, verb: &str, namespace: Option<&str>| {
            rights.contains(&Right::resource(group, resource, verb, namespace.map(str::to_owned)))
        };
        assert!(has("flagstaff.dev", "clusterobservabilities/status", "patch", None));
        assert!(has("", "nodes/metrics", "get", None));
        assert!(has("", "secrets", "get", Some("flagstaff")));
        assert!(has("apps", "daemonsets", "create", Some("flagstaff")));
        assert!(!has("apps", "daemonsets", "create", None), "workloads are made in one namespace only");
        assert!(rights.iter().any(|right| right.path.as_deref() == Some("/metrics")));
        let last = CLUSTER_ROLE.matches("- apiGroups:").count() + ROLE.matches("- apiGroups:").count();
        assert!(last > 30 && rights.len() > 150, "{} rules, {} rights", last, rights.len());
        assert!(has("events.k8s.io", "events", "patch", None), "the last rule of the ClusterRole");
        assert!(has("coordination.k8s.io", "leases", "delete", Some("flagstaff")), "the last rule of the Role");
    }
}
