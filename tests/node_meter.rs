//! On a real node: the agents' samples go through the meter into Prometheus, the meter counts what Prometheus has, and without it nothing is lost.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::observed::Stores;
use flagstaff_tests::{Cluster, Flag, NodeCluster, eventually, http};
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

const MINUTES: Duration = Duration::from_secs(120);
/// Between two scrapes, so that seconds tell what else takes minutes.
const INTERVAL: u64 = 5;

async fn mode(flag: &Flag, mode: &str) -> Result<()> {
    let values = json!({"scrape": {"interval_seconds": INTERVAL, "timeout_seconds": 4}});
    let spec = json!({"spec": {"meter": {"mode": mode}, "packs": [{"name": "base", "values": values}]}});
    let params = PatchParams { field_manager: Some("person".into()), ..PatchParams::default() };
    flag.api().patch("cluster", &params, &Patch::Merge(&spec)).await.context("change the flag")?;
    flag.wait_for("ConfigurationAccepted", "ConfigurationAccepted").await?;
    flag.wait_until_ready().await
}

pub async fn samples_go_through_the_meter(cluster: &NodeCluster, stores: &Stores, flag: &Flag) -> Result<()> {
    mode(flag, "inline").await?;
    let address = ["-n", "flagstaff", "get", "service", "flagstaff-meter", "-o", "jsonpath={.spec.clusterIP}"];
    let address = cluster.forward(&format!("{}:9095", cluster.kubectl(&address)?))?;
    let ask = async |path: &str| -> Result<Value> {
        let answer = http::client()?.get(format!("http://{address}{path}")).send().await.context("ask the meter")?;
        ensure!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.context("read the meter's answer")
    };
    eventually(MINUTES, "the meter and Prometheus count the same series, all of which came through it", async || {
        let summary = ask("/api/v1/summary").await?;
        let stored = stores.prometheus.value("count(last_over_time({cluster=\"demo\"}[1m]))").await?;
        let counted = &summary["series"];
        check(counted["exact"] == true && counted["value"].as_f64() == Some(stored), (&summary, stored))?;
        check(summary["mode"] == "inline" && stored > 300.0, &summary)
    })
    .await?;
    // The agents know one place to send to, and it is the meter; that they read the meter, too, came through it.
    let urls = "count by (url) (rate(prometheus_remote_storage_samples_total{cluster=\"demo\"}[1m]) > 0)";
    eventually(MINUTES, "only the meter is sent to", async || {
        let found = stores.prometheus.query(urls).await?;
        let through = |url: &String| url == "http://flagstaff-meter.flagstaff.svc:9095/api/v1/write/metrics";
        check(found.len() == 1 && found[0].labels.get("url").is_some_and(through), &found)?;
        let up = stores.prometheus.query("up{job=\"flagstaff-meter\"} == 1").await?;
        check(up.len() == 1, &up)
    })
    .await?;
    let teams = ask("/api/v1/top?by=team").await?;
    let names: Vec<_> = teams["items"].as_array().into_iter().flatten().map(|row| row["name"].clone()).collect();
    ensure!(names.contains(&json!("platform")), "the platform's jobs are the platform's: {teams}");
    let hours = ask("/api/v1/hours").await?;
    ensure!(hours["hours"].as_array().is_some_and(|hours| !hours.is_empty()), "{hours}");
    let report = ask(&format!("/api/v1/hours/{}", hours["hours"][0]["hour"].as_str().context("an hour")?)).await?;
    ensure!(report["total"]["hour"].as_f64().is_some_and(|hour| hour > 300.0), "{}", report["total"]);

    without_it_nothing_is_lost(cluster, stores, flag).await
}

/// What is on its way when the mode changes still finds the meter; it goes when every agent sends past it.
async fn without_it_nothing_is_lost(cluster: &NodeCluster, stores: &Stores, flag: &Flag) -> Result<()> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    mode(flag, "off").await?;
    eventually(MINUTES, "nothing of the meter is left", async || {
        let kinds = "deployments,services,configmaps,serviceaccounts,networkpolicies,pods";
        let left = ["-n", "flagstaff", "get", kinds, "-l", "app.kubernetes.io/name=flagstaff-meter", "-o", "name"];
        let left = cluster.kubectl(&left)?;
        check(left.is_empty(), left)
    })
    .await?;
    let until = since + 30;
    eventually(MINUTES, "samples from after the change", async || {
        let newest =
            stores.prometheus.value("min(timestamp(up{job=~\"apiserver|kubelet\", cluster=\"demo\"}))").await?;
        check(newest > until as f64, newest)
    })
    .await?;
    // Ten scrapes of each target end within these 50 s. A queue that is replaced may pass over the scrape at hand, and no other.
    let kept = format!("count_over_time(up{{job=~\"apiserver|kubelet\", cluster=\"demo\"}}[50s] @ {until})");
    let kept = stores.prometheus.query(&kept).await?;
    ensure!(kept.len() >= 2 && kept.iter().all(|one| one.value >= 9.0), "scrapes are missing: {kept:?}");
    Ok(())
}
