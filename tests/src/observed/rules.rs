//! Carries the pack's rules from their ConfigMaps into Prometheus, as a rule-loading sidecar does in other clusters.

use std::collections::BTreeMap;

use crate::store::Prometheus;
use anyhow::{Context, Result};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Client;
use kube::api::{Api, ListParams};

/// Rule files that Prometheus has loaded.
#[derive(Debug, Default)]
pub struct Loaded(BTreeMap<String, String>);

impl Loaded {
    /// Loads what is new or has changed, and empties what is gone; says how many files are loaded.
    pub async fn follow(&mut self, client: &Client, prometheus: &Prometheus) -> Result<usize> {
        let maps: Api<ConfigMap> = Api::all(client.clone());
        let list =
            maps.list(&ListParams::default().labels("flagstaff.dev/rules=true")).await.context("list the rules")?;
        let wanted: BTreeMap<String, String> = list
            .items
            .into_iter()
            .flat_map(|map| map.data.unwrap_or_default())
            .map(|(file, text)| (file.replace(".yaml", ""), text))
            .collect();
        for (name, text) in &wanted {
            if self.0.get(name) != Some(text) {
                prometheus.load_rules(name, text).await.with_context(|| format!("load the rules {name}"))?;
            }
        }
        for name in self.0.keys().filter(|name| !wanted.contains_key(*name)) {
            prometheus.load_rules(name, "groups: []\n").await.with_context(|| format!("unload the rules {name}"))?;
        }
        self.0 = wanted;
        Ok(self.0.len())
    }
}
