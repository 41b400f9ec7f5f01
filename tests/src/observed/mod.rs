//! A node that is observed whole: stores, the operator by Helm, the flag by kubectl. The demo and the tests use the same.

pub mod flag;
pub mod install;
pub mod rules;

use anyhow::Result;

use crate::cluster::Cluster;
use crate::images;
use crate::node::NodeCluster;
use crate::store::{Alertmanager, Loki, Prometheus, PrometheusOptions, Site};

/// Telemetry stores on a node.
pub struct Stores {
    /// Takes alerts.
    pub alertmanager: Alertmanager,
    /// Takes samples by remote write, evaluates rules.
    pub prometheus: Prometheus,
    /// Takes log lines and events.
    pub loki: Loki,
}

impl Stores {
    /// Starts all three on the node.
    pub async fn start(cluster: &NodeCluster) -> Result<Self> {
        let site = Site::node(cluster);
        let alertmanager = Alertmanager::start(&site).await?;
        let (prometheus, loki) = tokio::try_join!(
            Prometheus::with(&site, Some(&alertmanager), PrometheusOptions::default()),
            Loki::start(&site)
        )?;
        Ok(Self { alertmanager, prometheus, loki })
    }

    /// The text of a flag that sends to them; `more` is YAML of further fields of its spec, two spaces indented.
    pub fn flag(&self, more: &str) -> String {
        flag::text(&self.prometheus.remote_write_url(), &self.loki.push_url(), more)
    }
}

/// Loads the images of the agents and of the operator into a node.
pub async fn load_images(cluster: &NodeCluster) -> Result<()> {
    for image in [images::operator()?, images::alloy()?, images::kube_state_metrics()?, images::node_exporter()?] {
        cluster.load_image(&image).await?;
    }
    Ok(())
}

/// Puts the operator into the cluster with Helm.
pub fn install(cluster: &impl Cluster) -> Result<()> {
    install::install(cluster.kubeconfig())
}
