//! Sixth step: one look at the health of what was applied. It never blocks; a pass that finds it waiting is repeated soon.

use kube::api::{Api, DynamicObject};
use serde_json::Value;

use flagstaff_crds::WorkloadStatus;
use flagstaff_model::Reason;

use crate::agent::{self, Verdict};
use crate::build::AgentWorkload;
use crate::context::Context;
use crate::error::{OperatorError, code};
use crate::object::{Applied, ObjectId, Resources};

/// The health of a set.
#[derive(Debug)]
pub struct Health {
    /// Every workload and how far it is.
    pub workloads: Vec<WorkloadStatus>,
    /// For each agent, how it took its newest configuration.
    pub agents: Vec<(AgentWorkload, Verdict)>,
}

impl Health {
    /// Names of the workloads that are not ready.
    pub fn unready(&self) -> Vec<&WorkloadStatus> {
        self.workloads.iter().filter(|workload| !workload.message.is_empty()).collect()
    }

    /// The worst verdict on a configuration: a refusal before a pending one before silence.
    pub fn configuration(&self) -> (Reason, String) {
        let find = |test: fn(&Verdict) -> Option<&String>| {
            self.agents
                .iter()
                .find_map(|(agent, verdict)| test(verdict).map(|message| format!("agent {}: {message}", agent.name)))
        };
        if let Some(message) = find(|v| if let Verdict::Refused(m) = v { Some(m) } else { None }) {
            return (Reason::ConfigurationRefused, message);
        }
        if let Some(message) = find(|v| if let Verdict::Pending(m) = v { Some(m) } else { None }) {
            return (Reason::ConfigurationPending, message);
        }
        if let Some(message) = find(|v| if let Verdict::Unknown(m) = v { Some(m) } else { None }) {
            return (Reason::ConfigurationPending, format!("{message}; the agents cannot be asked"));
        }
        (Reason::ConfigurationAccepted, "every agent runs the newest configuration".into())
    }
}

/// Looks at every workload of the set once.
///
/// # Errors
/// [`OperatorError`] when a workload cannot be read.
pub async fn look(
    context: &Context,
    resources: &Resources<Applied>,
    agents: &[AgentWorkload],
    tolerated_nodes: usize,
) -> Result<Health, OperatorError> {
    let mut workloads = vec![];
    for object in resources.objects.iter().filter(|object| object.id.kind.is_workload()) {
        workloads.push(workload(context, &object.id, tolerated_nodes).await?);
    }
    let mut asked = vec![];
    for agent in agents {
        // An agent whose configuration is good already has been judged; it is not asked again.
        let verdict = if agent.good.as_deref() == Some(agent.candidate.as_str()) {
            Verdict::Accepted
        } else {
            agent::ask(context, agent).await?
        };
        asked.push((agent.clone(), verdict));
    }
    Ok(Health { workloads, agents: asked })
}

async fn workload(context: &Context, id: &ObjectId, tolerated_nodes: usize) -> Result<WorkloadStatus, OperatorError> {
    let name = format!("{}/{}", id.kind.kind, id.name);
    let api: Api<DynamicObject> = id.api(&context.client);
    match api.get(&id.name).await {
        Ok(object) => Ok(progress(name, id.kind.kind, object.metadata.generation, &object.data, tolerated_nodes)),
        Err(error) if code(&error) == Some(404) => {
            Ok(WorkloadStatus { name, message: "does not exist".into(), ..Default::default() })
        }
        Err(error) => Err(OperatorError::api(format!("get {id}"))(error)),
    }
}

/// How far a workload is, from its status as the controllers of Kubernetes write it.
fn progress(
    name: String,
    kind: &str,
    generation: Option<i64>,
    object: &Value,
    tolerated_nodes: usize,
) -> WorkloadStatus {
    let number = |pointer: &str| object.pointer(pointer).and_then(Value::as_i64);
    let observed = number("/status/observedGeneration").unwrap_or_default() >= generation.unwrap_or_default();
    let (desired, updated, ready, slack) = match kind {
        "DaemonSet" => {
            let desired = number("/status/desiredNumberScheduled").unwrap_or_default();
            // 5 % of the nodes may be without a ready pod, rounded down: of fewer than twenty nodes, none.
            let slack = desired / 20 + i64::try_from(tolerated_nodes).unwrap_or(i64::MAX);
            (
                desired,
                number("/status/updatedNumberScheduled").unwrap_or_default(),
                number("/status/numberReady").unwrap_or_default(),
                slack,
            )
        }
        "StatefulSet" => {
            let desired = number("/spec/replicas").unwrap_or(1);
            let ready = number("/status/readyReplicas").unwrap_or_default();
            // A StatefulSet's controller says updatedReplicas only while a roll-out is under way or has been.
            (desired, number("/status/updatedReplicas").unwrap_or(ready), ready, 0)
        }
        _ => {
            let desired = number("/spec/replicas").unwrap_or(1);
            (
                desired,
                number("/status/updatedReplicas").unwrap_or_default(),
                number("/status/availableReplicas").unwrap_or_default(),
                0,
            )
        }
    };
    let enough = |have: i64| have >= desired.saturating_sub(slack) && (desired == 0 || have > 0);
    let message = if !observed {
        "its controller has not seen it yet".to_owned()
    } else if !enough(updated) {
        format!("{updated} of {desired} pods are of the newest version")
    } else if !enough(ready) {
        format!("{ready} of {desired} pods are ready")
    } else {
        String::new()
    };
    WorkloadStatus { name, desired, ready, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn daemon_set(desired: i64, ready: i64, tolerated: usize) -> String {
        let object = json!({"status": {"observedGeneration": 2, "desiredNumberScheduled": desired, "updatedNumberScheduled": desired, "numberReady": ready}});
        progress("DaemonSet/x".into(), "DaemonSet", Some(2), &object, tolerated).message
    }

    #[test]
    fn some_nodes_may_be_without_a_pod_but_never_all() {
        assert_eq!(daemon_set(3, 3, 0), "");
        assert_eq!(daemon_set(3, 2, 0), "2 of 3 pods are ready");
        assert_eq!(daemon_set(3, 2, 1), "", "one node is not ready or young");
        assert_eq!(daemon_set(1, 0, 1), "0 of 1 pods are ready", "a young cluster is not healthy with no pod at all");
        assert_eq!(daemon_set(100, 95, 0), "", "5 % of the nodes");
        assert_eq!(daemon_set(100, 94, 0), "94 of 100 pods are ready");
    }

    #[test]
    fn a_status_from_before_the_last_change_is_not_believed() {
        let object = json!({"spec": {"replicas": 1}, "status": {"observedGeneration": 1, "updatedReplicas": 1, "availableReplicas": 1}});
        assert_eq!(
            progress("Deployment/x".into(), "Deployment", Some(2), &object, 0).message,
            "its controller has not seen it yet"
        );
        assert_eq!(progress("Deployment/x".into(), "Deployment", Some(1), &object, 0).message, "");
    }
}
