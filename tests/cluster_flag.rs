//! The flag from end to end on a real API server with simulated nodes: on, off, again, and what it says meanwhile.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use flagstaff_crds::ConditionStatus;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{NAMESPACE, SOON, name_of, ready_spec, ready_spec_with};
use flagstaff_tests::{Cluster, Turn, eventually};
use serde_json::json;

/// What a person made in our namespace: never ours.
fn foreign_config_map(name: &str) -> serde_json::Value {
    json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": NAMESPACE}, "data": {"whose": "somebody else's"},
    })
}

#[tokio::test]
async fn the_flag_installs_and_says_so() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    let _operator = turn.operator().await?;
    flag.raise(ready_spec()).await?;
    flag.wait_until_ready().await?;

    let conditions = flag.conditions().await?;
    let is = |type_: &str| conditions.get(type_).map(|condition| (condition.status, condition.reason.as_str()));
    // kstatus: nothing under way, nothing stuck.
    assert_eq!(is("Reconciling"), Some((ConditionStatus::False, "Settled")));
    assert_eq!(is("Stalled"), Some((ConditionStatus::False, "Settled")));
    assert_eq!(is("DestinationsUsable"), Some((ConditionStatus::True, "DestinationsUsable")));
    // Nobody can ask an agent on a simulated node.
    assert_eq!(is("ConfigurationAccepted"), Some((ConditionStatus::Unknown, "ConfigurationPending")));
    assert_eq!(is("Contested"), Some((ConditionStatus::False, "Settled")));
    assert_eq!(is("UpdateAvailable"), Some((ConditionStatus::False, "UpToDate")));
    assert_eq!(is("RulesEvaluated").map(|(_, reason)| reason), Some("NoEvaluator"));

    let status = flag.get().await?.status.context("a status")?;
    let cluster = status.cluster.context("who the cluster is")?;
    assert_eq!((cluster.region.as_str(), cluster.nodes), ("fake-1", 3));
    ensure!(cluster.version.contains("1.36"), "{}", cluster.version);
    let members = flag.members().await?;
    assert_eq!(status.objects.context("objects")?.applied, i64::try_from(members.len())?);
    let workloads: BTreeSet<&str> = status.workloads.iter().map(|workload| workload.name.as_str()).collect();
    let expected = [
        "DaemonSet/flagstaff-agent-node",
        "DaemonSet/flagstaff-node-exporter",
        "Deployment/flagstaff-kube-state-metrics",
        "StatefulSet/flagstaff-agent-cluster",
    ];
    assert_eq!(workloads, BTreeSet::from(expected));
    for workload in &status.workloads {
        ensure!(
            workload.message.is_empty() && workload.ready == workload.desired && workload.desired > 0,
            "{workload:?}"
        );
    }
    for member in &members {
        let owners = member.metadata.owner_references.clone().unwrap_or_default();
        ensure!(owners.len() == 1 && owners[0].kind == "ClusterObservability", "{}: {owners:?}", name_of(member));
        ensure!(member.metadata.finalizers.is_none(), "{} has a finalizer", name_of(member));
    }

    let columns = turn.cluster.kubectl(&["get", "flag"])?;
    let (head, row) = columns.split_once('\n').context("two lines")?;
    assert_eq!(
        head.split_whitespace().collect::<Vec<_>>(),
        ["NAME", "ENABLED", "READY", "REASON", "TEMPLATE", "OBJECTS", "AGE"]
    );
    let row: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(row[..6], ["cluster", "true", "True", "Healthy", "1.0.0", &members.len().to_string()]);
    let wide = turn.cluster.kubectl(&["get", "flag", "-o", "wide"])?;
    ensure!(wide.contains("4 of 4 workloads ready"), "{wide}");
    turn.cluster.kubectl(&["wait", "--for=condition=Ready", "--timeout=10s", "flag/cluster"])?;
    Ok(())
}

