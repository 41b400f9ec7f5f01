//! What of ours is there already: the operator and the flag.

use flagstaff_crds::{ClusterObservability, ConditionStatus};
use k8s_openapi::api::apps::v1::Deployment;
use kube::Api;

use super::Cluster;
use super::check::{Check, sentence};

/// What was found.
pub struct State {
    /// Whether the operator is installed.
    pub installed: bool,
    /// The flag, where there is one.
    pub flag: Option<ClusterObservability>,
    /// What is said of both.
    pub checks: Vec<Check>,
}

/// Looks for the operator's Deployment and the flag.
pub async fn look(cluster: &Cluster) -> State {
    let deployments: Api<Deployment> = Api::namespaced(cluster.client.clone(), &cluster.namespace);
    let flags: Api<ClusterObservability> = Api::all(cluster.client.clone());
    let (deployment, flag) = tokio::join!(deployments.get_opt("flagstaff-operator"), flags.get_opt("cluster"));
    let mut checks = vec![match &deployment {
        Ok(found) => operator(found.as_ref()),
        Err(error) => Check::unknown("operator", sentence(error), "Grant get on deployments in its namespace."),
    }];
    // Without the definition there is no such resource, and so no flag.
    let flag = flag.ok().flatten();
    checks.push(flag.as_ref().map_or_else(|| Check::ok("flag", "not set yet"), of_flag));
    State { installed: matches!(deployment, Ok(Some(_))), flag, checks }
}

fn operator(found: Option<&Deployment>) -> Check {
    let Some(found) = found else { return Check::ok("operator", "not installed yet") };
    let wanted = found.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
    let ready = found.status.as_ref().and_then(|status| status.ready_replicas).unwrap_or(0);
    if ready > 0 || wanted == 0 {
        return Check::ok("operator", format!("installed, {ready} of {wanted} replicas are ready"));
    }
    let fix = "kubectl --namespace flagstaff describe pods --selector app.kubernetes.io/name=flagstaff-operator";
    Check::problem("operator", "installed, and no replica is ready", fix)
}

fn of_flag(flag: &ClusterObservability) -> Check {
    let conditions = flag.status.iter().flat_map(|status| &status.conditions);
    match conditions.into_iter().find(|condition| condition.type_ == "Ready") {
        None => Check::warning("flag", "set, and no operator has seen it", "Install the operator."),
        Some(ready) if ready.status == ConditionStatus::True => {
            Check::ok("flag", format!("set and ready: {}", ready.message))
        }
        Some(ready) => Check::warning(
            "flag",
            format!("set and not ready ({}): {}", ready.reason, ready.message),
            format!("docs/operate/conditions.md says what to do about {}", ready.reason),
        ),
    }
}
