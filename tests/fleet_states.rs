//! Silence makes a cluster late, then offline, and never looks like health; a hub that was away blames no cluster for it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::hub::Cluster;
use flagstaff_tests::{Hub, eventually};
use serde_json::json;

const SOON: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_silent_cluster_is_late_then_offline_and_comes_back() -> Result<()> {
    let hub = Hub::start(&[], &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "2")]).await?;
    let admin = hub.admin().await?;
    let token = admin.join_token(json!({"uses": 9})).await?;
    let mut silent = Cluster::new("silent");
    let joined = silent.enroll(&hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    assert_eq!(joined["status_every_seconds"], 2);
    silent.report_healthy(&hub).await?;
    let mut seen = vec![];
    eventually(SOON, "it is offline", async || {
        let shown = admin.cluster("silent").await?;
        let state = shown["state"].as_str().unwrap_or_default().to_owned();
        ensure!(["healthy", "late", "offline"].contains(&state.as_str()), "{shown}");
        ensure!((state == "healthy") == shown.get("last_state").is_none(), "{shown}");
        ensure!(state == "healthy" || shown["last_state"] == "healthy", "{shown}");
        if seen.last() != Some(&state) {
            seen.push(state.clone());
        }
        check(state == "offline", shown)
    })
    .await?;
    ensure!(seen.ends_with(&["late".into(), "offline".into()]), "{seen:?}");
    let line = admin.get("/api/v1/attention").await?.good()?["items"][0].clone();
    ensure!(
        line["sentence"].as_str().is_some_and(|text| text.starts_with("silent") && text.contains("not reported for")),
        "{line}"
    );
    let region = admin.get("/api/v1/regions").await?.good()?["items"][0].clone();
    assert_eq!((&region["condition"], &region["counts"]["offline"]), (&json!("down"), &json!(1)));
    assert_eq!(hub.metric("flagstaff_hub_clusters{state=\"offline\"} ").await? as i64, 1);

    silent.report_healthy(&hub).await?;
    let shown = admin.cluster("silent").await?;
    assert_eq!(shown["state"], "healthy");
    let kinds = admin.kinds(shown["id"].as_str().unwrap_or_default()).await?;
    ensure!(kinds.ends_with(&["late", "offline", "back"].map(String::from)), "{kinds:?}");
    Ok(())
}

#[tokio::test]
async fn a_hub_that_was_away_blames_no_cluster_for_it() -> Result<()> {
    let hub = Hub::start(&[], &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "4")]).await?;
    let admin = hub.admin().await?;
    let token = admin.join_token(json!({})).await?;
    let mut cluster = Cluster::new("blameless");
    cluster.enroll(&hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    cluster.report_healthy(&hub).await?;
    eventually(SOON, "the hub leads", async || check(hub.metric("flagstaff_hub_leads ").await? == 1.0, "not yet"))
        .await?;
    eventually(SOON, "it said that it is alive", async || {
        let alive = hub.sql("SELECT alive_at IS NOT NULL FROM hub")?;
        check(alive == "t", alive)
    })
    .await?;
    hub.stop()?;
    // As if it had been away for an hour: its Postgres ended with it, so the past is put back after the start.
    hub.start_again().await?;
    let leads = async || hub.metric("flagstaff_hub_leads ").await;
    eventually(SOON, "it leads again", async || check(leads().await? == 1.0, "not yet")).await?;
    hub.sql(
        "UPDATE hub SET created_at = created_at - interval '2 hours', alive_at = alive_at - interval '1 hour', serving_since = serving_since - interval '2 hours';
         UPDATE cluster SET last_report_at = last_report_at - interval '1 hour'",
    )?;
    eventually(SOON, "a new span of serving begins", async || {
        let young = hub.sql("SELECT serving_since > now() - interval '1 minute' FROM hub")?;
        check(young == "t", young)
    })
    .await?;
    let shown = admin.cluster("blameless").await?;
    ensure!(shown["state"] != "offline", "{shown}");
    let lines = admin.get("/api/v1/attention").await?.good()?;
    let first = lines["items"][0]["sentence"].as_str().context("a line")?;
    ensure!(first.starts_with("The hub was away until"), "{lines}");
    // From now on its silence is its own.
    eventually(SOON, "it is late", async || {
        let shown = admin.cluster("blameless").await?;
        check(shown["state"] == "late", shown)
    })
    .await?;
    Ok(())
}
