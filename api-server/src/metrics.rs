//! The hub's own numbers, all beginning with `flagstaff_hub_`.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::app::App;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Held {
    what: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfState {
    state: String,
}

/// Handles to the metrics.
pub struct Metrics {
    registry: Registry,
    calls: Family<Call, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    under_way: Gauge,
    held: Family<Held, Gauge>,
    clusters: Family<OfState, Gauge>,
    notices: Family<Outcome, Counter>,
    connections: Gauge,
    idle: Gauge,
    /// Reports that were taken.
    pub reports: Counter,
    /// Reports of meters that were taken.
    pub series_reports: Counter,
    /// Entries of the audit log that this replica sealed.
    pub sealed: Counter,
    /// Requests refused because there was no place.
    pub overloaded: Counter,
    /// Whether this replica leads the workers.
    pub leads: Gauge,
    /// How long the last look over silent clusters took.
    pub assessed_seconds: Gauge<f64, AtomicU64>,
}

/// Counts one up, and down again when it is dropped.
pub struct Counted(Gauge);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("flagstaff_hub");
        let this = Self {
            calls: Family::default(),
            durations: Family::new_with_constructor(|| {
                Histogram::new([0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0])
            }),
            under_way: Gauge::default(),
            held: Family::default(),
            clusters: Family::default(),
            notices: Family::default(),
            connections: Gauge::default(),
            idle: Gauge::default(),
            reports: Counter::default(),
            series_reports: Counter::default(),
            sealed: Counter::default(),
            overloaded: Counter::default(),
            leads: Gauge::default(),
            assessed_seconds: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register("build", "The program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        registry.register("http_requests", "Calls that were answered", this.calls.clone());
        registry.register("http_request_duration_seconds", "How long they took", this.durations.clone());
        registry.register("http_requests_under_way", "Calls that are worked on", this.under_way.clone());
        registry.register("held", "Questions and streams that are held", this.held.clone());
        registry.register("clusters", "Clusters by state", this.clusters.clone());
        registry.register("notices", "Tries to send a message, by how they went", this.notices.clone());
        registry.register("database_connections", "Connections to Postgres", this.connections.clone());
        registry.register("database_connections_idle", "Those of them without work", this.idle.clone());
        registry.register("reports", "Reports of clusters that were taken", this.reports.clone());
        registry.register("series_reports", "Reports of meters that were taken", this.series_reports.clone());
        registry.register("audit_sealed", "Entries of the audit log that were sealed", this.sealed.clone());
        registry.register("overloaded", "Requests refused because there was no place", this.overloaded.clone());
        registry.register("leads", "Whether this replica leads the workers", this.leads.clone());
        registry.register(
            "assessed_seconds",
            "How long the last look over silent clusters took",
            this.assessed_seconds.clone(),
        );
        Self { registry, ..this }
    }

    /// A call begins.
    pub fn begin(&self) -> Counted {
        self.under_way.inc();
        Counted(self.under_way.clone())
    }

    /// A call has ended.
    pub fn call(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let method = match *method {
            Method::GET | Method::POST | Method::PUT | Method::DELETE | Method::HEAD => method.as_str(),
            _ => "other",
        };
        self.calls
            .get_or_create(&Call { method: method.to_owned(), route: route.to_owned(), status: status.as_u16() })
            .inc();
        self.durations.get_or_create(&Route { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    /// A question or stream is held.
    pub fn hold(&self, what: &str) -> Counted {
        let gauge = self.held.get_or_create(&Held { what: what.to_owned() }).clone();
        gauge.inc();
        Counted(gauge)
    }

    /// How many clusters there are of each state; states that are not named have none.
    pub fn clusters(&self, counts: &[(String, i64)]) {
        for state in flagstaff_model::ClusterState::ALL {
            let count = counts.iter().find(|(word, _)| word == state.as_str()).map_or(0, |(_, count)| *count);
            self.clusters.get_or_create(&OfState { state: state.as_str().to_owned() }).set(count);
        }
    }

    /// A message was tried; `delivered`, or the code of the failure.
    pub fn notice(&self, outcome: &str) {
        self.notices.get_or_create(&Outcome { outcome: outcome.to_owned() }).inc();
    }

    /// All of them as text.
    pub fn text(&self, app: &App) -> Result<String, std::fmt::Error> {
        self.connections.set(i64::from(app.pool.size()));
        self.idle.set(i64::try_from(app.pool.num_idle()).unwrap_or(i64::MAX));
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
