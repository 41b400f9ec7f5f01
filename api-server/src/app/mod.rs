//! What the hub does, whoever asks by whatever surface: rules, transactions, timelines and the audit log.

pub mod account;
pub mod api_token;
pub mod ask;
pub mod attention;
pub mod audit_seal;
pub mod budget;
pub mod cluster;
pub mod dashboard;
pub mod desired;
pub mod enroll;
mod error;
mod feed;
mod gate;
pub mod join_token;
pub mod layer;
pub mod layer_change;
pub mod notice;
pub mod notification_target;
pub mod page;
pub mod price;
pub mod query;
pub mod reach;
pub mod region;
pub mod role;
pub mod scope;
pub mod series;
pub mod state;
pub mod status;
pub mod store_draft;
pub mod team;
pub mod telemetry_store;
pub mod view;
pub mod write;

use flagstaff_model::wire::TrustAnswer;
use jiff::Timestamp;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::identity::Identity;
use crate::metrics::Metrics;
use crate::notice::Notices;
use crate::seal::Sealer;
use crate::telemetry::Telemetry;

pub use error::{Error, JoinTokenRefusal};
pub use feed::{Change, Feed};
pub use gate::{Gate, Permit};

/// Everything that calls share.
pub struct App {
    /// Connections to Postgres.
    pub pool: PgPool,
    /// What changes, as it changes.
    pub feed: Feed,
    /// How much is worked on at once.
    pub gate: Gate,
    /// The hub's own numbers.
    pub metrics: Metrics,
    /// The hub's own key: what join tokens pin, and what signs seals of the audit log.
    pub identity: Identity,
    /// Telemetry stores, asked.
    pub telemetry: Telemetry,
    /// What this replica remembers of budgets.
    pub budgets: budget::Bases,
    /// Ways to tell people outside of the hub.
    pub notices: Notices,
    /// Keeps what stores ask for as a proof.
    pub sealer: Sealer,
    /// Reports of meters, read lately.
    pub series: series::Series,
    /// The public half of the hub's own key.
    pub identity_key: String,
    /// The certificates, signed.
    pub trust: TrustAnswer,
    /// Names the database.
    pub epoch: String,
    /// How people and clusters reach the hub.
    pub public_url: String,
    /// When this process started.
    pub started_at: Timestamp,
    /// How often each cluster is to report.
    pub status_every_seconds: u64,
    /// The hub is about to end: whoever is held is let go.
    pub ending: CancellationToken,
}

impl App {
    /// The interval of reports, as the database counts.
    pub fn every_seconds(&self) -> i64 {
        i64::try_from(self.status_every_seconds).unwrap_or(60)
    }
}
