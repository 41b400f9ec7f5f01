//! One destination of two is down: the other goes on, and the first gets what it missed when it is back. A real Prometheus sends to two real ones.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::store::{Prometheus, PrometheusOptions, Site};
use flagstaff_tests::{Exporter, Meter, eventually};
use serde_json::json;

const SOON: Duration = Duration::from_secs(60);

#[tokio::test]
async fn fault_39_the_other_destination_goes_on() -> Result<()> {
    let site = Site::loopback()?;
    let store = async |name: &str| {
        Prometheus::with(&site, None, PrometheusOptions { name: name.into(), ..PrometheusOptions::default() }).await
    };
    let (one, two) = (store("one").await?, store("two").await?);
    let to = [&one, &two].map(Prometheus::remote_write_url);
    let (first, second) = (format!("--destination=one={}", to[0]), format!("--destination=two={}", to[1]));
    let meter = Meter::start_in(site.processes(), "meter", &["--mode=inline", &first, &second]).await?;
    let exporter = Exporter::start((0..50).map(|n| format!("thing{{n=\"{n}\"}} 1\n")).collect()).await?;
    let write = |name: &str| {
        let queue = json!({ "batch_send_deadline": "200ms", "min_backoff": "100ms", "max_backoff": "500ms" });
        json!({ "name": name, "url": format!("{}/{name}", meter.write_url()), "queue_config": queue })
    };
    let options = PrometheusOptions {
        name: "sender".into(),
        scrape: vec![json!({ "job_name": "app", "static_configs": [{ "targets": [exporter.address()] }] })],
        remote_write: vec![write("one"), write("two")],
        ..PrometheusOptions::default()
    };
    let sender = Prometheus::with(&site, None, options).await?;
    let samples = async |of: &Prometheus| -> Result<f64> {
        Ok(of.query("sum(count_over_time(thing[5m]))").await?.first().map_or(0.0, |sample| sample.value))
    };
    for of in [&one, &two] {
        eventually(SOON, "samples in both", async || {
            let found = samples(of).await?;
            check(found >= 100.0, found)
        })
        .await?;
    }
    one.kill()?;
    let before = samples(&two).await?;
    eventually(SOON, "the other goes on while the first is away", async || {
        let found = samples(&two).await?;
        check(found >= before + 250.0, (before, found))
    })
    .await?;
    let refused = meter.metric("flagstaff_meter_requests_total{destination=\"one\",status=\"502\"}").await?;
    ensure!(refused > 0.0, "the sender was told");
    one.start_again().await?;
    exporter.serve(String::new());
    eventually(SOON, "both hold what the sender holds", async || {
        let all = [samples(&sender).await?, samples(&one).await?, samples(&two).await?];
        check(all[0] == all[1] && all[0] == all[2], all)
    })
    .await?;
    ensure!(samples(&two).await? > before.max(1.0), "{before}");
    meter.summary().await?["series"]["value"].as_u64().context("a number").map(drop)
}
