//! Beside somebody else's node-exporter and kube-state-metrics: theirs are used and untouched, ours are not installed a second time.

use anyhow::{Context, Result, ensure};
use flagstaff_crds::ConditionStatus;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{NAMESPACE, SOON, ready_spec, ready_spec_with};
use flagstaff_tests::{Flag, Turn, eventually};
use serde_json::{Value, json};

fn node_exporter() -> Value {
    let labels = json!({"app.kubernetes.io/name": "prometheus-node-exporter"});
    json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "their-node-exporter", "namespace": "monitoring", "labels": labels},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {"hostNetwork": true, "containers": [{
            "name": "node-exporter", "image": "quay.io/prometheus/node-exporter:v1.9.1",
            "ports": [{"name": "metrics", "containerPort": 9100, "hostPort": 9100}],
        }]}}},
    })
}

fn kube_state_metrics() -> Value {
    let labels = json!({"app.kubernetes.io/name": "kube-state-metrics"});
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "their-kube-state-metrics", "namespace": "monitoring", "labels": labels},
        "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {"containers": [{
            "name": "main", "image": "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.15.0",
            "ports": [{"name": "http-metrics", "containerPort": 8081}],
        }]}}},
    })
}

/// The spec and the labels of theirs, which nobody else may write.
async fn theirs(flag: &Flag) -> Result<Vec<(Option<i64>, Option<String>)>> {
    let mut state = vec![];
    for object in [node_exporter(), kube_state_metrics()] {
        let (api, name) = flag.api_of(&object).await?;
        let found = api.get(&name).await?;
        let managers = found.metadata.managed_fields.unwrap_or_default();
        ensure!(!managers.iter().any(|entry| entry.manager.as_deref() == Some("flagstaff")), "{managers:?}");
        state.push((found.metadata.generation, found.metadata.uid));
    }
    Ok(state)
}

async fn workloads_of_ours(flag: &Flag) -> Result<Vec<String>> {
    let status = flag.get().await?.status.context("a status")?;
    Ok(status.workloads.into_iter().map(|workload| workload.name).collect())
}

#[tokio::test]
async fn theirs_are_used_and_left_alone() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    flag.create_namespace("monitoring").await?;
    for object in [node_exporter(), kube_state_metrics()] {
        flag.apply(object.clone()).await?;
        let (api, name) = flag.api_of(&object).await?;
        eventually(SOON, format!("{name} runs"), async || {
            let status = api.get(&name).await?.data["status"].clone();
            check(status["numberReady"] == 3 || status["availableReplicas"] == 1, &status)
        })
        .await?;
    }
    let before = theirs(flag).await?;
    let _operator = turn.operator().await?;
    let checked = beside(flag, &before).await;
    for object in [node_exporter(), kube_state_metrics()] {
        let (api, name) = flag.api_of(&object).await?;
        api.delete(&name, &Default::default()).await?;
    }
    checked
}

async fn beside(flag: &Flag, before: &[(Option<i64>, Option<String>)]) -> Result<()> {
    flag.raise(ready_spec()).await?;
    flag.wait_until_ready().await?;
    let said = flag.wait_for("BesideForeign", "BesideForeign").await?;
    assert_eq!(said.status, ConditionStatus::True);
    for words in [
        "DaemonSet monitoring/their-node-exporter",
        "port 9100",
        "Deployment monitoring/their-kube-state-metrics",
        "port 8081",
    ] {
        ensure!(said.message.contains(words), "no `{words}` in: {}", said.message);
    }
    assert_eq!(workloads_of_ours(flag).await?.len(), 2, "the two agents only");
    let named: Vec<String> = flag
        .labelled()
        .await?
        .iter()
        .map(flagstaff_tests::flag::name_of)
        .filter(|name| name.contains("exporter") || name.contains("state-metrics"))
        .collect();
    ensure!(named.is_empty(), "{named:?}");
    let agent = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "flagstaff-agent-cluster", "namespace": NAMESPACE}});
    let (maps, name) = flag.api_of(&agent).await?;
    let text = maps.get(&name).await?.data["data"]["candidate.alloy"].to_string();
    ensure!(text.contains("kube_state_metrics") && text.contains("monitoring"), "theirs is scraped: {text}");
    assert_eq!(theirs(flag).await?, before);

    // Asked for, ours runs beside theirs, on a port that is free.
    flag.raise(ready_spec_with(json!({"components": {"nodeExporter": "on"}}))).await?;
    flag.wait_until_ready().await?;
    let ours = json!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "flagstaff-node-exporter", "namespace": NAMESPACE}});
    let (daemons, name) = flag.api_of(&ours).await?;
    let spec = daemons.get(&name).await?.data["spec"]["template"]["spec"].to_string();
    ensure!(spec.contains("19100") && !spec.contains(":9100"), "{spec}");
    let said = flag.wait_for("BesideForeign", "BesideForeign").await?;
    ensure!(said.message.contains("Ours is installed on port 19100"), "{}", said.message);
    assert_eq!(theirs(flag).await?, before);

    // Switched off, theirs are there still.
    flag.raise(json!({"enabled": false})).await?;
    flag.wait_for("Ready", "Disabled").await?;
    assert_eq!(theirs(flag).await?, before);
    Ok(())
}
