//! What the nodes tell of the cluster: how many, of which sort, in which region, at which provider.

use std::collections::BTreeMap;

use flagstaff_model::NodeSummary;
use kube::api::ListParams;
use serde::Deserialize;

use super::provider::{cluster_name, provider};
use crate::pages::{ListError, list};

/// Nodes name all their images: a smaller page than elsewhere keeps memory flat.
const PAGE: u32 = 100;
/// The annotation of nodes that kwok simulates.
const SIMULATED: &str = "kwok.x-k8s.io/node";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Node {
    metadata: Meta,
    spec: Spec,
    status: Status,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Meta {
    labels: Option<BTreeMap<String, String>>,
    annotations: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Status {
    capacity: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    #[serde(rename = "providerID")]
    provider_id: Option<String>,
}

/// What one node tells.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    operating_system: Option<String>,
    architecture: Option<String>,
    region: Option<String>,
    provider: Option<String>,
    cluster_name: Option<String>,
    cpu_millicores: u64,
    memory_bytes: u64,
    simulated: bool,
}

/// What all nodes tell together.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Nodes {
    pub summary: NodeSummary,
    /// What most nodes say; empty where none does.
    pub region: String,
    /// What most nodes say; empty where none does.
    pub provider: String,
    /// What most nodes say; empty where none does.
    pub cluster_name: String,
}

/// Reads all nodes.
pub async fn find(client: &kube::Client) -> Result<Nodes, ListError> {
    let params = ListParams::default().limit(PAGE);
    Ok(sum(list::<Node, _>(client, "/api/v1/nodes", "nodes", params, |node| Some(tell(&node))).await?))
}

fn tell(node: &Node) -> Told {
    let none = BTreeMap::new();
    let labels = node.metadata.labels.as_ref().unwrap_or(&none);
    let label = |key: &str| labels.get(key).filter(|value| !value.is_empty()).cloned();
    let id = node.spec.provider_id.as_deref();
    Told {
        operating_system: label("kubernetes.io/os"),
        architecture: label("kubernetes.io/arch"),
        region: label("topology.kubernetes.io/region"),
        provider: provider(id, labels),
        cluster_name: cluster_name(id, labels),
        cpu_millicores: thousandths(node.status.capacity.get("cpu")) as u64,
        memory_bytes: (thousandths(node.status.capacity.get("memory")) / 1000) as u64,
        simulated: node.metadata.annotations.iter().flatten().any(|(key, _)| key == SIMULATED),
    }
}

/// A quantity of Kubernetes in thousandths of its unit; one that cannot be read is 0.
fn thousandths(quantity: Option<&String>) -> u128 {
    let text = quantity.map(String::as_str).unwrap_or_default();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u128 = text[..end].parse::<u64>().unwrap_or_default().into();
    let factor: u128 = match &text[end..] {
        "m" => 1,
        "" => 1000,
        "k" => 1_000_000,
        "M" => 1_000_000_000,
        "G" => 1_000_000_000_000,
        "Ki" => 1000 << 10,
        "Mi" => 1000 << 20,
        "Gi" => 1000 << 30,
        "Ti" => 1000 << 40,
        _ => 0,
    };
    number * factor
}

fn sum(told: Vec<Told>) -> Nodes {
    Nodes {
        region: most(told.iter().map(|told| &told.region)),
        provider: most(told.iter().map(|told| &told.provider)),
        cluster_name: most(told.iter().map(|told| &told.cluster_name)),
        summary: NodeSummary {
            count: told.len(),
            operating_systems: told.iter().filter_map(|told| told.operating_system.clone()).collect(),
            architectures: told.iter().filter_map(|told| told.architecture.clone()).collect(),
            cpu_millicores: told.iter().map(|told| told.cpu_millicores).sum(),
            memory_bytes: told.iter().map(|told| told.memory_bytes).sum(),
            simulated: told.iter().filter(|told| told.simulated).count(),
        },
    }
}

/// The word said most often; of several the first in order, so that the answer does not change by chance.
fn most<'a>(words: impl Iterator<Item = &'a Option<String>>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for word in words.flatten() {
        *counts.entry(word).or_default() += 1;
    }
    let mut best = ("", 0);
    for (word, count) in counts {
        if count > best.1 {
            best = (word, count);
        }
    }
    best.0.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn node(region: &str, id: &str, arch: &str) -> Told {
        let node = serde_json::from_value(json!({
            "metadata": {"name": "n", "labels": {"topology.kubernetes.io/region": region, "kubernetes.io/os": "linux",
                                                 "kubernetes.io/arch": arch}},
            "spec": {"providerID": id, "podCIDR": "10.0.0.0/24"},
            "status": {"images": [{"names": ["a"]}]},
        }))
        .expect("a node");
        tell(&node)
    }

    #[test]
    fn most_nodes_decide() {
        let nodes = sum(vec![
            node("eu-west-1", "aws:///x", "amd64"),
            node("eu-central-1", "aws:///y", "arm64"),
            node("eu-central-1", "", "amd64"),
        ]);
        assert_eq!((nodes.region.as_str(), nodes.provider.as_str()), ("eu-central-1", "aws"));
        assert_eq!(nodes.summary.count, 3);
        assert_eq!(nodes.summary.architectures, ["amd64".to_owned(), "arm64".to_owned()].into());
        assert_eq!(nodes.summary.operating_systems, ["linux".to_owned()].into());
    }

    #[test]
    fn a_tie_is_broken_by_name_and_silence_is_empty() {
        let nodes = sum(vec![node("b", "", "amd64"), node("a", "", "amd64")]);
        assert_eq!((nodes.region.as_str(), nodes.provider.as_str()), ("a", ""));
        assert_eq!(sum(vec![]), Nodes::default());
    }

    #[test]
    fn capacities_are_summed_and_simulated_nodes_counted() {
        let node = serde_json::from_value(json!({
            "metadata": {"name": "n", "annotations": {"kwok.x-k8s.io/node": "fake"}},
            "status": {"capacity": {"cpu": "3920m", "memory": "16Gi", "pods": "110"}},
        }))
        .expect("a node");
        let nodes = sum(vec![tell(&node), tell(&node), Told::default()]);
        assert_eq!(nodes.summary.cpu_millicores, 7840);
        assert_eq!(nodes.summary.memory_bytes, 32 << 30);
        assert_eq!(nodes.summary.simulated, 2);
        assert_eq!(thousandths(Some(&"4".to_owned())), 4000);
        assert_eq!(thousandths(Some(&"many".to_owned())), 0);
    }

    #[test]
    fn a_node_without_labels_counts() {
        let bare = serde_json::from_value(json!({"metadata": {"name": "n"}})).expect("a node");
        assert_eq!(sum(vec![tell(&bare)]).summary.count, 1);
    }
}
