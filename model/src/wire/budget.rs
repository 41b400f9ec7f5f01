//! Budgets that a cluster's meter keeps: what the hub orders, and what became of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A limit on a part of this cluster's series, as the hub allots it. All that is given has to hold of a series; nothing given is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BudgetOrder {
    /// Names the budget.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// Of this team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Of this metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// Active series that it may have in this cluster: of a budget over several clusters this one's part.
    pub limit: u64,
    /// What is done past the limit.
    pub act: BudgetAct,
    /// What is aggregated away before anything is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<AggregateOrder>,
}

/// Labels that counters lose once there are many series: in their place go sums over all values of these labels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AggregateOrder {
    /// Names of the labels.
    pub labels: Vec<String>,
    /// From so many active series on; once begun it goes on until the order changes.
    pub from: u64,
}

/// What a meter does past a limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetAct {
    /// Nothing: it only says what it would do.
    #[default]
    Watch,
    /// Nothing past the limit: it aggregates, as `aggregate` says, and that is all.
    Aggregate,
    /// Lets no new series of what grew through; those that are known go on.
    Refuse,
    /// A word of a newer hub: nothing is done.
    #[serde(untagged)]
    Other(String),
}

/// How a meter stands to one order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BudgetReport {
    /// The order's id.
    pub id: String,
    /// The limit that the meter keeps.
    pub limit: u64,
    /// Active series now.
    pub active: f64,
    /// How it stands.
    pub state: BudgetActing,
    /// Since when.
    pub since: Timestamp,
    /// Why nothing is done where something should be, for people; empty otherwise.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// Different series that were refused in this clock hour: an estimate.
    pub refused_series: f64,
    /// Samples that were refused in this clock hour.
    pub refused_samples: u64,
    /// Series past the limit that were let through, because a rollout may double what was there.
    pub let_through: u64,
    /// What was refused in this clock hour, the most first; at most ten.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    /// What is aggregated; none where the order asks for none, or it has not begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregated: Option<Aggregated>,
}

/// What a meter aggregates for one order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Aggregated {
    /// Since when.
    pub since: Timestamp,
    /// Active series that are taken in.
    pub inputs: u64,
    /// Active series that are sent in their place.
    pub outputs: u64,
    /// Samples that were taken in, in this clock hour.
    pub samples: u64,
    /// Of those, samples that came after a later one of the same series: they change nothing.
    pub late_samples: u64,
    /// Metrics of the order's part that have such labels and keep them, by name; at most ten.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<KeptLabels>,
}

/// A metric whose labels are not aggregated away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeptLabels {
    /// Metric; of a histogram its name without `_bucket`, `_sum` and `_count`.
    pub metric: String,
    /// The labels that stay.
    pub labels: Vec<String>,
    /// Why, for people: the rule that uses them, or that the metric is no counter.
    pub why: String,
}

/// How a meter stands to an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetActing {
    /// Below its limit, or the order is only to watch.
    #[default]
    Watching,
    /// It remembers too little yet to know new from old: nothing is refused.
    Learning,
    /// Past its limit, by no more than a rollout may.
    LettingThrough,
    /// Labels are aggregated away, and nothing is refused.
    Aggregating,
    /// New series of what grew are refused.
    Refusing,
    /// It cannot: `why` says what is missing.
    Unable,
    /// A word of a newer meter.
    #[serde(untagged)]
    Other(String),
}

/// New series of one metric that were refused.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Refused {
    /// Metric; of a histogram its name without `_bucket`, `_sum` and `_count`.
    pub metric: String,
    /// Team.
    pub team: String,
    /// Job that sends it.
    pub job: String,
    /// Different series: an estimate.
    pub series: f64,
    /// Samples.
    pub samples: u64,
    /// The label whose values grew, where it is known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
}
