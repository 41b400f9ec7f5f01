//! A scrape target whose series a test sets: what a real sender finds there is known.

use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::lease::lock;

/// A target that serves `/metrics` as long as it lives, within the runtime of the test.
pub struct Exporter {
    address: String,
    text: Arc<Mutex<String>>,
    task: tokio::task::JoinHandle<()>,
}

impl Exporter {
    /// One that serves this text.
    pub async fn start(text: String) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("listen for scrapes")?;
        let address = listener.local_addr().context("the target's address")?.to_string();
        let text = Arc::new(Mutex::new(text));
        let served = text.clone();
        let router = Router::new().route("/metrics", get(async move || lock(&served).clone()));
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                eprintln!("the scrape target ended: {error}");
            }
        });
        Ok(Self { address, text, task })
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// From the next scrape on it serves this.
    pub fn serve(&self, text: String) {
        *lock(&self.text) = text;
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        self.task.abort();
    }
}
