//! The operator between what it wants and what others do: drift corrected, foreign objects left, surplus removed, no write without need.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use flagstaff_crds::ConditionStatus;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{NAMESPACE, SOON, name_of, ready_spec, ready_spec_with};
use flagstaff_tests::{ApiProxy, Cluster, Turn, eventually, turn};
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

fn config_map(name: &str, data: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": NAMESPACE}, "data": data})
}

#[tokio::test]
async fn what_somebody_changes_or_removes_is_put_back() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    // Drift is heard of by watches, not found by a look now and then.
    let operator = turn.operator_with(&["--resync-seconds=3600", "--health-seconds=1"]).await?;
    flag.raise(ready_spec()).await?;
    flag.wait_for("Ready", "NotReady").await?;
    let before = flag.canonical().await?;

    let (maps, node) = flag.api_of(&config_map("flagstaff-dashboard-node", json!({}))).await?;
    let uid = maps.get(&node).await?.metadata.uid;
    maps.delete(&node, &Default::default()).await?;
    eventually(SOON, "the deleted ConfigMap is back", async || {
        let found = maps.get(&node).await?;
        check(found.metadata.uid != uid, found.metadata.uid)
    })
    .await?;

    let wrong = json!({"data": {"logs.json": "{}"}});
    maps.patch("flagstaff-dashboard-logs", &PatchParams::default(), &Patch::Merge(&wrong)).await?;
    let limits = json!({"spec": {"template": {"spec": {"priorityClassName": "system-node-critical"}}}});
    let metadata = json!({"name": "flagstaff-agent-node", "namespace": NAMESPACE});
    let daemon_set = json!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": metadata});
    let (daemons, agent) = flag.api_of(&daemon_set).await?;
    daemons.patch(&agent, &PatchParams::default(), &Patch::Merge(&limits)).await?;
    eventually(SOON, "everything is as it was", async || {
        let now = flag.canonical().await?;
        let differing: Vec<_> =
            before.iter().filter(|(name, object)| now.get(*name) != Some(object)).map(|(name, _)| name).collect();
        check(differing.is_empty() && now.len() == before.len(), differing)
    })
    .await?;
    let events = turn.cluster.kubectl(&[
        "get",
        "events",
        "-A",
        "-o",
        "jsonpath={range .items[*]}{.reason} {.message}{.note}{\"\\n\"}{end}",
    ])?;
    ensure!(events.contains("TakenBack") && events.contains("DriftCorrected"), "{events}");
    ensure!(operator.exited().is_none());
    Ok(())
}

#[tokio::test]
async fn an_object_that_is_not_ours_stays_until_adopt_is_said() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    let theirs = config_map("flagstaff-dashboard-cluster", json!({"whose": "theirs"}));
    let made = flag.apply(theirs.clone()).await?;
    let (maps, name) = flag.api_of(&theirs).await?;
    let _operator = turn.operator_with(&["--resync-seconds=2"]).await?;
    flag.raise(ready_spec()).await?;
    let refused = flag.wait_for("Ready", "NotOurs").await?;
    for words in [name.as_str(), "written by person", "spec.adopt"] {
        ensure!(refused.message.contains(words), "no `{words}` in: {}", refused.message);
    }
    assert_eq!(flag.conditions().await?["Stalled"].status, ConditionStatus::True);
    ensure!(flag.members().await?.len() > 30, "everything else is installed");
    assert_eq!(maps.get(&name).await?.metadata.resource_version, made.metadata.resource_version, "untouched");

    // Switched off, it still is theirs.
    flag.raise(json!({"enabled": false})).await?;
    flag.wait_for("Ready", "Disabled").await?;
    assert_eq!(maps.get(&name).await?.metadata.resource_version, made.metadata.resource_version, "not removed");

    flag.raise(ready_spec_with(json!({"adopt": true}))).await?;
    eventually(SOON, "it is taken over", async || {
        let found = maps.get(&name).await?;
        let owners = found.metadata.owner_references.clone().unwrap_or_default();
        check(
            found.metadata.uid == made.metadata.uid
                && owners.len() == 1
                && found.data["data"]["cluster.json"].is_string(),
            &found,
        )
    })
    .await?;
    ensure!(flag.conditions().await?["Ready"].reason != "NotOurs");
    Ok(())
}

