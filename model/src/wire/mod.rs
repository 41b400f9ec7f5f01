//! What a cluster and the hub say to each other: the messages of `/agent/v1` as plain data.
//!
//! JSON in snake_case, times RFC 3339 in UTC, units in names. Peers differ in age: a field that is not known is ignored, one that is
//! missing has its default, and a word that is not known is kept as it came. Every message may be repeated.

pub mod budget;
pub mod desired;
pub mod enroll;
pub mod join_token;
pub mod refusal;
pub mod series;
pub mod settings;
pub mod status;
pub mod trust;
pub mod truth;

pub use budget::{AggregateOrder, Aggregated, BudgetAct, BudgetActing, BudgetOrder, BudgetReport, KeptLabels, Refused};
pub use desired::{DesiredAnswer, DesiredQuery, Removal};
pub use enroll::{Capacity, ClusterFacts, EnrollAnswer, EnrollRequest};
pub use join_token::{JoinToken, JoinTokenError};
pub use refusal::Refusal;
pub use series::{LabelCount, ScopeCount, SeriesAnswer, SeriesCount, SeriesReport, SeriesSketch, ValueCount};
pub use settings::{EffectiveSettings, Overridden, Settings, SettingsLayer, SettingsReport};
pub use status::{
    ConditionReport, FlagReport, Gauges, ObjectCounts, ProblemReport, StatusAnswer, StatusReport, TemplateReport,
};
pub use trust::TrustAnswer;
pub use truth::Truth;

/// Where a cluster joins: `POST`, no authorization but the join token in the body.
pub const ENROLL_PATH: &str = "/agent/v1/enroll";
/// Where the hub's certificates are: `GET`, nothing secret in question or answer.
pub const TRUST_PATH: &str = "/agent/v1/trust";
/// What the hub wants of a cluster: `GET`, held until there is something newer.
pub const DESIRED_PATH: &str = "/agent/v1/desired";
/// Where a cluster says how it is: `POST`.
pub const STATUS_PATH: &str = "/agent/v1/status";
/// Where a cluster's operator brings what the cluster's meters counted: `POST`, packed by zstd.
pub const SERIES_PATH: &str = "/agent/v1/series";
/// Largest [`SeriesReport`], unpacked.
pub const SERIES_REPORT_BYTES: usize = 16 << 20;
/// How often a cluster reports unless the hub says otherwise.
pub const STATUS_EVERY_SECONDS: u64 = 60;
/// How long a question for what is desired is held.
pub const WAIT_SECONDS: u64 = 25;

#[cfg(test)]
mod tests;
