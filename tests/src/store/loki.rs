//! A real Loki as one process with its files in the lease's folder.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Endpoint, Site, get_data, now, write};
use crate::protocol::Part;
use crate::{ports, programs};

const NAME: &str = "loki";

/// A running Loki.
pub struct Loki {
    site: Site,
    endpoint: Endpoint,
}

/// One line of one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The stream's labels.
    pub labels: BTreeMap<String, String>,
    /// Nanoseconds since 1970.
    pub time_nanoseconds: i64,
    /// The text.
    pub line: String,
}

impl Loki {
    /// With one tenant and no caches.
    pub async fn start(site: &Site) -> Result<Self> {
        let endpoint = site.endpoint(3100)?;
        let folder = site.lease.folder().join(NAME);
        let (address, port) = endpoint.listen.rsplit_once(':').context("an address with a port")?;
        let port: u16 = port.parse().context("a port")?;
        let grpc = if site.forwarder.is_some() { 9095 } else { ports::free()? };
        let config = json!({
            "auth_enabled": false,
            "server": {
                "http_listen_address": address, "http_listen_port": port,
                "grpc_listen_address": "127.0.0.1", "grpc_listen_port": grpc,
                "log_level": "warn",
            },
            "common": {
                "instance_addr": "127.0.0.1",
                "path_prefix": folder,
                "replication_factor": 1,
                "ring": { "kvstore": { "store": "inmemory" }, "instance_addr": "127.0.0.1" },
                "storage": { "filesystem": {
                    "chunks_directory": folder.join("chunks"), "rules_directory": folder.join("rules"),
                } },
            },
            "ingester": { "lifecycler": { "min_ready_duration": "0s", "final_sleep": "0s" } },
            "schema_config": { "configs": [{
                "from": "2020-10-24", "store": "tsdb", "object_store": "filesystem", "schema": "v13",
                "index": { "prefix": "index_", "period": "24h" },
            }] },
            "frontend": { "address": "127.0.0.1" },
            "limits_config": { "ingestion_rate_mb": 64, "ingestion_burst_size_mb": 128 },
            "analytics": { "reporting_enabled": false },
        });
        let path = folder.join("loki.yaml");
        write(&path, &serde_json::to_string_pretty(&config).context("write the configuration")?)?;
        let part =
            Part::new(NAME, programs::built(NAME, NAME)?).flag("config.file", path.display()).flag("target", "all");
        site.lease.start(part)?;
        site.ready(NAME, &format!("{}/ready", endpoint.outside)).await?;
        Ok(Self { site: site.clone(), endpoint })
    }

    /// Its URL for tests.
    pub fn url(&self) -> &str {
        &self.endpoint.outside
    }

    /// Its URL for pods of the node, and for what runs beside it.
    pub fn url_inside(&self) -> &str {
        &self.endpoint.inside
    }

    /// Where senders push to, seen from inside.
    pub fn push_url(&self) -> String {
        format!("{}/loki/api/v1/push", self.endpoint.inside)
    }

    /// SIGKILL.
    pub fn kill(&self) -> Result<()> {
        self.site.lease.kill(NAME)
    }

    /// Pushes one line, as an agent would.
    pub async fn push(&self, labels: &[(&str, &str)], line: &str) -> Result<()> {
        let labels: BTreeMap<_, _> = labels.iter().copied().collect();
        let time = format!("{:.0}", now() * 1e9);
        let body = json!({ "streams": [{ "stream": labels, "values": [[time, line]] }] });
        let url = format!("{}/loki/api/v1/push", self.url());
        let answer = crate::http::client()?.post(url).json(&body).send().await.context("push a line")?;
        if !answer.status().is_success() {
            bail!("Loki refused: {}", answer.text().await.unwrap_or_default().trim());
        }
        Ok(())
    }

    /// The lines that a LogQL query finds between `back` ago and now, at most 1,000.
    pub async fn lines(&self, query: &str, back: Duration) -> Result<Vec<LogLine>> {
        let (end, limit) = (now() + 1.0, "1000");
        let start = format!("{:.0}", (end - back.as_secs_f64()) * 1e9);
        let end = format!("{:.0}", end * 1e9);
        let query = [("query", query), ("start", &start), ("end", &end), ("limit", limit)];
        let mut data = get_data(&format!("{}/loki/api/v1/query_range", self.url()), &query).await?;
        let streams: Vec<Stream> = serde_json::from_value(data["result"].take()).context("read streams")?;
        let mut lines = Vec::new();
        for stream in streams {
            for (time, line) in stream.values {
                let time_nanoseconds = time.parse().with_context(|| format!("the time of a line: {time}"))?;
                lines.push(LogLine { labels: stream.stream.clone(), time_nanoseconds, line });
            }
        }
        Ok(lines)
    }

    /// A metric query of LogQL at this moment, as its API tells it.
    pub async fn query(&self, query: &str) -> Result<Value> {
        get_data(&format!("{}/loki/api/v1/query", self.url()), &[("query", query)]).await
    }
}

#[derive(Deserialize)]
struct Stream {
    stream: BTreeMap<String, String>,
    values: Vec<(String, String)>,
}
