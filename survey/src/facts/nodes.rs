//! What the nodes tell of the cluster: how many, of which sort, in which region, at which provider.

use std::collections::BTreeMap;

use flagstaff_model::NodeSummary;
use kube::api::ListParams;
use serde::Deserialize;

use super::provider::{cluster_name, provider};
use crate::pages::{ListError, list};

/// Nodes name all their images: a smaller page than elsewhere keeps memory flat.
const PAGE: u32 = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Node {
    metadata: Meta,
    spec: Spec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Meta {
    labels: Option<BTreeMap<String, String>>,
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
    }
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
    fn a_node_without_labels_counts() {
        let bare = serde_json::from_value(json!({"metadata": {"name": "n"}})).expect("a node");
        assert_eq!(sum(vec![tell(&bare)]).summary.count, 1);
    }
}
