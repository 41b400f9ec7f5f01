//! An API server that answers from the past after a restart: what was recreated or given away meanwhile is not deleted.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{NAMESPACE, SOON, name_of, ready_spec, ready_spec_with};
use flagstaff_tests::{ApiProxy, Cluster, Turn, eventually, turn};
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

fn named(api_version: &str, kind: &str, name: &str) -> Value {
    json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": NAMESPACE}})
}

#[tokio::test]
async fn fault_16_deletes_say_which_object_and_which_state_they_mean() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    let proxy = ApiProxy::start(turn.cluster.kubeconfig()).await?;
    let operator = turn::operator(proxy.kubeconfig(), &["--health-seconds=300"]).await?;
    flag.raise(ready_spec()).await?;
    flag.wait_for("Ready", "Waiting").await?;
    let (deployments, metrics) = flag.api_of(&named("apps/v1", "Deployment", "flagstaff-kube-state-metrics")).await?;
    let (maps, logs) = flag.api_of(&named("v1", "ConfigMap", "flagstaff-dashboard-logs")).await?;
    let old = (deployments.get(&metrics).await?.metadata, maps.get(&logs).await?.metadata);

    // While the operator is gone: one object is another of the same name now, one is given to somebody else.
    operator.kill()?;
    deployments.delete(&metrics, &Default::default()).await?;
    eventually(SOON, "the Deployment is gone", async || {
        check(deployments.get_opt(&metrics).await?.is_none(), "it is there")
    })
    .await?;
    let mut theirs = named("apps/v1", "Deployment", &metrics);
    let (labels, containers) = (json!({"app": "theirs"}), json!([{"name": "a", "image": "example.com/theirs:1"}]));
    theirs["spec"] = json!({
        "replicas": 0, "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
    });
    let recreated = flag.apply(theirs).await?.metadata.uid;
    ensure!(recreated.is_some() && recreated != old.0.uid);
    let labels = json!({"applyset.kubernetes.io/part-of": null, "app.kubernetes.io/managed-by": "somebody"});
    let given = json!({"metadata": {"ownerReferences": null, "labels": labels}});
    maps.patch(&logs, &PatchParams::default(), &Patch::Merge(&given)).await?;

    // The API server that answers now has seen none of it.
    proxy.repeat_lists_of_ours("deployments")?;
    proxy.repeat_lists_of_ours("configmaps")?;
    proxy.forget();
    flag.raise(ready_spec_with(json!({"components": {"kubeStateMetrics": "off"}, "dashboards": {"target": "off"}})))
        .await?;
    operator.start_again().await?;
    // Other kinds have objects of the same name, which are as they were and may be deleted.
    let delete_of =
        |object: &str| proxy.writes().into_iter().find(|seen| seen.method == "DELETE" && seen.path.ends_with(object));
    for (object, meant) in [(format!("/deployments/{metrics}"), &old.0), (format!("/configmaps/{logs}"), &old.1)] {
        let delete =
            eventually(SOON, format!("a try to delete {object}"), async || delete_of(&object).context("none")).await?;
        assert_eq!(delete.status, 409, "{delete:?}");
        assert_eq!(
            delete.body.pointer("/preconditions/uid").and_then(Value::as_str),
            meant.uid.as_deref(),
            "{delete:?}"
        );
        ensure!(delete.body.pointer("/preconditions/resourceVersion").and_then(Value::as_str).is_some(), "{delete:?}");
    }
    for delete in proxy.writes().iter().filter(|seen| seen.method == "DELETE") {
        ensure!(
            delete.body.pointer("/preconditions/uid").is_some()
                && delete.body.pointer("/preconditions/resourceVersion").is_some(),
            "{delete:?}"
        );
    }
    assert_eq!(deployments.get(&metrics).await?.metadata.uid, recreated, "the one that was recreated is untouched");
    assert_eq!(maps.get(&logs).await?.metadata.uid, old.1.uid, "the one that was given away is untouched");

    // The API server catches up: the rest is removed, these two are not ours.
    proxy.mend_lists();
    eventually(Duration::from_secs(180), "what is ours and not wanted is gone", async || {
        let left: Vec<_> = flag
            .members()
            .await?
            .iter()
            .map(name_of)
            .filter(|name| name.contains("dashboard") || name.contains("kube-state-metrics"))
            .collect();
        check(left.is_empty(), left)
    })
    .await?;
    assert_eq!(deployments.get(&metrics).await?.metadata.uid, recreated);
    assert_eq!(maps.get(&logs).await?.metadata.uid, old.1.uid);
    deployments.delete(&metrics, &Default::default()).await?;
    maps.delete(&logs, &Default::default()).await?;
    Ok(())
}
