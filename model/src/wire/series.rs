//! How many series a cluster's meter counted: one report for a clock hour, revised while the hour lasts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::BudgetReport;

/// `POST /agent/v1/series`, packed by zstd. A report replaces an earlier one of the same instance and hour with a lower revision; a repeated
/// or an older one changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SeriesReport {
    /// The meter that counted: the same word as long as it remembers what it knows.
    pub instance: String,
    /// Start of the clock hour in UTC.
    pub hour: Timestamp,
    /// Grows with each look at the hour, from 1.
    pub revision: u64,
    /// Whether the hour is over, so that no later revision comes.
    pub closed: bool,
    /// When it was looked, by the meter's clock.
    pub at: Timestamp,
    /// For how much of the hour the meter counted; less than 3600 where it started or paused in between.
    pub counted_seconds: u64,
    /// A series is active this long after its last sample.
    pub window_seconds: u64,
    /// Everything together.
    pub total: SeriesCount,
    /// Each scope; every series is in exactly one. The rest that has no scope of its own is named `other`.
    pub scopes: Vec<ScopeCount>,
    /// Labels of the metrics that were looked at.
    pub labels: Vec<LabelCount>,
    /// Which series they were; only of an hour that is over.
    pub sketches: Vec<SeriesSketch>,
    /// Sketches that found no room in the report.
    pub sketches_left_out: u64,
    /// How the meter stands to each budget that it is to keep.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<BudgetReport>,
}

/// Numbers of one scope, or of everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SeriesCount {
    /// Series that were active when it was looked.
    pub active: f64,
    /// Variance of `active`; 0 where it is exact.
    #[serde(skip_serializing_if = "is_zero")]
    pub active_variance: f64,
    /// Different series within the clock hour.
    pub hour: f64,
    /// Variance of `hour`; 0 where it is exact.
    #[serde(skip_serializing_if = "is_zero")]
    pub hour_variance: f64,
    /// Series of the hour that the meter had not known before.
    pub new: u64,
    /// Samples a second over the last minute.
    pub samples_per_second: f64,
}

/// One scope: a metric that one job sends for one team.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScopeCount {
    /// Metric.
    pub metric: String,
    /// Team.
    pub team: String,
    /// Job that sends it.
    pub job: String,
    /// Its numbers.
    #[serde(flatten)]
    pub count: SeriesCount,
}

/// A label of a metric, and what it costs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelCount {
    /// Metric.
    pub metric: String,
    /// Label.
    pub label: String,
    /// Active series of the metric that have it.
    pub series: f64,
    /// Different values.
    pub values: f64,
    /// Series of the metric that would be left without the label.
    pub series_without: f64,
    /// Its values with their series, the largest first; empty where they are too many.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub few: Vec<ValueCount>,
}

/// A value of a label.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ValueCount {
    /// The value.
    pub value: String,
    /// Series that have it.
    pub series: f64,
}

/// Which series there were in an hour, so that unions over time count none twice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SeriesSketch {
    /// `cluster`, `team` or `metric`.
    pub of: String,
    /// Name of the team or metric; empty for the cluster.
    pub name: String,
    /// The sketch in the format of Apache DataSketches, in base64.
    pub sketch: String,
}

/// The hub's answer to [`SeriesReport`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SeriesAnswer {
    /// Whether it was kept; false where the hub has the same or a later revision.
    pub kept: bool,
}

fn is_zero(number: &f64) -> bool {
    *number == 0.0
}
