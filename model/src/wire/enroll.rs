//! A cluster joins the hub, or joins again after it lost its credential.

use serde::{Deserialize, Serialize};

use crate::ClusterIdentity;

/// What a cluster says of itself beside its identity; what it could not find out is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClusterFacts {
    /// Server version such as `v1.36.3`.
    pub kubernetes_version: String,
    /// All nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_count: Option<u64>,
    /// Distinct `kubernetes.io/arch` values, in order.
    pub architectures: Vec<String>,
    /// Whether the nodes are simulated, as in tests and demonstrations.
    pub simulated_nodes: bool,
    /// What the nodes have together.
    pub capacity: Capacity,
}

/// What the nodes of a cluster have together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Capacity {
    /// CPU cores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_cores: Option<f64>,
    /// Bytes of memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
}

/// `POST /agent/v1/enroll`. The same cluster UID again, with a good token, replaces the credential.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnrollRequest {
    /// The join token as a person got it; see [`JoinToken`](super::JoinToken).
    pub join_token: String,
    /// Who the cluster is.
    pub cluster: ClusterIdentity,
    /// What it is like.
    pub facts: ClusterFacts,
    /// The operator's leader: a new word for each process that leads.
    pub instance: String,
    /// Version of the operator.
    pub operator_version: String,
    /// SHA-256 (lower-case hex, 64 digits) of the credential's text, which stays in the cluster and was saved there before this is sent.
    pub credential_sha256: String,
}

/// The hub's answer to [`EnrollRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnrollAnswer {
    /// The hub's name for the cluster.
    pub cluster_id: String,
    /// Whether a person's acceptance is not needed, or was given.
    pub accepted: bool,
    /// How many times this cluster has enrolled, from 1.
    pub identity_epoch: u64,
    /// How often to report.
    pub status_every_seconds: u64,
}

impl Default for EnrollAnswer {
    fn default() -> Self {
        Self {
            cluster_id: String::new(),
            accepted: false,
            identity_epoch: 0,
            status_every_seconds: super::STATUS_EVERY_SECONDS,
        }
    }
}
