//! The telemetry stores that tests lease, on loopback and on a node: they take data, evaluate rules, and answer.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::store::{Alertmanager, Loki, Prometheus, PrometheusOptions, Site};
use flagstaff_tests::{NodeCluster, eventually};
use serde_json::json;

const SOON: Duration = Duration::from_secs(60);

/// It scrapes itself, so that there are samples without a sender.
fn scraping_itself(site_port: &str) -> PrometheusOptions {
    let scrape = json!({ "job_name": "itself", "static_configs": [{ "targets": [site_port] }] });
    PrometheusOptions { name: "scraping".into(), port: 9091, scrape: vec![scrape], ..PrometheusOptions::default() }
}

async fn prometheus_answers(site: &Site) -> Result<()> {
    let alertmanager = Alertmanager::start(site).await?;
    let first = Prometheus::start(site).await?;
    let target = first.url_inside().trim_start_matches("http://").to_owned();
    let second = Prometheus::with(site, Some(&alertmanager), scraping_itself(&target)).await?;
    eventually(SOON, "a scrape of the first by the second", async || {
        check(second.value("up").await? == 1.0, second.targets().await?)
    })
    .await?;

    let rules = "groups: [{name: test, rules: [{alert: Always, expr: vector(1), labels: {team: a}}, {record: one, expr: vector(1)}]}]";
    second.load_rules("test", rules).await?;
    ensure!(second.load_rules("broken", "groups: [{name: broken, rules: [{record: x, expr: 'sum('}]}]").await.is_err());
    second.reload().await?;
    let alerts = eventually(SOON, "the alert in Alertmanager", async || {
        let alerts = alertmanager.alerts().await?;
        check(!alerts.is_empty(), second.alerts().await?)?;
        anyhow::Ok(alerts)
    })
    .await?;
    ensure!(alerts[0]["labels"]["team"] == "a", "{alerts:?}");
    eventually(SOON, "what the rule records", async || second.value("one").await.map(drop)).await?;
    let back = second.query_range("up", Duration::from_secs(60), Duration::from_secs(1)).await?;
    ensure!(!back.first().context("one series")?.is_empty());
    ensure!(second.rules().await?.len() == 1);
    ensure!(first.query("up").await?.is_empty());
    Ok(())
}

async fn loki_answers(site: &Site) -> Result<()> {
    let loki = Loki::start(site).await?;
    loki.push(&[("job", "test"), ("level", "warn")], "something happened").await?;
    let lines = eventually(SOON, "the line", async || {
        let lines = loki.lines(r#"{job="test"} |= "happened""#, Duration::from_secs(600)).await?;
        check(lines.len() == 1, &lines)?;
        anyhow::Ok(lines)
    })
    .await?;
    ensure!(lines[0].line == "something happened" && lines[0].labels["job"] == "test", "{lines:?}");
    Ok(())
}

#[tokio::test]
async fn prometheus_and_alertmanager_on_loopback_answer() -> Result<()> {
    prometheus_answers(&Site::loopback()?).await
}

#[tokio::test]
async fn prometheus_and_alertmanager_on_a_node_answer() -> Result<()> {
    prometheus_answers(&Site::node(NodeCluster::shared().await?)).await
}

#[tokio::test]
async fn loki_on_loopback_answers() -> Result<()> {
    loki_answers(&Site::loopback()?).await
}

#[tokio::test]
async fn loki_on_a_node_answers() -> Result<()> {
    loki_answers(&Site::node(NodeCluster::shared().await?)).await
}
