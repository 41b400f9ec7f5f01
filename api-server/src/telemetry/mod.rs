//! Asking telemetry stores: read only, of bounded time and size, and confined to one cluster.

mod address;
mod answer;
mod client;
mod confine;
mod fault;
mod logql;
mod reader;

pub(crate) use address::Refused as RefusedAddress;
pub use address::{Addresses, check_url};
pub use answer::{Answer, LogStream, Series};
pub use client::{Connection, Question, Range, Telemetry};
pub(crate) use confine::all_series;
pub use confine::{CLUSTER, confine};
pub use fault::{Fault, TelemetryFault};

/// What a store speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoreKind {
    /// PromQL: Prometheus, Mimir, Thanos, VictoriaMetrics.
    Prometheus,
    /// LogQL: Loki.
    Loki,
}

impl StoreKind {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prometheus => "prometheus",
            Self::Loki => "loki",
        }
    }

    /// The kind of that word; the database holds no other.
    pub fn parse(word: &str) -> Self {
        if word == "loki" { Self::Loki } else { Self::Prometheus }
    }
}