#[tokio::test]
async fn a_component_that_is_switched_off_goes_and_nothing_else_is_touched() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    let _operator = turn.operator().await?;
    flag.raise(ready_spec()).await?;
    flag.wait_until_ready().await?;
    let state = async || -> Result<BTreeMap<String, (Value, String)>> {
        let mut state = BTreeMap::new();
        for member in flag.members().await? {
            let generation = member.metadata.generation.map(|generation| format!("generation {generation}"));
            // A workload's resourceVersion moves with its status, its generation with its spec only.
            let version = generation.or(member.metadata.resource_version.clone()).unwrap_or_default();
            state.insert(name_of(&member), (flagstaff_tests::flag::canonical(&member), version));
        }
        Ok(state)
    };
    let before = state().await?;

    flag.raise(ready_spec_with(json!({"components": {"kubeStateMetrics": "off"}}))).await?;
    flag.wait_until_ready().await?;
    let after = eventually(SOON, "kube-state-metrics is gone", async || {
        let now = state().await?;
        check(!now.keys().any(|name| name.contains("kube-state-metrics")), now.keys().collect::<Vec<_>>())?;
        anyhow::Ok(now)
    })
    .await?;
    let gone: BTreeSet<&str> = before.keys().filter(|name| !after.contains_key(*name)).map(String::as_str).collect();
    for name in [
        "Deployment flagstaff/flagstaff-kube-state-metrics",
        "ClusterRole /flagstaff-kube-state-metrics",
        "ServiceAccount flagstaff/flagstaff-kube-state-metrics",
    ] {
        ensure!(gone.contains(name), "{name} is not among {gone:?}");
    }
    ensure!(gone.iter().all(|name| name.contains("kube-state-metrics")), "{gone:?}");
    let unchanged: Vec<&String> = after
        .iter()
        .filter(|(name, (object, _))| before.get(*name).is_some_and(|(old, _)| old == object))
        .map(|(name, _)| name)
        .collect();
    ensure!(
        unchanged.iter().any(|name| name.contains("flagstaff-node-exporter")) && unchanged.len() > 15,
        "{unchanged:?}"
    );
    for name in unchanged {
        assert_eq!(after[name].1, before[name].1, "{name} was written without need");
    }
    Ok(())
}

#[tokio::test]
async fn values_that_do_not_fit_are_named_and_what_runs_runs_on() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    let _operator = turn.operator().await?;
    flag.raise(ready_spec()).await?;
    flag.wait_until_ready().await?;
    let before = flag.canonical().await?;
    let wrong = json!({"packs": [{"name": "base", "values": {"scrape": {"interval_seconds": "often"}, "alrets": {}}}]});
    flag.raise(ready_spec_with(wrong)).await?;
    let ready = flag.wait_for("Ready", "TemplateInvalid").await?;
    for words in ["/scrape/interval_seconds", "alrets", "flag"] {
        ensure!(ready.message.contains(words), "no `{words}` in: {}", ready.message);
    }
    assert_eq!(flag.conditions().await?["Stalled"].status, ConditionStatus::True);
    assert_eq!(flag.canonical().await?, before, "what ran before is still there");
    let packs = json!({"packs": [{"name": "base", "values": {"scrape": {"interval_seconds": 15}}}]});
    flag.raise(ready_spec_with(packs)).await?;
    flag.wait_until_ready().await?;
    ensure!(flag.canonical().await? != before, "15 s stand in the agents' configurations now");
    Ok(())
}

#[tokio::test]
async fn fault_19_a_steady_state_writes_nothing_and_its_status_triggers_nothing() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    let proxy = ApiProxy::start(turn.cluster.kubeconfig()).await?;
    let operator = turn::operator(proxy.kubeconfig(), &["--resync-seconds=2"]).await?;
    flag.raise(ready_spec()).await?;
    flag.wait_until_ready().await?;
    let passes = async || -> Result<u64> {
        let metrics = operator.metrics().await?;
        let total = metrics.lines().filter(|line| line.starts_with("flagstaff_operator_reconciles_total{"));
        Ok(total.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum())
    };
    // The workloads have settled too once a look finds nothing to do.
    eventually(SOON, "a resync without a write", async || {
        proxy.forget();
        let from = passes().await?;
        while passes().await? < from + 2 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let writes: Vec<_> =
            proxy.writes().iter().map(|write| format!("{} {} {}", write.method, write.path, write.body)).collect();
        check(writes.is_empty(), writes)
    })
    .await?;

    let version = flag.get().await?.metadata.resource_version;
    proxy.forget();
    let from = passes().await?;
    let begun = Instant::now();
    eventually(SOON, "five more looks", async || check(passes().await? >= from + 5, "fewer")).await?;
    let took = begun.elapsed();
    ensure!(took > Duration::from_secs(7), "five looks, 2 s apart, took {took:?}: something triggers them");
    let writes = proxy.writes();
    ensure!(writes.is_empty(), "{writes:?}");
    assert_eq!(flag.get().await?.metadata.resource_version, version);

    // A status that somebody else writes, times and all, is no reason for a pass.
    let (from, begun) = (passes().await?, Instant::now());
    for second in 0..10 {
        let time = format!("2026-01-01T00:00:{second:02}Z");
        let status = json!({"status": {"reached": {"touched": time}}});
        flag.api()
            .patch_status("cluster", &PatchParams::default(), &Patch::Merge(&status))
            .await
            .context("touch the status")?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let (caused, due) = (passes().await? - from, begun.elapsed().as_secs() / 2 + 2);
    ensure!(caused <= due, "ten changes of the status caused {caused} passes where {due} were due");
    Ok(())
}
