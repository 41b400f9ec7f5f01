//! Applied is not healthy: Ready waits for every workload, says which, and gives up waiting aloud.

use anyhow::{Context, Result, ensure};
use flagstaff_crds::ConditionStatus;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{SOON, ready_spec};
use flagstaff_tests::{Turn, eventually};
use k8s_openapi::api::core::v1::Node;
use kube::api::{Api, ListParams, Patch, PatchParams};
use serde_json::json;

async fn cordon(client: &kube::Client, cordoned: bool) -> Result<()> {
    let nodes: Api<Node> = Api::all(client.clone());
    for node in nodes.list(&ListParams::default()).await? {
        let name = node.metadata.name.unwrap_or_default();
        let patch = json!({"spec": {"unschedulable": cordoned}});
        nodes.patch(&name, &PatchParams::default(), &Patch::Merge(&patch)).await.context("cordon a node")?;
    }
    Ok(())
}

#[tokio::test]
async fn fault_08_ready_waits_for_every_workload() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    cordon(&turn.flag.client, true).await?;
    let result = waits(&turn).await;
    cordon(&turn.flag.client, false).await?;
    result
}

async fn waits(turn: &Turn<flagstaff_tests::FakeCluster>) -> Result<()> {
    let flag = &turn.flag;
    let operator = turn.operator_with(&["--health-seconds=20"]).await?;
    flag.raise(ready_spec()).await?;
    // DaemonSets run on cordoned nodes, Deployments do not.
    let waiting = eventually(SOON, "everything is applied and the DaemonSets run", async || {
        let status = flag.get().await?.status.context("a status")?;
        check(
            status.objects.as_ref().is_some_and(|objects| objects.applied > 30 && objects.ready >= 2),
            &status.objects,
        )?;
        check(status.reached.contains_key("applied"), &status.reached)?;
        anyhow::Ok(status)
    })
    .await?;
    ensure!(!waiting.reached.contains_key("healthy"), "{:?}", waiting.reached);
    let objects = waiting.objects.context("objects")?;
    ensure!(objects.ready < objects.workloads, "{objects:?}");
    let ready = flag.wait_for("Ready", "Waiting").await?;
    assert_eq!(ready.status, ConditionStatus::False);
    ensure!(
        // The Deployment's controller may not even have made its pod yet: "ready" or "of the newest version".
        ready.message.contains("Deployment/flagstaff-kube-state-metrics: 0 of 1 pods are "),
        "{}",
        ready.message
    );
    assert_eq!(flag.conditions().await?["Reconciling"].status, ConditionStatus::True);

    // After the wait it is said that a person has to look; it was never Ready.
    let late = flag.wait_for("Ready", "NotReady").await?;
    ensure!(late.message.contains("flagstaff-kube-state-metrics"), "{}", late.message);
    assert_eq!(late.last_transition_time, ready.last_transition_time, "Ready was False all the time");
    assert_eq!(flag.conditions().await?["Stalled"].status, ConditionStatus::True);

    cordon(&flag.client, false).await?;
    flag.wait_until_ready().await?;
    assert_eq!(flag.conditions().await?["Stalled"].status, ConditionStatus::False);
    ensure!(operator.exited().is_none());
    Ok(())
}
