//! The flag: applied with kubectl as a person would, and followed until it is healthy.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::cluster::kubectl;
use anyhow::{Context, Result, bail};
use flagstaff_crds::{ClusterObservability, ConditionStatus};
use k8s_openapi::jiff::Timestamp;
use kube::{Api, Client};

/// When each part of the way was reached, in seconds after the flag was applied.
#[derive(Debug, Clone, Default)]
pub struct Way {
    /// Every object was in the cluster.
    pub applied: f64,
    /// Every workload was ready and every agent ran the newest configuration.
    pub healthy: f64,
    /// Number of objects.
    pub objects: i64,
}

/// A flag that sends to these two.
pub fn text(prometheus: &str, loki: &str, more: &str) -> String {
    format!(
        "apiVersion: flagstaff.dev/v1alpha1
kind: ClusterObservability
metadata: {{name: cluster}}
spec:
  enabled: true
  cluster: {{name: demo, environment: demo}}
  rules: {{evaluated: true}}
  destinations:
  - {{name: metrics, signal: metrics, url: \"{prometheus}\"}}
  - {{name: logs, signal: logs, url: \"{loki}\"}}
{more}"
    )
}

/// Applies the flag and waits until it is ready.
pub async fn apply(client: &Client, kubeconfig: &Path, file: &Path) -> Result<(Timestamp, Way)> {
    let begun = Timestamp::now();
    let path = file.to_str().context("the flag's path")?;
    kubectl(kubeconfig, &["apply", "-f", path])?;
    let api: Api<ClusterObservability> = Api::all(client.clone());
    let limit = Instant::now() + Duration::from_secs(300);
    let mut last = String::new();
    while Instant::now() < limit {
        let flag = api.get("cluster").await.context("read the flag")?;
        let status = flag.status.unwrap_or_default();
        if let Some(ready) = status.conditions.iter().find(|condition| condition.type_ == "Ready") {
            last = format!("{}: {}", ready.reason, ready.message);
            if ready.status == ConditionStatus::True {
                let after = |name: &str| -> Result<f64> {
                    let reached: Timestamp = status
                        .reached
                        .get(name)
                        .with_context(|| format!("the status has no time for `{name}`"))?
                        .parse()?;
                    Ok(reached.duration_since(begun).as_secs_f64())
                };
                let objects = status.objects.as_ref().map(|objects| objects.applied).unwrap_or_default();
                return Ok((begun, Way { applied: after("applied")?, healthy: after("healthy")?, objects }));
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    bail!("the flag is not ready after 300 s: {last}")
}
