//! How a cluster is: one report each interval, the same one again when it was not answered.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ClusterFacts, SettingsReport, Truth};
use crate::ClusterIdentity;

/// `POST /agent/v1/status`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatusReport {
    /// The operator's leader: a new word for each process that leads.
    pub instance: String,
    /// Grows with each report of an instance, from 1; a repeated report has the number it had.
    pub sequence: u64,
    /// When it was made, by the cluster's clock: for people, never to decide by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Timestamp>,
    /// Who the cluster is.
    pub cluster: ClusterIdentity,
    /// What it is like.
    pub facts: ClusterFacts,
    /// Version of the operator.
    pub operator_version: String,
    /// The flag; absent where there is none.
    pub flag: Option<FlagReport>,
    /// The applied template; absent where none is.
    pub template: Option<TemplateReport>,
    /// What is installed.
    pub objects: ObjectCounts,
    /// What is wrong, worst first; at most 20 are kept.
    pub problems: Vec<ProblemReport>,
    /// The cluster's own health in numbers.
    pub gauges: Gauges,
    /// SHA-256 (lower-case hex) of the credential to be used from now on, once the cluster has saved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_credential_sha256: Option<String>,
    /// The removal order that this cluster has carried out: what the hub switched on is gone, and this is its last report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_by_order: Option<String>,
    /// What became of the hub's settings; absent from an operator that knows none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<SettingsReport>,
}

/// The flag as it stands in the cluster.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlagReport {
    /// Whether it is switched on, by itself or by the hub.
    pub enabled: bool,
    /// Whether what runs is left as it is, by itself or by the hub.
    pub suspended: bool,
    /// Who set it last: the field manager of the spec, or the hub's layer.
    pub set_by: String,
    /// Status of the condition `Ready`.
    pub ready: Truth,
    /// Its reason.
    pub reason: String,
    /// Its message, for people.
    pub message: String,
    /// Since when it is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Generation of the flag that the status speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// All its conditions.
    pub conditions: Vec<ConditionReport>,
}

/// One condition of the flag.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConditionReport {
    /// Such as `Ready` or `Reconciling`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its status.
    pub status: Truth,
    /// Its reason.
    pub reason: String,
    /// Its message, for people.
    pub message: String,
    /// Since when it is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// Which template is applied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateReport {
    /// Name of the pack.
    pub pack: String,
    /// Its version.
    pub version: String,
}

/// What is installed, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ObjectCounts {
    /// Applied.
    pub applied: u64,
    /// Left to another field manager.
    pub contested: u64,
}

/// Something wrong, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProblemReport {
    /// Where: a kind and name, or a file and line.
    pub place: String,
    /// What, as a sentence.
    pub message: String,
}

/// The cluster's own health in numbers. What is not known is absent, never 0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Gauges {
    /// Agents that are ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agents_ready: Option<u64>,
    /// Agents that should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agents_wanted: Option<u64>,
    /// Scrape targets that answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets_up: Option<u64>,
    /// Scrape targets that do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets_down: Option<u64>,
    /// Active series.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<u64>,
    /// Samples sent a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples_per_second: Option<f64>,
    /// Samples that no destination took, since the agents started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_write_failures: Option<u64>,
    /// When a destination last took a sample, by the agents' clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_sample_at: Option<Timestamp>,
    /// Memory of all agents together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_memory_bytes: Option<u64>,
    /// CPU cores that all agents use together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_cpu_cores: Option<f64>,
}

/// The hub's answer to [`StatusReport`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatusAnswer {
    /// When to report again.
    pub next_seconds: u64,
    /// Asks for a new credential: save the next one, then send its hash with a status.
    pub rotate: bool,
}

impl Default for StatusAnswer {
    fn default() -> Self {
        Self { next_seconds: super::STATUS_EVERY_SECONDS, rotate: false }
    }
}
