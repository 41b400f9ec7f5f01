//! The few fields of workloads and pods that are looked at; everything else is skipped while reading.

use std::collections::BTreeMap;

use serde::Deserialize;

pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
pub const OURS: &str = "flagstaff";

/// A DaemonSet, Deployment or StatefulSet.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Workload {
    pub metadata: Meta,
    pub spec: WorkloadSpec,
    pub status: WorkloadStatus,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Meta {
    pub name: String,
    pub namespace: String,
    pub generation: Option<i64>,
    pub labels: Option<BTreeMap<String, String>>,
    pub owner_references: Option<Vec<Owner>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Owner {
    pub kind: String,
    pub controller: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkloadSpec {
    pub replicas: Option<i64>,
    pub selector: Selector,
    pub template: Template,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Selector {
    pub match_labels: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Template {
    pub metadata: Meta,
    pub spec: PodSpec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkloadStatus {
    pub observed_generation: Option<i64>,
    pub desired_number_scheduled: Option<u32>,
}

/// A pod.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Pod {
    pub metadata: Meta,
    pub spec: PodSpec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodSpec {
    pub host_network: Option<bool>,
    pub containers: Vec<Container>,
    pub init_containers: Option<Vec<Container>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Container {
    pub name: String,
    pub image: String,
    pub command: Option<Vec<String>>,
    pub args: Option<Vec<String>>,
    pub ports: Option<Vec<Port>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Port {
    pub name: Option<String>,
    pub container_port: u16,
    pub host_port: Option<u16>,
    pub protocol: Option<String>,
}

impl Meta {
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.as_ref()?.get(key).map(String::as_str)
    }

    /// Whether Flagstaff made it.
    pub fn is_ours(&self) -> bool {
        self.label(MANAGED_BY) == Some(OURS)
    }

    /// The kind of what controls it.
    pub fn controller(&self) -> Option<&str> {
        let owner = self.owner_references.as_ref()?.iter().find(|owner| owner.controller == Some(true))?;
        Some(&owner.kind)
    }
}

impl PodSpec {
    pub fn on_host(&self) -> bool {
        self.host_network == Some(true)
    }

    pub fn all_containers(&self) -> impl Iterator<Item = &Container> {
        self.containers.iter().chain(self.init_containers.iter().flatten())
    }
}

impl Container {
    /// Command and arguments as one line of words: a shell's `-c` text is taken apart as well.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.command.iter().chain(&self.args).flatten().flat_map(|text| text.split_whitespace())
    }

    /// The value of a flag, written `--flag=value` or `--flag value`.
    pub fn flag(&self, name: &str) -> Option<&str> {
        let mut words = self.words();
        while let Some(word) = words.next() {
            if word == name {
                return words.next();
            }
            if let Some(value) = word.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
                return Some(value);
            }
        }
        None
    }

    pub fn ports(&self) -> &[Port] {
        self.ports.as_deref().unwrap_or_default()
    }
}

impl Workload {
    /// Scaled to nothing, or meant for no node: it serves nobody.
    pub fn is_idle(&self) -> bool {
        let up_to_date = self.status.observed_generation.is_some_and(|seen| Some(seen) == self.metadata.generation);
        self.spec.replicas == Some(0) || (up_to_date && self.status.desired_number_scheduled == Some(0))
    }
}
