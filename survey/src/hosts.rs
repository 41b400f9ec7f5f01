//! Tells nodes that refuse host access, or are no machines at all: Fargate, virtual nodes, Autopilot.

use std::collections::BTreeMap;

use kube::api::ListParams;
use serde::Deserialize;

use crate::facts::provider::provider;
use crate::pages::{ListError, list};

/// Nodes name all their images: a smaller page than elsewhere keeps memory flat.
const PAGE: u32 = 100;

/// What a node allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// An ordinary machine.
    Machine,
    /// EKS on Fargate: one pod a node, no DaemonSets, no host paths.
    Fargate,
    /// A virtual kubelet, such as AKS virtual nodes: no DaemonSets, no host paths.
    Virtual,
    /// GKE Autopilot: machines, with host network and most host paths refused.
    Autopilot,
}

impl Host {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Machine => "ordinary machines",
            Self::Fargate => "Fargate",
            Self::Virtual => "virtual nodes",
            Self::Autopilot => "GKE Autopilot",
        }
    }
}

/// Nodes of one sort.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sort {
    /// `kubernetes.io/os`, empty where the node does not say.
    pub operating_system: String,
    /// `kubernetes.io/arch`, empty where the node does not say.
    pub architecture: String,
    /// Provider, empty where nothing tells.
    pub provider: String,
    /// What it allows.
    pub host: Host,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Node {
    metadata: Meta,
    spec: Spec,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    name: String,
    labels: Option<BTreeMap<String, String>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    #[serde(rename = "providerID")]
    provider_id: Option<String>,
    taints: Option<Vec<Taint>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Taint {
    key: String,
}

/// Counts the nodes by sort.
pub async fn find(client: &kube::Client) -> Result<BTreeMap<Sort, usize>, ListError> {
    let params = ListParams::default().limit(PAGE);
    let mut counts = BTreeMap::new();
    for sort in list(client, "/api/v1/nodes", "nodes", params, |node: Node| Some(tell(&node))).await? {
        *counts.entry(sort).or_default() += 1;
    }
    Ok(counts)
}

fn tell(node: &Node) -> Sort {
    let none = BTreeMap::new();
    let labels = node.metadata.labels.as_ref().unwrap_or(&none);
    let label = |key: &str| labels.get(key).map(String::as_str).unwrap_or_default();
    let tainted = |key: &str| node.spec.taints.iter().flatten().any(|taint| taint.key == key);
    let host = if label("eks.amazonaws.com/compute-type") == "fargate" {
        Host::Fargate
    } else if label("type") == "virtual-kubelet" || tainted("virtual-kubelet.io/provider") {
        Host::Virtual
    } else if node.metadata.name.starts_with("gk3-") {
        // Autopilot's nodes have names of their own; ordinary GKE nodes begin with `gke-`.
        Host::Autopilot
    } else {
        Host::Machine
    };
    Sort {
        operating_system: label("kubernetes.io/os").to_owned(),
        architecture: label("kubernetes.io/arch").to_owned(),
        provider: provider(node.spec.provider_id.as_deref(), labels).unwrap_or_default(),
        host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case(json!({"metadata": {"name": "a"}}), Host::Machine)]
    #[case(json!({"metadata": {"name": "a", "labels": {"eks.amazonaws.com/compute-type": "fargate"}}}), Host::Fargate)]
    #[case(json!({"metadata": {"name": "virtual-node-aci-linux", "labels": {"type": "virtual-kubelet"}}}), Host::Virtual)]
    #[case(json!({"metadata": {"name": "a"}, "spec": {"taints": [{"key": "virtual-kubelet.io/provider"}]}}), Host::Virtual)]
    #[case(json!({"metadata": {"name": "gk3-shop-pool-1-a"}, "spec": {"providerID": "gce://p/z/n"}}), Host::Autopilot)]
    #[case(json!({"metadata": {"name": "gke-shop-pool-1-a"}, "spec": {"providerID": "gce://p/z/n"}}), Host::Machine)]
    fn hosts(#[case] node: Value, #[case] wanted: Host) {
        assert_eq!(tell(&serde_json::from_value(node).expect("a node")).host, wanted);
    }
}
