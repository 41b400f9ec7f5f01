//! In the place of the kubelets that simulated nodes lack: what a cluster's ConfigMap says of budgets is put where its meter reads it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use flagstaff_tests::meter::put_budgets;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Client;
use kube::api::Api;
use tokio::task::JoinHandle;

const CONFIG_MAP: &str = "flagstaff-meter-budgets";
const KEY: &str = "budgets.yaml";
/// A real one takes up to a minute.
const EVERY: Duration = Duration::from_secs(2);

/// Dropping it ends it.
pub struct Kubelet {
    mounting: JoinHandle<()>,
}

impl Kubelet {
    /// Keeps the file as the cluster has it.
    pub fn mount(client: Client, file: PathBuf) -> Self {
        let mounting = tokio::spawn(async move {
            let maps: Api<ConfigMap> = Api::namespaced(client, "flagstaff");
            let mut mounted = String::new();
            loop {
                if let Err(error) = mount(&maps, &file, &mut mounted).await {
                    eprintln!("{}: {error:#}", file.display());
                }
                tokio::time::sleep(EVERY).await;
            }
        });
        Self { mounting }
    }
}

impl Drop for Kubelet {
    fn drop(&mut self) {
        self.mounting.abort();
    }
}

async fn mount(maps: &Api<ConfigMap>, file: &Path, mounted: &mut String) -> Result<()> {
    let found = maps.get_opt(CONFIG_MAP).await.context("ask for the ConfigMap")?;
    // Before the first pass there is none, and what was mounted stays where it is.
    let Some(text) = found.and_then(|map| map.data?.remove(KEY)).filter(|text| text != mounted) else { return Ok(()) };
    put_budgets(file, &text)?;
    *mounted = text;
    Ok(())
}
