//! What stands behind a program that passes on, in the place of a store: it reads each body, keeps nothing, and answers 204.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use futures::StreamExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Dropping it ends it.
pub struct Sink {
    url: String,
    bytes: Arc<AtomicU64>,
    serving: JoinHandle<()>,
}

impl Sink {
    /// On an address of its own.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("listen")?;
        let url = format!("http://{}/api/v1/write", listener.local_addr().context("an address")?);
        let bytes = Arc::new(AtomicU64::new(0));
        let router = Router::new().fallback(take).with_state(bytes.clone());
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                eprintln!("the program that takes samples ended: {error}");
            }
        });
        Ok(Self { url, bytes, serving })
    }

    /// Where to write to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Bytes of all bodies so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(State(bytes): State<Arc<AtomicU64>>, body: Body) -> StatusCode {
    let mut parts = body.into_data_stream();
    while let Some(part) = parts.next().await {
        match part {
            Ok(part) => bytes.fetch_add(part.len() as u64, Ordering::Relaxed),
            Err(_) => return StatusCode::BAD_REQUEST,
        };
    }
    StatusCode::NO_CONTENT
}
