//! Lists workloads of the whole cluster and keeps those that collect telemetry and are not ours.

use kube::api::ListParams;

use super::program::Program;
use crate::foreign::workload::Workload;
use crate::pages::{ListError, list};

/// Somebody else's collector.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Collector {
    /// Which program.
    pub program: Program,
    /// Where, as `DaemonSet monitoring/alloy`.
    pub place: String,
}

/// Finds them all, by program and place.
pub async fn find(client: &kube::Client) -> Result<Vec<Collector>, ListError> {
    let workloads = |plural: &'static str, kind: &'static str| async move {
        let path = format!("/apis/apps/v1/{plural}");
        let what = format!("{plural}.apps");
        list::<Workload, _>(client, &path, &what, ListParams::default(), |workload| see(&workload, kind)).await
    };
    let (daemon_sets, deployments, stateful_sets) = tokio::try_join!(
        workloads("daemonsets", "DaemonSet"),
        workloads("deployments", "Deployment"),
        workloads("statefulsets", "StatefulSet"),
    )?;
    let mut found: Vec<Collector> = daemon_sets.into_iter().chain(deployments).chain(stateful_sets).collect();
    found.sort();
    Ok(found)
}

fn see(workload: &Workload, kind: &str) -> Option<Collector> {
    if workload.metadata.is_ours() || workload.is_idle() {
        return None;
    }
    let program = workload.spec.template.spec.containers.iter().find_map(|container| Program::of(&container.image))?;
    Some(Collector { program, place: format!("{kind} {}/{}", workload.metadata.namespace, workload.metadata.name) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn alloy(labels: serde_json::Value, replicas: i64) -> Workload {
        serde_json::from_value(json!({
            "metadata": {"name": "alloy", "namespace": "monitoring", "labels": labels},
            "spec": {"replicas": replicas, "template": {"spec": {"containers": [
                {"image": "example.org/config-reloader:v1"}, {"image": "grafana/alloy:v1"}]}}},
        }))
        .expect("a workload")
    }

    #[test]
    fn any_container_counts_and_ours_does_not() {
        let seen = see(&alloy(json!({}), 1), "Deployment").expect("seen");
        assert_eq!((seen.program.name, seen.place.as_str()), ("Grafana Alloy", "Deployment monitoring/alloy"));
        assert_eq!(see(&alloy(json!({"app.kubernetes.io/managed-by": "flagstaff"}), 1), "Deployment"), None);
        assert_eq!(see(&alloy(json!({}), 0), "Deployment"), None, "it runs nowhere");
    }
}