#[tokio::test]
async fn disabled_it_removes_what_is_ours_and_nothing_else() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    let operator = turn.operator().await?;
    let theirs = flag.apply(foreign_config_map("theirs")).await?;
    flag.raise(ready_spec()).await?;
    flag.wait_until_ready().await?;
    let first = flag.canonical().await?;
    let kinds = annotation(flag, "contains-group-kinds").await?;
    ensure!(kinds.contains("DaemonSet.apps") && kinds.contains("ClusterRole.rbac.authorization.k8s.io"), "{kinds}");

    flag.raise(json!({"enabled": false})).await?;
    let off = flag.wait_for("Ready", "Disabled").await?;
    assert_eq!(off.status, ConditionStatus::False);
    flag.wait_until_gone().await?;
    assert_eq!(annotation(flag, "contains-group-kinds").await?, "", "there is nowhere to look any more");
    let (api, name) = flag.api_of(&foreign_config_map("theirs")).await?;
    assert_eq!(api.get(&name).await?.metadata.resource_version, theirs.metadata.resource_version, "untouched");
    let status = flag.get().await?.status.context("a status")?;
    ensure!(status.workloads.is_empty() && status.template.is_none(), "{status:?}");

    flag.raise(ready_spec()).await?;
    flag.wait_until_ready().await?;
    assert_eq!(flag.canonical().await?, first, "the second time is as the first");
    ensure!(operator.exited().is_none());
    api.delete(&name, &Default::default()).await?;
    Ok(())
}

async fn annotation(flag: &flagstaff_tests::Flag, name: &str) -> Result<String> {
    let annotations = flag.get().await?.metadata.annotations.unwrap_or_default();
    annotations.get(&format!("applyset.kubernetes.io/{name}")).cloned().with_context(|| format!("{annotations:?}"))
}

#[tokio::test]
async fn deleted_with_or_without_the_operator_nothing_is_left() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    for running in [true, false] {
        let operator = turn.operator().await?;
        flag.raise(ready_spec()).await?;
        flag.wait_until_ready().await?;
        if !running {
            operator.kill()?;
        }
        flag.api().delete("cluster", &Default::default()).await?;
        eventually(SOON, "the flag is gone: nothing holds it", async || {
            check(flag.api().get_opt("cluster").await?.is_none(), "it is there")
        })
        .await?;
        flag.wait_until_gone()
            .await
            .with_context(|| format!("with the operator {}", if running { "running" } else { "gone" }))?;
        if running {
            ensure!(operator.exited().is_none(), "{:?}", operator.exited());
        }
    }
    Ok(())
}

#[tokio::test]
async fn suspended_it_leaves_what_runs() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    let _operator = turn.operator_with(&["--resync-seconds=2"]).await?;
    flag.raise(ready_spec()).await?;
    flag.wait_until_ready().await?;
    let before = flag.members().await?.len();

    // Even switched off: suspended is suspended.
    flag.raise(json!({"enabled": false, "suspend": true})).await?;
    let suspended = flag.wait_for("Ready", "Suspended").await?;
    ensure!(suspended.message.contains("spec.suspend"), "{}", suspended.message);
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "flagstaff-dashboard-node", "namespace": NAMESPACE}});
    let (api, name) = flag.api_of(&map).await?;
    api.delete(&name, &Default::default()).await?;
    // Two looks without any change are enough for an operator that would correct it.
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    ensure!(api.get_opt(&name).await?.is_none(), "a suspended flag corrects nothing");
    assert_eq!(flag.members().await?.len(), before - 1);

    flag.raise(ready_spec()).await?;
    flag.wait_until_ready().await?;
    assert_eq!(flag.members().await?.len(), before);
    Ok(())
}

#[tokio::test]
async fn without_a_destination_everything_is_installed_and_the_fix_is_said() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    let _operator = turn.operator().await?;
    flag.raise(json!({"enabled": true})).await?;
    let ready = flag.wait_for("Ready", "NoDestination").await?;
    assert_eq!(ready.status, ConditionStatus::False);
    ensure!(
        ready.message.contains("spec.destinations") && ready.message.contains("/api/v1/write"),
        "{}",
        ready.message
    );
    let status = flag.get().await?.status.context("a status")?;
    assert_eq!(status.objects.context("objects")?.ready, 4, "all workloads run");
    flag.raise(ready_spec_with(json!({"rules": {"evaluated": true}}))).await?;
    flag.wait_until_ready().await?;
    let evaluated = flag.wait_for("RulesEvaluated", "EvaluatorFound").await?;
    assert_eq!(evaluated.status, ConditionStatus::True);
    Ok(())
}
