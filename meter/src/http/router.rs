//! The whole URL map.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use flagstaff_remote_write::Limits;
use tokio_util::sync::CancellationToken;

use super::door::{self, Door};
use super::problem::Refused;
use super::{budgets, health, hours, numbers, write};
use crate::error::Error;
use crate::forward::Forward;
use crate::gate::Gate;
use crate::hours::Hours;
use crate::metrics::Metrics;
use crate::receive::Receiver;
use crate::report::{self, Summary};
use crate::settings::Mode;

/// What requests are answered from.
pub struct App {
    /// Counts.
    pub receiver: Arc<Receiver>,
    /// Reports of clock hours.
    pub hours: Arc<Hours>,
    /// Passes on.
    pub forward: Arc<Forward>,
    /// Bytes under way.
    pub gate: Gate,
    /// Own numbers.
    pub metrics: Arc<Metrics>,
    /// Where the meter stands.
    pub mode: Mode,
    /// Who may send and ask.
    pub door: Door,
    /// Largest body, packed.
    pub max_body_bytes: usize,
    /// Bounds of what a body may hold.
    pub limits: Limits,
    /// Cancelled when the meter ends.
    pub ending: CancellationToken,
}

impl App {
    /// Everything in one look.
    pub fn summary(&self) -> Summary {
        let missed = self.metrics.all_missed();
        report::summary(&mut self.receiver.lock(), self.mode.name(), missed, self.receiver.now())
    }
}

/// Everything that the meter answers to.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/api/v1/write", post(write::write))
        .route("/api/v1/write/{destination}", post(write::write_to))
        .route("/api/v1/summary", get(numbers::summary))
        .route("/api/v1/top", get(numbers::top))
        .route("/api/v1/metrics/{name}", get(numbers::metric))
        .route("/api/v1/budgets", get(budgets::budgets))
        .route("/api/v1/hours", get(hours::list))
        .route("/api/v1/hours/{hour}", get(hours::hour))
        .route_layer(from_fn_with_state(app.clone(), door::known))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .fallback(async || Refused(Error::NotFound))
        // Bodies have bounds of their own, which are told apart.
        .layer(DefaultBodyLimit::disable())
        .with_state(app)
}
