//! The network of each region as a real proxy (toxiproxy): between its clusters and the hub, and between them and the store. It can be cut.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::protocol::Part;
use flagstaff_tests::{Lease, ports, programs};
use serde_json::json;

/// Where a way leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// To the hub.
    Hub,
    /// To the store.
    Store,
}

impl To {
    fn as_str(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::Store => "store",
        }
    }
}

/// All ways. Dropping it ends them.
pub struct Network {
    api: String,
    _lease: Arc<Lease>,
}

impl Network {
    /// Starts the proxy, without any way.
    pub async fn start() -> Result<Self> {
        let lease = Lease::new()?;
        let port = ports::free()?;
        let part = Part::new("toxiproxy", programs::built("toxiproxy", "toxiproxy")?)
            .arg("-host")
            .arg("127.0.0.1")
            .arg("-port")
            .arg(port.to_string());
        lease.start(part)?;
        let api = format!("http://127.0.0.1:{port}");
        let version = format!("{api}/version");
        lease
            .ready("toxiproxy", Duration::from_secs(30), async || {
                let answer = client()?.get(&version).send().await?;
                ensure!(answer.status().is_success(), "{}", answer.status());
                Ok(())
            })
            .await?;
        Ok(Self { api, _lease: lease })
    }

    /// Where it is told what to do.
    pub fn api(&self) -> &str {
        &self.api
    }

    /// Opens a way of a region to `upstream` (host:port); says where it begins.
    pub async fn open(&self, region: &str, to: To, upstream: &str) -> Result<String> {
        let listen = format!("127.0.0.1:{}", ports::free()?);
        let way = json!({"name": name(region, to), "listen": listen, "upstream": upstream, "enabled": true});
        post(&format!("{}/proxies", self.api), &way).await?;
        Ok(listen)
    }
}

/// Cuts a way, or mends it.
pub async fn set(api: &str, region: &str, to: To, whole: bool) -> Result<()> {
    post(&format!("{api}/proxies/{}", name(region, to)), &json!({"enabled": whole})).await
}

fn name(region: &str, to: To) -> String {
    format!("{region}-{}", to.as_str())
}

fn client() -> Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().context("make a client")
}

async fn post(url: &str, body: &serde_json::Value) -> Result<()> {
    let answer = client()?.post(url).json(body).send().await.with_context(|| format!("tell {url}"))?;
    let status = answer.status();
    ensure!(status.is_success(), "{url} answers {status}: {}", answer.text().await.unwrap_or_default());
    Ok(())
}
