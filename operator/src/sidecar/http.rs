//! What the sidecar serves: the report for the operator, and its own health.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use prometheus_client::registry::Registry;
use tokio::sync::watch;

use super::status::Status;
use crate::telemetry::{Progress, encode};

/// What is served from.
#[derive(Clone)]
pub struct Served {
    /// The report.
    pub status: watch::Receiver<Status>,
    /// Whether the sidecar itself gets on.
    pub progress: Progress,
    /// Its metrics.
    pub registry: Arc<Registry>,
}

/// The four routes.
pub fn router(served: Served) -> Router {
    Router::new()
        .route("/status", get(status))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(served)
}

async fn status(State(served): State<Served>) -> Json<Status> {
    Json(served.status.borrow().clone())
}

async fn healthz(State(served): State<Served>) -> (StatusCode, String) {
    match served.progress.check() {
        Ok(()) => (StatusCode::OK, "ok\n".to_owned()),
        Err(sentence) => (StatusCode::INTERNAL_SERVER_ERROR, sentence + "\n"),
    }
}

/// Ready is an agent that runs some configuration: a refusal is reported, and takes no pod out of service.
async fn readyz(State(served): State<Served>) -> (StatusCode, String) {
    let status = served.status.borrow();
    if status.agent_ready {
        return (StatusCode::OK, "ok\n".to_owned());
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("The agent runs no configuration yet. {}\n", status.message))
}

async fn metrics(State(served): State<Served>) -> ([(&'static str, &'static str); 1], String) {
    let content_type = ("content-type", "application/openmetrics-text; version=1.0.0; charset=utf-8");
    ([content_type], encode(&served.registry))
}
