//! What people and programs call.

pub mod accept;
pub mod account;
pub mod api_token;
pub mod attention;
pub mod audit;
pub mod audit_verification;
pub mod budget;
pub mod cluster;
pub mod clusters;
pub mod dashboard;
pub mod event;
pub mod gauge;
pub mod grant;
pub mod join_token;
pub mod layer;
pub mod layer_change;
pub mod notification_target;
pub mod openapi;
pub mod query;
pub mod region;
pub mod remove;
pub mod series;
pub mod series_distinct;
pub mod series_metric;
pub mod series_trend;
pub mod session;
pub mod setup;
pub mod store;
pub mod store_check;
pub mod stream;
pub mod team;

use serde::Deserialize;
use utoipa::ToSchema;

/// Why a person does something.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Because {
    /// For the audit log and the timeline.
    #[serde(default)]
    pub reason: String,
    /// Only says what would be done: 200 with `effect`.
    #[serde(default)]
    pub dry_run: bool,
}
