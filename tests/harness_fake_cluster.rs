//! The cluster with simulated nodes that tests lease: what is deployed becomes available, and nodes say that they are simulated.

use std::time::Duration;

use anyhow::{Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::{Cluster, FakeCluster, eventually};
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment};
use k8s_openapi::api::core::v1::Node;
use kube::Api;
use kube::api::PostParams;
use serde_json::json;

fn workload(kind: &str, replicas: Option<i32>) -> serde_json::Value {
    let labels = json!({ "app": kind.to_lowercase() });
    json!({
        "apiVersion": "apps/v1", "kind": kind,
        "metadata": { "name": kind.to_lowercase() },
        "spec": {
            "replicas": replicas,
            "selector": { "matchLabels": labels },
            "template": {
                "metadata": { "labels": labels },
                "spec": { "containers": [{ "name": "main", "image": "example.com/never-pulled:1" }] },
            },
        },
    })
}

#[tokio::test]
async fn deployments_and_daemon_sets_become_available() -> Result<()> {
    let cluster = FakeCluster::shared().await?;
    let client = cluster.client().await?;
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    let daemons: Api<DaemonSet> = Api::default_namespaced(client);
    let deployment = serde_json::from_value(workload("Deployment", Some(5)))?;
    deployments.create(&PostParams::default(), &deployment).await?;
    daemons.create(&PostParams::default(), &serde_json::from_value(workload("DaemonSet", None))?).await?;
    eventually(Duration::from_secs(60), "five replicas and a daemon on each of three nodes", async || {
        let replicas = deployments.get("deployment").await?.status.and_then(|status| status.available_replicas);
        let running = daemons.get("daemonset").await?.status.and_then(|status| status.number_available);
        check((replicas, running) == (Some(5), Some(3)), (replicas, running))
    })
    .await
}

#[tokio::test]
async fn nodes_have_places_and_say_that_they_are_simulated() -> Result<()> {
    let cluster = FakeCluster::shared().await?;
    let nodes = Api::<Node>::all(cluster.client().await?).list(&Default::default()).await?;
    ensure!(nodes.items.len() == 3, "{} nodes", nodes.items.len());
    for node in nodes {
        let labels = node.metadata.labels.unwrap_or_default();
        ensure!(labels["flagstaff.dev/simulated"] == "true", "{labels:?}");
        ensure!(labels["topology.kubernetes.io/region"] == "fake-1", "{labels:?}");
        ensure!(labels["topology.kubernetes.io/zone"].starts_with("fake-1"), "{labels:?}");
        let provider = node.spec.and_then(|spec| spec.provider_id).unwrap_or_default();
        ensure!(provider.starts_with("kwok://fake-1"), "{provider}");
    }
    Ok(())
}
