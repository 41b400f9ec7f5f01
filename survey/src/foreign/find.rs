//! Lists workloads of the whole cluster, and the pods on the host network that no workload controls.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use kube::api::ListParams;

use super::recognise::{describe, recognise};
use super::workload::{Pod, PodSpec, Workload};
use super::{Component, Foreign, Found, ports};
use crate::pages::{ListError, list};

struct Seen {
    foreign: Option<(Component, Foreign)>,
    taken: BTreeMap<u16, String>,
}

/// Looks through the cluster. Everything at once; one page of each list is in memory.
pub async fn find(client: &kube::Client) -> Result<Found, ListError> {
    let workloads = |plural: &'static str, kind: &'static str| async move {
        let path = format!("/apis/apps/v1/{plural}");
        let what = format!("{plural}.apps");
        list::<Workload, Seen>(client, &path, &what, ListParams::default(), |workload| see(&workload, kind)).await
    };
    let on_host = ListParams::default().fields("spec.hostNetwork=true");
    let (daemon_sets, deployments, stateful_sets, pods) = tokio::try_join!(
        workloads("daemonsets", "DaemonSet"),
        workloads("deployments", "Deployment"),
        workloads("statefulsets", "StatefulSet"),
        list::<Pod, _>(client, "/api/v1/pods", "pods", on_host, |pod| taken_by_pod(&pod)),
    )?;
    let mut found = Found::default();
    for seen in daemon_sets.into_iter().chain(deployments).chain(stateful_sets) {
        merge(&mut found.host_ports, seen.taken);
        match seen.foreign {
            Some((Component::NodeExporter, foreign)) => found.node_exporter.push(foreign),
            Some((Component::KubeStateMetrics, foreign)) => found.kube_state_metrics.push(foreign),
            None => {}
        }
    }
    for taken in pods {
        merge(&mut found.host_ports, taken);
    }
    found.node_exporter.sort_by(by_preference);
    found.kube_state_metrics.sort_by(by_preference);
    Ok(found)
}

fn see(workload: &Workload, kind: &str) -> Option<Seen> {
    if workload.metadata.is_ours() {
        return None;
    }
    let who = format!("{kind} {}/{}", workload.metadata.namespace, workload.metadata.name);
    let taken = if workload.is_idle() { BTreeMap::new() } else { taken(&workload.spec.template.spec, &who) };
    let foreign = recognise(workload).map(|component| (component, describe(workload, kind, component)));
    (foreign.is_some() || !taken.is_empty()).then_some(Seen { foreign, taken })
}

/// Pods of the kinds listed above are known by their workload; ours would else stand in their own way.
fn taken_by_pod(pod: &Pod) -> Option<BTreeMap<u16, String>> {
    let known = matches!(pod.metadata.controller(), Some("DaemonSet" | "ReplicaSet" | "StatefulSet"));
    if known || pod.metadata.is_ours() {
        return None;
    }
    let taken = taken(&pod.spec, &format!("Pod {}/{}", pod.metadata.namespace, pod.metadata.name));
    (!taken.is_empty()).then_some(taken)
}

fn taken(spec: &PodSpec, who: &str) -> BTreeMap<u16, String> {
    let mut taken = BTreeMap::new();
    ports::take(&mut taken, spec, who);
    taken
}

fn merge(all: &mut BTreeMap<u16, String>, more: BTreeMap<u16, String>) {
    for (port, who) in more {
        all.entry(port).or_insert(who);
    }
}

/// What our agents can read comes first, then what is on the most nodes, then by name: always the same answer.
fn by_preference(one: &Foreign, other: &Foreign) -> std::cmp::Ordering {
    let key = |foreign: &Foreign| {
        let workload = foreign.workload.clone();
        (foreign.unusable.is_some(), Reverse(foreign.on_nodes.unwrap_or(0)), workload.namespace, workload.name)
    };
    key(one).cmp(&key(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn workload(value: Value) -> Workload {
        serde_json::from_value(value).expect("a workload")
    }

    #[test]
    fn ours_neither_is_foreign_nor_stands_in_its_own_way() {
        let ours = workload(json!({
            "metadata": {"name": "flagstaff-node-exporter", "namespace": "flagstaff",
                         "labels": {"app.kubernetes.io/managed-by": "flagstaff", "app.kubernetes.io/name": "node-exporter"}},
            "spec": {"template": {"spec": {"hostNetwork": true, "containers": [{"ports": [{"containerPort": 9100}]}]}}},
        }));
        assert!(see(&ours, "DaemonSet").is_none());
        let pod: Pod = serde_json::from_value(json!({
            "metadata": {"name": "p", "ownerReferences": [{"kind": "DaemonSet", "controller": true}]},
            "spec": {"hostNetwork": true, "containers": [{"ports": [{"containerPort": 9100}]}]},
        }))
        .expect("a pod");
        assert!(taken_by_pod(&pod).is_none());
    }

    #[test]
    fn anything_on_the_port_is_seen_and_a_static_pod_too() {
        let other = workload(json!({
            "metadata": {"name": "proxy", "namespace": "edge"},
            "spec": {"template": {"spec": {"containers": [{"ports": [{"containerPort": 80, "hostPort": 9100}]}]}}},
        }));
        let seen = see(&other, "Deployment").expect("seen");
        assert!(seen.foreign.is_none());
        assert_eq!(seen.taken[&9100], "Deployment edge/proxy");
        let pod: Pod = serde_json::from_value(json!({
            "metadata": {"name": "exporter-node1", "namespace": "kube-system",
                         "ownerReferences": [{"kind": "Node", "controller": true}]},
            "spec": {"hostNetwork": true, "containers": [{"args": ["--listen=:9100"]}]},
        }))
        .expect("a pod");
        assert_eq!(taken_by_pod(&pod).expect("seen")[&9100], "Pod kube-system/exporter-node1");
    }

    #[test]
    fn the_readable_one_is_preferred() {
        let foreign = |name: &str, unusable, on_nodes| {
            let it = workload(json!({"metadata": {"name": name, "namespace": "n"}}));
            Foreign { unusable, on_nodes, ..describe(&it, "DaemonSet", Component::NodeExporter) }
        };
        let mut all = [foreign("a", Some("why"), Some(9)), foreign("c", None, Some(3)), foreign("b", None, Some(3))];
        all.sort_by(by_preference);
        let names: Vec<&str> = all.iter().map(|foreign| foreign.workload.name.as_str()).collect();
        assert_eq!(names, ["b", "c", "a"]);
    }
}
