//! A real Mimir as one process: many tenants, and a ruler whose rules are written by its API.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Alertmanager, Endpoint, Site, write};
use crate::protocol::Part;
use crate::{ports, programs};

const NAME: &str = "mimir";

/// A running Mimir.
pub struct Mimir {
    site: Site,
    endpoint: Endpoint,
}

impl Mimir {
    /// With tenants, its files in the lease's folder, and rules evaluated each second.
    pub async fn start(site: &Site, alerts: &Alertmanager) -> Result<Self> {
        let endpoint = site.endpoint(9009)?;
        let folder = site.lease.folder().join(NAME);
        let (address, port) = endpoint.listen.rsplit_once(':').context("an address with a port")?;
        let port: u16 = port.parse().context("a port")?;
        let ring = json!({ "kvstore": { "store": "inmemory" }, "instance_addr": "127.0.0.1" });
        let mut ingesters = ring.clone();
        ingesters["replication_factor"] = json!(1);
        ingesters["final_sleep"] = json!("0s");
        ingesters["min_ready_duration"] = json!("0s");
        let config = json!({
            "multitenancy_enabled": true,
            "server": {
                "http_listen_address": address, "http_listen_port": port,
                "grpc_listen_address": "127.0.0.1", "grpc_listen_port": ports::free()?,
                "log_level": "warn",
            },
            "memberlist": { "bind_addr": ["127.0.0.1"], "bind_port": ports::free()? },
            "ingester": { "ring": ingesters },
            "distributor": { "ring": ring },
            "compactor": { "sharding_ring": ring, "data_dir": folder.join("compactor") },
            "store_gateway": { "sharding_ring": { "kvstore": { "store": "inmemory" }, "instance_addr": "127.0.0.1", "replication_factor": 1 } },
            "frontend": { "address": "127.0.0.1" },
            "query_scheduler": { "ring": ring },
            "blocks_storage": {
                "backend": "filesystem", "filesystem": { "dir": folder.join("blocks") },
                "tsdb": { "dir": folder.join("tsdb") }, "bucket_store": { "sync_dir": folder.join("sync") },
            },
            "ruler_storage": { "backend": "filesystem", "filesystem": { "dir": folder.join("rules") } },
            "ruler": {
                "ring": ring, "rule_path": folder.join("ruler"), "poll_interval": "2s", "evaluation_interval": "1s",
                "alertmanager_url": format!("http://{}", alerts.target()),
            },
            "alertmanager": { "sharding_ring": { "kvstore": { "store": "inmemory" }, "instance_addr": "127.0.0.1", "replication_factor": 1 }, "data_dir": folder.join("alertmanager") },
            "alertmanager_storage": { "backend": "filesystem", "filesystem": { "dir": folder.join("alerts") } },
            "activity_tracker": { "filepath": folder.join("activity.log") },
            "usage_stats": { "enabled": false },
        });
        let path = folder.join("mimir.yaml");
        write(&path, &serde_json::to_string_pretty(&config).context("write the configuration")?)?;
        let part =
            Part::new(NAME, programs::built(NAME, NAME)?).flag("config.file", path.display()).flag("target", "all");
        site.lease.start(part)?;
        site.ready(NAME, &format!("{}/ready", endpoint.outside)).await?;
        Ok(Self { site: site.clone(), endpoint })
    }

    /// Where senders write to.
    pub fn remote_write_url(&self) -> String {
        format!("{}/api/v1/push", self.endpoint.inside)
    }

    /// The ruler's configuration API, as a flag names it.
    pub fn rules_url(&self) -> String {
        format!("{}/prometheus/config/v1/rules", self.endpoint.inside)
    }

    /// SIGKILL.
    pub fn kill(&self) -> Result<()> {
        self.site.lease.kill(NAME)
    }

    /// The rule groups of a tenant by namespace, as they were written.
    pub async fn rules(&self, tenant: &str) -> Result<Value> {
        let answer = crate::http::client()?
            .get(self.rules_url())
            .header("X-Scope-OrgID", tenant)
            .send()
            .await
            .context("ask for the rules")?;
        if answer.status() == reqwest::StatusCode::NOT_FOUND {
            return Ok(json!({}));
        }
        let text = answer.error_for_status().context("the rules")?.text().await?;
        serde_yaml::from_str(&text).with_context(|| format!("read the rules: {text}"))
    }

    /// Deletes one group, as somebody else would.
    pub async fn delete_group(&self, tenant: &str, namespace: &str, group: &str) -> Result<()> {
        let url = format!("{}/{namespace}/{group}", self.rules_url());
        let request = crate::http::client()?.delete(url).header("X-Scope-OrgID", tenant);
        request.send().await.context("delete a group")?.error_for_status().context("delete a group")?;
        Ok(())
    }

    /// What a PromQL query finds for a tenant at this moment, as its API tells it.
    pub async fn query(&self, tenant: &str, query: &str) -> Result<Value> {
        let url = reqwest::Url::parse_with_params(
            &format!("{}/prometheus/api/v1/query", self.endpoint.outside),
            &[("query", query)],
        )?;
        let answer = crate::http::client()?.get(url).header("X-Scope-OrgID", tenant).send().await.context("ask")?;
        let text = answer.error_for_status().context("ask")?.text().await?;
        let mut answer: Value = serde_json::from_str(&text).with_context(|| format!("no JSON: {text}"))?;
        Ok(answer["data"]["result"].take())
    }
}
