//! Another manager of our fields: taken back once, then said and left alone; and we are never such a manager to ourselves.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_crds::ConditionStatus;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{APPLYSET, NAMESPACE, PART_OF, SOON, ready_spec, ready_spec_with};
use flagstaff_tests::{ApiProxy, Cluster, Turn, eventually, turn};
use kube::api::PostParams;
use serde_json::{Value, json};

const NAME: &str = "flagstaff-dashboard-logs";

fn dashboard(text: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": NAME, "namespace": NAMESPACE}, "data": {"logs.json": text}})
}

#[tokio::test]
async fn fault_10_a_field_is_taken_back_once_and_then_contested() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    let proxy = ApiProxy::start(turn.cluster.kubeconfig()).await?;
    let operator = turn::operator(proxy.kubeconfig(), &["--health-seconds=1", "--resync-seconds=2"]).await?;
    flag.raise(ready_spec()).await?;
    flag.wait_for("Ready", "NotReady").await?;
    let (maps, name) = flag.api_of(&dashboard("")).await?;
    let ours = maps.get(&name).await?.data["data"]["logs.json"].clone();
    let about_it = |method: &str| {
        let path = format!("/api/v1/namespaces/{NAMESPACE}/configmaps/{NAME}");
        proxy.writes().into_iter().filter(|seen| seen.method == method && seen.path == path).collect::<Vec<_>>()
    };
    proxy.forget();

    flag.apply_as("their-tool", true, dashboard("first")).await?;
    eventually(SOON, "it is taken back", async || {
        let found = maps.get(&name).await?;
        check(found.data["data"]["logs.json"] == ours, &found.data)
    })
    .await?;
    let forced = about_it("PATCH").iter().filter(|seen| seen.query.contains("force=true")).count();
    assert_eq!((forced, about_it("PATCH").len()), (1, 2), "asked first, then by force");

    flag.apply_as("their-tool", true, dashboard("second")).await?;
    let contested = flag.wait_for("Contested", "Contested").await?;
    assert_eq!(contested.status, ConditionStatus::True);
    for words in [NAME, "their-tool", ".data.logs.json"] {
        ensure!(contested.message.contains(words), "no `{words}` in: {}", contested.message);
    }
    let conditions = flag.conditions().await?;
    assert_eq!(
        (conditions["Ready"].status, conditions["Stalled"].status),
        (ConditionStatus::False, ConditionStatus::True)
    );
    assert_eq!(maps.get(&name).await?.data["data"]["logs.json"], "second");

    // A tool that writes each second: we write nothing at all.
    eventually(SOON, "the last word on it is written", async || {
        proxy.forget();
        tokio::time::sleep(Duration::from_secs(5)).await;
        let writes: Vec<_> =
            proxy.writes().iter().map(|write| format!("{} {} {}", write.method, write.path, write.body)).collect();
        check(writes.is_empty(), writes)
    })
    .await?;
    proxy.forget();
    for second in 0..10 {
        flag.apply_as("their-tool", true, dashboard(&format!("again {second}"))).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let writes: Vec<_> = proxy.writes().iter().map(|write| format!("{} {}", write.method, write.path)).collect();
    ensure!(writes.is_empty(), "a fight: {writes:?}");
    assert_eq!(maps.get(&name).await?.data["data"]["logs.json"], "again 9");
    ensure!(operator.metrics().await?.contains("flagstaff_operator_conflicts_total"));

    // Others' fields of ours are still looked after.
    let other = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "flagstaff-dashboard-node", "namespace": NAMESPACE}});
    let (maps, name) = flag.api_of(&other).await?;
    maps.delete(&name, &Default::default()).await?;
    eventually(SOON, "another object is put back", async || maps.get(&name).await).await?;
    Ok(())
}

#[tokio::test]
async fn fault_11_what_we_created_ourselves_is_no_conflict() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    // An older operator, or a person with its rights, has created it; the manager has our name, the operation is another.
    let mut created = dashboard("{}");
    created["metadata"]["labels"] =
        json!({"app.kubernetes.io/managed-by": "flagstaff", PART_OF: APPLYSET, "grafana_dashboard": "1"});
    let (maps, name) = flag.api_of(&created).await?;
    let params = PostParams { field_manager: Some("flagstaff".into()), ..PostParams::default() };
    let uid = maps.create(&params, &serde_json::from_value(created)?).await?.metadata.uid;

    let proxy = ApiProxy::start(turn.cluster.kubeconfig()).await?;
    let _operator = turn::operator(proxy.kubeconfig(), &["--health-seconds=1", "--resync-seconds=2"]).await?;
    flag.raise(ready_spec()).await?;
    flag.wait_for("Ready", "NotReady").await?;
    let found = maps.get(&name).await?;
    ensure!(
        found.metadata.uid == uid && found.data["data"]["logs.json"].as_str().is_some_and(|text| text.len() > 100),
        "{found:?}"
    );
    assert_eq!(flag.conditions().await?["Contested"].status, ConditionStatus::False);

    // It is ours alone from now on: a change of it meets no conflict.
    proxy.forget();
    flag.raise(ready_spec_with(json!({"dashboards": {"labels": {"team": "platform"}}}))).await?;
    eventually(SOON, "the new label", async || {
        let labels = maps.get(&name).await?.metadata.labels.context("labels")?;
        check(labels.get("team").is_some_and(|team| team == "platform"), labels)
    })
    .await?;
    let conflicts: Vec<_> = proxy.seen().into_iter().filter(|seen| seen.status == 409).map(|seen| seen.path).collect();
    ensure!(conflicts.is_empty(), "{conflicts:?}");
    assert_eq!(flag.conditions().await?["Contested"].status, ConditionStatus::False);
    Ok(())
}
