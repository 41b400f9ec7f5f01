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
}

/// What a meter does past a limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetAct {
    /// Nothing: it only says what it would do.
    #[default]
    Watch,
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
