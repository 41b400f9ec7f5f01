//! Real telemetry stores, on loopback or on a node, each with a small client for questions.

mod alertmanager;
mod loki;
mod mimir;
mod prometheus;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

pub use alertmanager::Alertmanager;
pub use loki::{LogLine, Loki};
pub use mimir::Mimir;
pub use prometheus::{Prometheus, PrometheusOptions, Sample};

use crate::forward::Forwarder;
use crate::lease::Lease;
use crate::node::{ADDRESS, NodeCluster};
use crate::ports;

/// Where a store runs.
#[derive(Clone)]
pub struct Site {
    lease: Arc<Lease>,
    forwarder: Option<Arc<Forwarder>>,
}

impl Site {
    /// On the host's loopback, with a lease that all stores of this site share.
    pub fn loopback() -> Result<Self> {
        Ok(Self { lease: Lease::new()?, forwarder: None })
    }

    /// On a node: pods reach it at the node's address, tests through a forwarded port.
    pub fn node(cluster: &NodeCluster) -> Self {
        Self { lease: cluster.processes().clone(), forwarder: Some(cluster.forwarder().clone()) }
    }

    /// The processes of this site.
    pub fn processes(&self) -> &Arc<Lease> {
        &self.lease
    }

    fn endpoint(&self, usual_port: u16) -> Result<Endpoint> {
        Ok(match &self.forwarder {
            None => {
                let address = SocketAddr::from(([127, 0, 0, 1], ports::free()?));
                Endpoint {
                    listen: address.to_string(),
                    outside: format!("http://{address}"),
                    inside: format!("http://{address}"),
                }
            }
            Some(forwarder) => {
                let target = format!("{ADDRESS}:{usual_port}");
                let outside = format!("http://{}", forwarder.to(&target)?);
                Endpoint { listen: format!("0.0.0.0:{usual_port}"), outside, inside: format!("http://{target}") }
            }
        })
    }

    async fn ready(&self, name: &str, url: &str) -> Result<()> {
        self.lease.ready(name, Duration::from_secs(60), async || get(url, &[]).await.map(drop)).await
    }
}

/// How a store is reached.
struct Endpoint {
    listen: String,
    outside: String,
    inside: String,
}

/// The text of a successful answer; an error says what the store said.
async fn get(url: &str, query: &[(&str, &str)]) -> Result<String> {
    let url = reqwest::Url::parse_with_params(url, query).with_context(|| format!("the URL {url}"))?;
    let answer = crate::http::client()?.get(url.clone()).send().await.with_context(|| format!("ask {url}"))?;
    let status = answer.status();
    let text = answer.text().await.with_context(|| format!("read the answer of {url}"))?;
    if status.is_success() { Ok(text) } else { bail!("{url}: {status}: {}", text.trim()) }
}

/// What Prometheus and Loki wrap in `{"status": "success", "data": …}`.
async fn get_data(url: &str, query: &[(&str, &str)]) -> Result<Value> {
    let text = get(url, query).await?;
    let mut answer: Value = serde_json::from_str(&text).with_context(|| format!("{url} said no JSON: {text}"))?;
    if answer["status"] != "success" {
        bail!("{url}: {answer}");
    }
    Ok(answer["data"].take())
}

fn write(path: &std::path::Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    std::fs::write(path, text).with_context(|| format!("write {}", path.display()))
}

/// Seconds since 1970.
fn now() -> f64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
