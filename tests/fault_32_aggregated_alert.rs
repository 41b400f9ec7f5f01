//! An aggregation under a live alert: the label that a rule in the cluster needs stays, the hub says which rule that is, and both kinds of
//! alerts go on firing in a real Prometheus. There is no node, so this test does what a kubelet does with the ConfigMap.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_remote_write::Version;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{NAMESPACE, ready_spec_with};
use flagstaff_tests::hub::Hub;
use flagstaff_tests::{ControlPlane, Turn, eventually};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::Api;
use serde_json::{Value, json};

use crate::fleet_operator_budgets::{forget_hub, put_rules, until_mounted, without_others_rules};
use crate::meter_enforce::{Guarded, many};
use crate::writer::Series;

const SOON: Duration = Duration::from_secs(90);
const PODS: u32 = 15;

/// The alerts that are live: one for each pod, one for the sum of them.
fn alerts() -> Value {
    json!([
        {"alert": "PodFails", "expr": "rate(errors_total[5m]) > 0"},
        {"alert": "TooManyHits", "expr": "sum by (job) (rate(hits_total[5m])) > 0"},
    ])
}

/// One scrape of all pods; each counts one more than before.
async fn scrape(guarded: &Guarded, round: &mut u32) -> Result<()> {
    *round += 1;
    let mut all: Vec<Series> =
        ["errors_total", "hits_total"].into_iter().flat_map(|metric| many(metric, "pod", 0..PODS)).collect();
    all.iter_mut().for_each(|one| one.value = f64::from(*round));
    guarded.send(Version::One, &all).await.map(drop)
}

/// Scrapes until the store fires an alert with so many instances of which `holds`.
async fn fires(guarded: &Guarded, round: &mut u32, name: &str, holds: impl Fn(&[&Value]) -> bool) -> Result<()> {
    eventually(SOON, format!("{name} fires"), async || {
        scrape(guarded, round).await?;
        let all = guarded.store.alerts().await?;
        let mine: Vec<&Value> = all.iter().filter(|one| one["labels"]["alertname"] == name).collect();
        check(holds(&mine), &all)
    })
    .await
}

#[tokio::test]
async fn fault_32_a_label_that_an_alert_needs_is_not_aggregated_away() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let told = under_live_alerts(&turn).await;
    let removed = without_others_rules(&turn.flag).await;
    told.and(removed)
}

async fn under_live_alerts(turn: &Turn<ControlPlane>) -> Result<()> {
    let flag = &turn.flag;
    let hub = Hub::start(&[], &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "1")]).await?;
    let admin = hub.admin().await?;
    let guarded = Guarded::with(&["--aggregate-seconds=5"]).await?;
    let groups = json!({"groups": [{"name": "shop", "interval": "1s", "rules": alerts()}]});
    guarded.store.load_rules("shop", &groups.to_string()).await?;
    let mut round = 0;
    fires(&guarded, &mut round, "PodFails", |mine| mine.len() == PODS as usize).await?;
    fires(&guarded, &mut round, "TooManyHits", |mine| mine.len() == 1).await?;

    put_rules(flag, alerts()).await?;
    let token = admin.join_token(json!({})).await?;
    flag.apply(json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "alert-join", "namespace": NAMESPACE},
        "stringData": {"token": token["token"]},
    }))
    .await?;
    let operator = turn.operator_with(&[&format!("--meter={}", guarded.meter.url()), "--series-seconds=1"]).await?;
    flag.raise(ready_spec_with(json!({
        "cluster": {"name": "alerting"}, "meter": {"mode": "inline"}, "rules": {"target": "configmap"},
        "hub": {"url": hub.url(), "joinTokenSecret": {"name": "alert-join"}},
    })))
    .await?;
    let maps: Api<ConfigMap> = Api::namespaced(flag.client.clone(), NAMESPACE);
    until_mounted(&maps, &guarded, "there are no orders yet", |budgets| budgets == &json!([])).await?;
    eventually(SOON, "the hub knows what the meter counted", async || {
        let found = hub.sql("SELECT active FROM series_report ORDER BY at DESC, looked_at DESC LIMIT 1")?;
        check(found == (2 * PODS).to_string(), found)
    })
    .await?;

    // Somebody has pods aggregated away, in all that the team counts.
    let draft = json!({"name": "shop", "scope": {"team": "shop"}, "soft_series": 20, "act": "aggregate",
        "aggregate_labels": ["pod"], "confirmed": true, "reason": "what the store holds"});
    let made = admin.post("/api/v1/budgets", &draft).await?.good()?;
    let id = made["id"].as_str().context("an id")?.to_owned();
    until_mounted(&maps, &guarded, "the cluster is ordered", |budgets| budgets[0]["id"] == id).await?;
    let sums = async |metric: &str| guarded.store.query(&format!("{metric}{{flagstaff_meter!=\"\"}}")).await;
    eventually(SOON, "hits are summed", async || {
        scrape(&guarded, &mut round).await?;
        let found = sums("hits_total").await?;
        check(found.len() == 1 && !found[0].labels.contains_key("pod"), guarded.budget().await?)
    })
    .await?;
    ensure!(sums("errors_total").await?.is_empty(), "the alert tells pods apart");
    let shown = admin
        .budget_until(&id, SOON, "the hub says what stays, and for which rule", |found| {
            found["aggregating"]["kept"][0]["metric"] == "errors_total"
        })
        .await?;
    let kept = &shown["aggregating"]["kept"][0];
    ensure!(kept["labels"] == json!(["pod"]) && kept["why"] == "the rule shop/PodFails needs it", "{shown}");

    // Both go on: one for each pod, the other from what is summed.
    let newest = async |metric: &str| guarded.store.value(&format!("max(timestamp({metric}))")).await;
    let (pods, hits) = (newest("errors_total").await?, newest("hits_total{flagstaff_meter!=\"\"}").await?);
    eventually(SOON, "later samples are stored", async || {
        scrape(&guarded, &mut round).await?;
        let now = (newest("errors_total").await?, newest("hits_total{flagstaff_meter!=\"\"}").await?);
        check(now.0 > pods && now.1 > hits, now)
    })
    .await?;
    fires(&guarded, &mut round, "PodFails", |mine| mine.len() == PODS as usize).await?;
    fires(&guarded, &mut round, "TooManyHits", |mine| mine.len() == 1).await?;

    // A rule that comes later ends what it would not have allowed.
    let mut more = alerts();
    more.as_array_mut()
        .context("a list")?
        .push(json!({"alert": "PodHit", "expr": "max by (pod) (rate(hits_total[5m])) > 9"}));
    operator.kill()?;
    put_rules(flag, more).await?;
    operator.start_again().await?;
    eventually(SOON, "hits are told by pod again", async || {
        until_mounted(&maps, &guarded, "the order is still there", |budgets| budgets[0]["id"] == id).await?;
        scrape(&guarded, &mut round).await?;
        check(sums("hits_total").await?.is_empty(), guarded.budget().await?)
    })
    .await?;
    fires(&guarded, &mut round, "PodFails", |mine| mine.len() == PODS as usize).await?;
    forget_hub(flag, "alert-join").await
}
