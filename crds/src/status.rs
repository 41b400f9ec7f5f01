//! What the operator reports on the flag: conditions, the applied template, the objects and what is not well.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::Condition;

/// The state of the flag, as found by the operator.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterObservabilityStatus {
    /// Generation of the spec this status speaks of.
    #[serde(default)]
    pub observed_generation: i64,
    /// `Ready`, `Reconciling`, `Stalled`, and one for each aspect that can go wrong by itself.
    #[serde(default)]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
    /// Who the cluster is, as it is labelled on every series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterStatus>,
    /// The template that is applied; it stays until another version is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateStatus>,
    /// The objects in numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objects: Option<ObjectsStatus>,
    /// The workloads among them and how far each is.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub workloads: Vec<WorkloadStatus>,
    /// The destinations and whether each can be used.
    #[serde(default)]
    #[schemars(length(max = 32))]
    pub destinations: Vec<DestinationStatus>,
    /// Who evaluates the rules; empty when nobody does.
    #[serde(default)]
    #[schemars(length(max = 1024))]
    pub evaluator: String,
    /// Nodes that Ready does not wait for: not ready, or younger than five minutes (at most 20 named).
    #[serde(default)]
    #[schemars(length(max = 20), inner(length(max = 253)))]
    pub tolerated_nodes: Vec<String>,
    /// For each agent, the SHA-256 of the configuration that was last found good.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::schema::label_map")]
    pub good_configurations: BTreeMap<String, String>,
    /// How far the cluster agents have grown to keep below their memory cap, and what they leave out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<ScaleStatus>,
    /// What holds of flag and hub together, and who says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<SettingsStatus>,
    /// When each part of the way was reached first for this generation (RFC 3339): `applied`, `healthy`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::schema::label_map")]
    pub reached: BTreeMap<String, String>,
}

/// What keeps the cluster agents below their memory cap.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScaleStatus {
    /// Replicas of the cluster agent; 0 before the first look at what they use.
    #[serde(default)]
    pub replicas: i64,
    /// Monitors that are not read, such as `serviceMonitor/shop/checkout`, in the order in which they were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1000), inner(length(max = 600)))]
    pub shed: Vec<String>,
}

/// What holds of flag and hub together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SettingsStatus {
    /// Revision of the hub's settings that are followed; empty without any.
    #[serde(default)]
    #[schemars(length(max = 128))]
    pub revision: String,
    /// Whether the cluster is observed.
    #[serde(default)]
    pub enabled: bool,
    /// Who says so: `flag`, a layer of the hub such as `region eu-west-1`, or nobody (empty).
    #[serde(default)]
    #[schemars(length(max = 320))]
    pub enabled_by: String,
    /// Who names the destinations: `flag`, a layer of the hub, `chart`, or nobody (empty).
    #[serde(default)]
    #[schemars(length(max = 320))]
    pub destinations_by: String,
    /// What a layer of the hub says and the flag says otherwise, as JSON pointers (at most 50).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50), inner(length(max = 1024)))]
    pub overridden: Vec<String>,
}

/// Who the cluster is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterStatus {
    /// UID of the `kube-system` namespace.
    #[schemars(length(max = 64))]
    pub uid: String,
    /// Name.
    #[schemars(length(max = 253))]
    pub name: String,
    /// Region, empty when unknown.
    #[serde(default)]
    #[schemars(length(max = 253))]
    pub region: String,
    /// Provider, empty when unknown.
    #[serde(default)]
    #[schemars(length(max = 253))]
    pub provider: String,
    /// Environment, empty when not given.
    #[serde(default)]
    #[schemars(length(max = 253))]
    pub environment: String,
    /// Version of Kubernetes.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub version: String,
    /// Number of nodes.
    #[serde(default)]
    pub nodes: i64,
}

/// A template version.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateStatus {
    /// Name of the pack.
    #[schemars(length(max = 63))]
    pub pack: String,
    /// Its version.
    #[schemars(length(max = 64))]
    pub version: String,
    /// SHA-256 of its files.
    #[schemars(length(max = 128))]
    pub digest: String,
}

/// The objects in numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectsStatus {
    /// Objects that are applied.
    pub applied: i64,
    /// Those of them that are workloads.
    pub workloads: i64,
    /// Workloads that are ready.
    pub ready: i64,
}

/// How far one workload is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadStatus {
    /// Kind and name, such as `DaemonSet/flagstaff-agent-node`.
    #[schemars(length(max = 320))]
    pub name: String,
    /// Pods wanted.
    pub desired: i64,
    /// Pods ready with the newest version.
    pub ready: i64,
    /// What it waits for; empty when ready.
    #[serde(default)]
    #[schemars(length(max = 1024))]
    pub message: String,
}

/// Whether a destination can be used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DestinationStatus {
    /// Its name.
    #[schemars(length(max = 63))]
    pub name: String,
    /// What it takes.
    #[schemars(length(max = 16))]
    pub signal: String,
    /// Whether the agents use it.
    pub usable: bool,
    /// Why not; empty when usable.
    #[serde(default)]
    #[schemars(length(max = 1024))]
    pub message: String,
}
