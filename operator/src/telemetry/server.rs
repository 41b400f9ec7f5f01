//! Serves `/healthz`, `/readyz` and `/metrics`.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::time::{Duration, timeout};
use tokio_util::sync::CancellationToken;

use super::{Progress, Readiness};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// How long open requests may take to end after a stop.
const DRAIN: Duration = Duration::from_secs(2);

/// Why nothing is served.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What went wrong.
        source: std::io::Error,
    },
    /// Serving ended.
    #[error("serving on {address} ended: {source}")]
    Serve {
        /// The address.
        address: SocketAddr,
        /// What went wrong.
        source: std::io::Error,
    },
}

impl ServeError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Listen { .. } => "operator.listen_failed",
            Self::Serve { .. } => "operator.serve_failed",
        }
    }

    /// What a person can do about it.
    pub fn fix(&self) -> &'static str {
        match self {
            Self::Listen { .. } => "Give another address by --listen, or stop what uses this one.",
            Self::Serve { .. } => "Start the process again.",
        }
    }
}

/// What is told of the process over HTTP.
#[derive(Clone)]
pub struct Telemetry {
    /// For `/healthz`.
    pub progress: Progress,
    /// For `/readyz`.
    pub readiness: Readiness,
    /// For `/metrics`.
    pub registry: Arc<Registry>,
}

impl Telemetry {
    /// The three routes; more may be merged into it.
    pub fn router(self) -> Router {
        Router::new()
            .route("/healthz", get(healthz))
            .route("/readyz", get(readyz))
            .route("/metrics", get(metrics))
            .with_state(self)
    }
}

/// Listens; apart from serving, so that an address in use is known before any work is begun.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })
}

/// Serves until `stop`; open requests then have two seconds.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> Result<(), ServeError> {
    let address = listener.local_addr().unwrap_or_else(|_| SocketAddr::from(([0, 0, 0, 0], 0)));
    let draining = stop.clone();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await });
    tokio::select! {
        served = serving => served.map_err(|source| ServeError::Serve { address, source }),
        () = async { draining.cancelled().await; tokio::time::sleep(DRAIN).await } => Ok(()),
    }
}

/// The registry as OpenMetrics text.
pub fn encode(registry: &Registry) -> String {
    let mut text = String::new();
    // Writing into a String does not fail; a collector that failed leaves what was written before it.
    if let Err(error) = text::encode(&mut text, registry) {
        tracing::error!("metrics could not be written whole: {error}");
    }
    text
}

async fn healthz(State(telemetry): State<Telemetry>) -> Response {
    told(telemetry.progress.check(), StatusCode::INTERNAL_SERVER_ERROR)
}

async fn readyz(State(telemetry): State<Telemetry>) -> Response {
    told(telemetry.readiness.check(), StatusCode::SERVICE_UNAVAILABLE)
}

async fn metrics(State(telemetry): State<Telemetry>) -> Response {
    let registry = telemetry.registry.clone();
    // Reading /proc blocks.
    match timeout(Duration::from_secs(5), tokio::task::spawn_blocking(move || encode(&registry))).await {
        Ok(Ok(text)) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the metrics were not written in time\n").into_response(),
    }
}

fn told(checked: Result<(), String>, otherwise: StatusCode) -> Response {
    match checked {
        Ok(()) => (StatusCode::OK, "ok\n").into_response(),
        Err(sentence) => (otherwise, sentence + "\n").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::Metrics;

    #[tokio::test]
    async fn the_three_routes_tell_the_truth() {
        let mut registry = Registry::default();
        Metrics::register(&mut registry).leads(true);
        let telemetry = Telemetry {
            progress: Progress::new(Duration::ZERO),
            readiness: Readiness::waiting("The caches are not filled yet."),
            registry: Arc::new(registry),
        };
        let stop = CancellationToken::new();
        let listener = listen(([127, 0, 0, 1], 0).into()).await.expect("a free port");
        let at = listener.local_addr().expect("an address");
        let served = tokio::spawn(serve(listener, telemetry.clone().router(), stop.clone()));
        let ask = |path: &'static str| async move {
            let answer = reqwest::get(format!("http://{at}{path}")).await.expect("an answer");
            (answer.status().as_u16(), answer.text().await.expect("a body"))
        };
        assert_eq!(ask("/healthz").await, (200, "ok\n".to_owned()));
        assert_eq!(ask("/readyz").await, (503, "The caches are not filled yet.\n".to_owned()));
        telemetry.readiness.ready();
        assert_eq!(ask("/readyz").await, (200, "ok\n".to_owned()));
        let work = telemetry.progress.begin();
        tokio::time::sleep(Duration::from_millis(5)).await;
        let (status, sentence) = ask("/healthz").await;
        assert_eq!(status, 500);
        assert!(sentence.contains("makes no progress"), "{sentence}");
        drop(work);
        assert_eq!(ask("/healthz").await.0, 200);
        let (status, text) = ask("/metrics").await;
        assert_eq!(status, 200);
        assert!(text.ends_with("# EOF\n") && text.contains("flagstaff_operator_leader 1"), "{text}");
        assert_eq!(ask("/elsewhere").await.0, 404);
        stop.cancel();
        timeout(Duration::from_secs(5), served).await.expect("stops").expect("no panic").expect("no error");
    }

    #[tokio::test]
    async fn an_address_in_use_is_named() {
        let listener = listen(([127, 0, 0, 1], 0).into()).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let error = listen(address).await.expect_err("in use");
        assert_eq!(error.code(), "operator.listen_failed");
        assert!(error.to_string().contains(&address.to_string()), "{error}");
    }
}
