//! A meter killed again and again while a real Prometheus sends through it to a real one: every sample arrives, with its time, and nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::store::{Prometheus, PrometheusOptions, Site};
use flagstaff_tests::{Exporter, Meter, eventually, http};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(90);
const SERIES: usize = 400;

/// Every sample of `load`, by series: times and values as they are stored.
async fn raw(of: &Prometheus) -> Result<BTreeMap<String, Vec<Value>>> {
    let url = format!("{}/api/v1/query?query=load%5B10m%5D", of.url());
    let text = http::client()?.get(&url).send().await.context("ask for raw samples")?.text().await?;
    let answer: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
    let mut found = BTreeMap::new();
    for one in answer["data"]["result"].as_array().with_context(|| text.clone())? {
        let values = one["values"].as_array().context("values")?.clone();
        found.insert(one["metric"].to_string(), values);
    }
    Ok(found)
}

#[tokio::test]
async fn no_sample_is_lost_or_told_twice_when_the_meter_is_killed() -> Result<()> {
    let site = Site::loopback()?;
    let store = Prometheus::start(&site).await?;
    let to = format!("--destination=store={}", store.remote_write_url());
    let args = ["--mode=inline", to.as_str(), "--data-dir={folder}/meter-data"];
    let meter = Meter::start_in(site.processes(), "meter", &args).await?;
    let page = |value: u32| (0..SERIES).map(|n| format!("load{{n=\"{n}\"}} {value}\n")).collect::<String>();
    let exporter = Exporter::start(page(0)).await?;
    let queue = json!({ "batch_send_deadline": "100ms", "max_samples_per_send": 50, "min_backoff": "50ms", "max_backoff": "500ms" });
    let options = PrometheusOptions {
        name: "sender".into(),
        interval: Duration::from_millis(500),
        scrape: vec![json!({ "job_name": "app", "static_configs": [{ "targets": [exporter.address()] }] })],
        remote_write: vec![json!({ "url": meter.write_url(), "queue_config": queue })],
        ..PrometheusOptions::default()
    };
    let sender = Prometheus::with(&site, None, options).await?;
    let count = |all: &BTreeMap<String, Vec<Value>>| all.values().map(Vec::len).sum::<usize>();
    for round in 1..=8 {
        exporter.serve(page(round));
        let before = count(&raw(&store).await?);
        eventually(SOON, "more samples in the store", async || {
            let now = count(&raw(&store).await?);
            check(now >= before + SERIES, (before, now))
        })
        .await?;
        meter.kill()?;
        meter.start_again().await?;
    }
    let active = eventually(SOON, "meter and store agree on what is active", async || {
        let held = store.value("count({__name__=~\".+\"})").await?;
        let counted = meter.summary().await?["series"]["value"].as_f64();
        check(counted == Some(held), (held, counted))?;
        anyhow::Ok(held)
    })
    .await?;
    ensure!(active > SERIES as f64, "{active}");
    // The series end; from then on the samples of `load` are what they are.
    exporter.serve(String::new());
    let all = eventually(SOON, "the store holds what the sender holds", async || {
        ensure!(sender.query("load").await?.is_empty(), "still scraped");
        let (sent, held) = (raw(&sender).await?, raw(&store).await?);
        check(sent == held, (count(&sent), count(&held), sent.len(), held.len()))?;
        anyhow::Ok(held)
    })
    .await?;
    ensure!(all.len() == SERIES, "{} series", all.len());
    for (series, values) in &all {
        let mut times: Vec<String> = values.iter().map(|value| value[0].to_string()).collect();
        let before = times.len();
        times.dedup();
        ensure!(times.len() == before && before >= 8, "{series}: {values:?}");
    }
    let log = sender.metrics().await?;
    let failed = log
        .lines()
        .find(|line| line.starts_with("prometheus_remote_storage_samples_failed_total"))
        .context("no such metric")?;
    ensure!(failed.ends_with(" 0"), "{failed}");
    Ok(())
}
