//! What people and programs call.

pub mod accept;
pub mod account;
pub mod attention;
pub mod audit;
pub mod cluster;
pub mod clusters;
pub mod dashboard;
pub mod event;
pub mod gauge;
pub mod join_token;
pub mod layer;
pub mod layer_change;
pub mod openapi;
pub mod query;
pub mod region;
pub mod remove;
pub mod session;
pub mod setup;
pub mod store;
pub mod store_check;
pub mod stream;

use serde::Deserialize;
use utoipa::ToSchema;

/// Why a person does something.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct Because {
    /// For the audit log and the timeline.
    pub reason: String,
}
