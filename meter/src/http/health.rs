//! Whether the meter lives, whether it can work, and its own numbers.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::router::App;

fn text(status: StatusCode, kind: &'static str, text: String) -> Response {
    (status, [(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store")], text).into_response()
}

const PLAIN: &str = "text/plain; charset=utf-8";

/// The process lives.
pub(super) async fn healthz() -> Response {
    text(StatusCode::OK, PLAIN, "ok\n".into())
}

/// It can work: it listens only after it has read what was saved.
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Response {
    if app.ending.is_cancelled() {
        return text(StatusCode::SERVICE_UNAVAILABLE, PLAIN, "ending\n".into());
    }
    text(StatusCode::OK, PLAIN, "ready\n".into())
}

/// Its own numbers.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response {
    let summary = app.summary();
    match app.metrics.text(&summary, app.gate.in_flight()) {
        Ok(found) => text(StatusCode::OK, "application/openmetrics-text; version=1.0.0; charset=utf-8", found),
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, format!("{error}\n")),
    }
}
