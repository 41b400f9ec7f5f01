//! The platform namespace and its Pod Security level.

use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, ResourceExt};

use super::Cluster;
use super::check::{Check, sentence};

const CHECK: &str = "namespace";
const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

/// Looks at the namespace.
pub async fn check(cluster: &Cluster) -> Vec<Check> {
    let api: Api<Namespace> = Api::all(cluster.client.clone());
    let name = &cluster.namespace;
    vec![match api.get_opt(name).await {
        Err(error) => Check::unknown(CHECK, sentence(&error), "Grant get on namespaces, or ask somebody who has it."),
        Ok(found) => judge(name, found.as_ref()),
    }]
}

fn judge(name: &str, found: Option<&Namespace>) -> Check {
    if name == "default" || name.starts_with("kube-") {
        let message = format!("{name} belongs to Kubernetes, and the chart refuses it");
        return Check::problem(CHECK, message, "Choose another, such as --namespace flagstaff.");
    }
    let Some(found) = found else {
        return Check::ok(
            CHECK,
            format!("{name} does not exist yet; the chart makes it and lets agents use host paths"),
        );
    };
    if found.metadata.deletion_timestamp.is_some() {
        let fix = format!("kubectl get namespace {name} --output yaml names what its end waits for");
        return Check::problem(CHECK, format!("{name} is being deleted"), fix);
    }
    let label = format!("kubectl label namespace {name} {ENFORCE}=privileged --overwrite");
    match found.labels().get(ENFORCE).map(String::as_str) {
        Some("privileged") => Check::ok(CHECK, format!("{name} admits agents that use host paths")),
        Some(level) => Check::problem(
            CHECK,
            format!("{name} enforces the Pod Security level {level}, which refuses the host paths of node agents"),
            format!("{label}; or install the chart with --take-ownership, which sets it; or set spec.profile: no-host"),
        ),
        None => Check::warning(
            CHECK,
            format!(
                "{name} has no Pod Security level of its own; the cluster's default decides whether node agents start"
            ),
            format!("{label}; or install the chart with --take-ownership, which sets it"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::preflight::check::Level;
    use serde_json::json;

    fn level(labels: serde_json::Value) -> Level {
        let found = serde_json::from_value(json!({"metadata": {"name": "flagstaff", "labels": labels}}));
        judge("flagstaff", Some(&found.expect("a namespace"))).level
    }

    #[test]
    fn levels_of_pod_security() {
        assert_eq!(judge("flagstaff", None).level, Level::Ok);
        assert_eq!(level(json!({ENFORCE: "privileged"})), Level::Ok);
        assert_eq!(level(json!({})), Level::Warning);
        assert_eq!(level(json!({ENFORCE: "baseline"})), Level::Problem);
        assert_eq!(judge("kube-system", None).level, Level::Problem);
    }
}
