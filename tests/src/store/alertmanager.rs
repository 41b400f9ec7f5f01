//! A real Alertmanager, which keeps alerts and may call a webhook.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Endpoint, Site, get, write};
use crate::programs;
use crate::protocol::Part;

const NAME: &str = "alertmanager";

/// A running Alertmanager.
pub struct Alertmanager {
    endpoint: Endpoint,
}

impl Alertmanager {
    /// One that only keeps alerts.
    pub async fn start(site: &Site) -> Result<Self> {
        Self::with_webhook(site, None).await
    }

    /// One that also sends each alert to a URL (seen from where it runs).
    pub async fn with_webhook(site: &Site, webhook: Option<&str>) -> Result<Self> {
        let endpoint = site.endpoint(9093)?;
        let folder = site.lease.folder().join(NAME);
        let hooks: Vec<_> = webhook.map(|url| json!({ "url": url, "send_resolved": true })).into_iter().collect();
        let config = json!({
            "route": { "receiver": "test", "group_wait": "0s", "group_interval": "1s", "repeat_interval": "1h" },
            "receivers": [{ "name": "test", "webhook_configs": hooks }],
        });
        let path = folder.join("alertmanager.yaml");
        write(&path, &serde_json::to_string_pretty(&config).context("write the configuration")?)?;
        let part = Part::new(NAME, programs::built(NAME, NAME)?)
            .flag("config.file", path.display())
            .flag("storage.path", folder.join("data").display())
            .flag("web.listen-address", &endpoint.listen)
            // No gossip.
            .flag("cluster.listen-address", "")
            .flag("log.level", "warn");
        site.lease.start(part)?;
        site.ready(NAME, &format!("{}/-/ready", endpoint.outside)).await?;
        Ok(Self { endpoint })
    }

    /// Its URL for tests.
    pub fn url(&self) -> &str {
        &self.endpoint.outside
    }

    /// Its URL for pods of the node, and for what runs beside it.
    pub fn url_inside(&self) -> &str {
        &self.endpoint.inside
    }

    pub(super) fn target(&self) -> String {
        self.endpoint.inside.trim_start_matches("http://").to_owned()
    }

    /// The alerts that it has, as its API (v2) tells them.
    pub async fn alerts(&self) -> Result<Vec<Value>> {
        let text = get(&format!("{}/api/v2/alerts", self.url()), &[]).await?;
        serde_json::from_str(&text).with_context(|| format!("read alerts: {text}"))
    }
}
