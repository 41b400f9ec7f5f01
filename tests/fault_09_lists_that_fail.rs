//! A list that fails is never taken for an empty one: nothing is pruned until it is answered.

use std::time::Duration;

use anyhow::{Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{SOON, name_of, ready_spec, ready_spec_with};
use flagstaff_tests::{ApiProxy, Cluster, Flag, Turn, eventually, turn};
use rstest::rstest;
use serde_json::json;

async fn kube_state_metrics(flag: &Flag) -> Result<Vec<String>> {
    let members = flag.members().await?;
    Ok(members.iter().map(name_of).filter(|name| name.contains("kube-state-metrics")).collect())
}

/// Deployments hold something to prune, DaemonSets do not: one list of many is enough to stop.
#[rstest]
#[case::the_kind_to_prune("deployments", true)]
#[case::another_kind("daemonsets", true)]
#[case::also_what_others_run("statefulsets", false)]
#[case::the_teams_flags("serviceobservabilities", false)]
#[tokio::test]
async fn fault_09_nothing_is_pruned_while_a_list_fails(#[case] plural: &str, #[case] ours_only: bool) -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    let proxy = ApiProxy::start(turn.cluster.kubeconfig()).await?;
    let operator = turn::operator(proxy.kubeconfig(), &["--health-seconds=300"]).await?;
    flag.create_namespace("team-listed").await?;
    let team = json!({
        "apiVersion": "flagstaff.dev/v1alpha1", "kind": "ServiceObservability",
        "metadata": {"name": "web", "namespace": "team-listed"},
        "spec": {"rules": [{"alert": "Down", "expr": "up == 0"}]},
    });
    flag.apply(team).await?;
    flag.raise(ready_spec()).await?;
    flag.wait_for("Ready", "Waiting").await?;
    let before = kube_state_metrics(flag).await?;
    ensure!(before.len() >= 5, "{before:?}");
    let count = flag.members().await?.len();

    proxy.fail_lists(plural, ours_only);
    // What was found out about the cluster is kept for a minute; a new operator knows nothing.
    operator.kill()?;
    operator.start_again().await?;
    proxy.forget();
    flag.raise(ready_spec_with(json!({"components": {"kubeStateMetrics": "off"}, "dashboards": {"target": "off"}})))
        .await?;
    eventually(SOON, "three tries that failed", async || {
        let tries =
            proxy.seen().iter().filter(|seen| seen.status == 500 && !seen.query.contains("resourceVersion=0")).count();
        check(tries >= 3, tries)
    })
    .await?;
    let deletes: Vec<String> =
        proxy.writes().into_iter().filter(|write| write.method == "DELETE").map(|write| write.path).collect();
    ensure!(deletes.is_empty(), "{deletes:?}");
    assert_eq!(kube_state_metrics(flag).await?, before);
    assert_eq!(flag.members().await?.len(), count);
    let log = operator.log()?;
    ensure!(log.contains("the pass failed and is tried again"), "{log}");

    proxy.mend_lists();
    eventually(Duration::from_secs(180), "it is pruned when the list is answered", async || {
        let left = kube_state_metrics(flag).await?;
        check(left.is_empty(), left)
    })
    .await?;
    let dashboards: Vec<_> =
        flag.members().await?.iter().map(name_of).filter(|name| name.contains("dashboard")).collect();
    ensure!(dashboards.is_empty(), "{dashboards:?}");
    let rules: Vec<_> = flag.members().await?.iter().map(name_of).filter(|name| name.contains("team-listed")).collect();
    assert_eq!(rules, ["ConfigMap team-listed/flagstaff-team-web"], "the team's rules were wanted all the time");
    Ok(())
}
