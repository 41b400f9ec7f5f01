//! Real senders beside a real store: the meter counts what the store holds, from Prometheus (1.0 and 2.0), vmagent and Alloy.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::lease::Lease;
use flagstaff_tests::protocol::Part;
use flagstaff_tests::store::{Prometheus, PrometheusOptions, Site};
use flagstaff_tests::{Exporter, Meter, eventually, ports, programs};
use serde_json::{Value, json};

/// Labels are begun to be looked at at a full minute.
const SOON: Duration = Duration::from_secs(120);

/// 60 routes by 4 methods, a classic histogram, and a label that costs much; 16 of namespace `shop`, the rest of `back`.
fn target() -> String {
    let mut text = String::from("# TYPE calls_total counter\n");
    for route in 0..60 {
        for method in ["GET", "PUT", "POST", "DELETE"] {
            let namespace = if route < 4 { "shop" } else { "back" };
            text +=
                &format!("calls_total{{namespace=\"{namespace}\",route=\"/r{route}\",method=\"{method}\"}} {route}\n");
        }
    }
    text += "# TYPE wait_seconds histogram\n";
    for le in ["0.1", "1", "10", "+Inf"] {
        text += &format!("wait_seconds_bucket{{namespace=\"back\",le=\"{le}\"}} 3\n");
    }
    text += "wait_seconds_sum{namespace=\"back\"} 4\nwait_seconds_count{namespace=\"back\"} 3\n";
    text
}

/// Three fewer routes: twelve series end.
fn smaller_target() -> String {
    target()
        .lines()
        .filter(|line| !["/r57", "/r58", "/r59"].iter().any(|gone| line.contains(gone)))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Store and meters of one test; senders mark what they send with `sender`.
struct Scene {
    lease: Arc<Lease>,
    store: Prometheus,
    exporter: Exporter,
}

impl Scene {
    async fn new() -> Result<Self> {
        let site = Site::loopback()?;
        let store = Prometheus::start(&site).await?;
        Ok(Self { lease: site.processes().clone(), store, exporter: Exporter::start(target()).await? })
    }

    async fn meter(&self, sender: &str) -> Result<Meter> {
        let args = ["--cluster=test", "--platform-jobs=infra", "--window-seconds=300"];
        Meter::start_in(&self.lease, &format!("meter-{sender}"), &args).await
    }

    /// Series that the store holds of this sender, now.
    async fn held(&self, sender: &str) -> Result<u64> {
        let found = self.store.query(&format!("count({{sender=\"{sender}\"}})")).await?;
        Ok(found.first().map_or(0, |sample| sample.value as u64))
    }

    /// Waits until meter and store agree on at least `least` series, and says how many.
    async fn agree(&self, sender: &str, meter: &Meter, least: u64, most: u64) -> Result<u64> {
        eventually(SOON, format!("{sender}: meter and store agree"), async || {
            let (held, said) = (self.held(sender).await?, meter.summary().await?);
            let counted = said["series"]["value"].as_u64().context("no number")?;
            check(counted == held && (least..=most).contains(&held) && said["series"]["exact"] == true, (held, &said))?;
            anyhow::Ok(held)
        })
        .await
    }

    /// What everybody is to count right, whoever sends it.
    async fn tell(&self, sender: &str, meter: &Meter) -> Result<()> {
        // 246 of the target and what a scrape adds: `up` and some others by the sender.
        let first = self.agree(sender, meter, 247, 260).await?;
        let summary = meter.summary().await?;
        ensure!(summary["dropped_or_missed"] == json!({"requests": {}, "series": 0}), "{summary}");
        let by = async |by: &str| meter.json(&format!("/api/v1/top?by={by}")).await;
        let metrics = by("metric").await?;
        let calls = find(&metrics, "calls_total")?;
        ensure!(
            calls["series"]["value"] == 240 && calls["last_day"]["value"] == 240 && calls["job"] == "app",
            "{calls}"
        );
        let teams = by("team").await?;
        ensure!(find(&teams, "shop")?["series"]["value"] == 16, "{teams}");
        ensure!(find(&teams, "back")?["series"]["value"] == 230, "{teams}");
        ensure!(find(&by("job").await?, "app")?["series"]["value"] == first, "{sender}");
        ensure!(teams["other"].is_null() && teams["total"]["series"]["value"] == first, "{teams}");
        // What a label costs: without the route four methods are left in each of two namespaces.
        meter.json("/api/v1/metrics/calls_total").await?;
        let labels = eventually(SOON, "the labels of calls_total", async || {
            let metric = meter.json("/api/v1/metrics/calls_total").await?;
            let route =
                metric["labels"].as_array().into_iter().flatten().find(|label| label["name"] == "route").cloned();
            let route = route.with_context(|| format!("no route in {metric}"))?;
            check(route["series"]["value"] == 240, &metric)?;
            anyhow::Ok(metric)
        })
        .await?;
        let label = |name: &str| {
            let all = labels["labels"].as_array().into_iter().flatten();
            all.clone().find(|label| label["name"] == name).cloned().unwrap_or(Value::Null)
        };
        let (route, method) = (label("route"), label("method"));
        ensure!(route["series_without"]["value"] == 8 && route["saves"]["value"] == 232, "{route}");
        ensure!(route["values"]["value"] == 60 && route["few"].is_null(), "{route}");
        ensure!(method["values"] == json!({"value": 4, "exact": true, "standard_error": 0.0}), "{method}");
        ensure!(method["few"][0]["series"]["value"] == 60 && method["saves"]["value"] == 180, "{method}");
        ensure!(labels["jobs"][0]["name"] == "app", "{labels}");
        // Twelve series end; the sender says so, and they are counted no longer, at once and not after the window.
        self.exporter.serve(smaller_target());
        let left = self.agree(sender, meter, first - 12, first - 12).await?;
        let summary = meter.summary().await?;
        ensure!(left + 12 == first && summary["last_hour"]["value"] == first, "{summary}");
        ensure!(summary["churn_per_hour"].as_f64() >= Some(first as f64), "{summary}");
        Ok(())
    }
}

fn find<'a>(top: &'a Value, name: &str) -> Result<&'a Value> {
    let mut items = top["items"].as_array().into_iter().flatten();
    items.find(|item| item["name"] == name).with_context(|| format!("no {name} in {top}"))
}

async fn prometheus_sends(message: &str, version: &str) -> Result<()> {
    let scene = Scene::new().await?;
    let meter = scene.meter("prometheus").await?;
    let write = |url: String| {
        json!({ "url": url, "protobuf_message": message, "queue_config": { "batch_send_deadline": "200ms" },
            "write_relabel_configs": [{ "target_label": "sender", "replacement": "prometheus" }] })
    };
    let options = PrometheusOptions {
        name: "sender".into(),
        scrape: vec![json!({ "job_name": "app", "static_configs": [{ "targets": [scene.exporter.address()] }] })],
        remote_write: vec![write(meter.write_url()), write(scene.store.remote_write_url())],
        ..PrometheusOptions::default()
    };
    let site = Site::loopback()?;
    let sender = Prometheus::with(&site, None, options).await?;
    scene.tell("prometheus", &meter).await?;
    // As many samples as the sender says it sent, once it sends no more.
    let url = meter.write_url();
    scene.exporter.serve(String::new());
    let counted = format!("flagstaff_meter_counted_requests_total{{version=\"{version}\"}}");
    ensure!(meter.metric(&counted).await? > 1.0, "it does not send {version}");
    eventually(SOON, "as many samples as were sent", async || {
        let sent = sent(&sender.metrics().await?, &url)?;
        let counted = meter.summary().await?["samples_total"].as_u64();
        check(counted == Some(sent) && sent > 0, (sent, counted))
    })
    .await
}

/// Samples that Prometheus says it sent there.
fn sent(metrics: &str, url: &str) -> Result<u64> {
    let total = |name: &str| -> Result<f64> {
        let line = metrics.lines().find(|line| line.starts_with(name) && line.contains(&format!("url=\"{url}\"")));
        let line = line.with_context(|| format!("no {name} for {url}"))?;
        line.rsplit(' ').next().unwrap_or_default().parse().with_context(|| line.to_owned())
    };
    let failed = total("prometheus_remote_storage_samples_failed_total")?;
    ensure!(failed == 0.0, "{failed} samples failed");
    let (samples, histograms) =
        ("prometheus_remote_storage_samples_total", "prometheus_remote_storage_histograms_total");
    Ok((total(samples)? + total(histograms)?) as u64)
}

#[tokio::test]
async fn what_prometheus_sends_by_1_0_is_counted_as_the_store_holds_it() -> Result<()> {
    prometheus_sends("prometheus.WriteRequest", "1.0").await
}

#[tokio::test]
async fn what_prometheus_sends_by_2_0_is_counted_as_the_store_holds_it() -> Result<()> {
    prometheus_sends("io.prometheus.write.v2.Request", "2.0").await
}

#[tokio::test]
async fn what_vmagent_sends_is_counted_as_the_store_holds_it() -> Result<()> {
    let scene = Scene::new().await?;
    let meter = scene.meter("vmagent").await?;
    let config = json!({
        "global": { "scrape_interval": "1s", "scrape_timeout": "1s", "external_labels": { "sender": "vmagent" } },
        "scrape_configs": [{ "job_name": "app", "static_configs": [{ "targets": [scene.exporter.address()] }] }],
    });
    let folder = scene.lease.folder().to_owned();
    std::fs::write(folder.join("vmagent.yaml"), config.to_string()).context("write vmagent's configuration")?;
    let part = Part::new("vmagent", programs::installed("vmagent", "victoria-metrics")?).args([
        format!("-promscrape.config={}", folder.join("vmagent.yaml").display()),
        format!("-remoteWrite.url={}", meter.write_url()),
        format!("-remoteWrite.url={}", scene.store.remote_write_url()),
        format!("-remoteWrite.tmpDataPath={}", folder.join("vmagent-data").display()),
        "-remoteWrite.flushInterval=200ms".into(),
        format!("-httpListenAddr=127.0.0.1:{}", ports::free()?),
    ]);
    scene.lease.start(part)?;
    scene.tell("vmagent", &meter).await
}

#[tokio::test]
async fn what_alloy_sends_is_counted_as_the_store_holds_it() -> Result<()> {
    let scene = Scene::new().await?;
    let meter = scene.meter("alloy").await?;
    let endpoint = |url: String| {
        format!("  endpoint {{\n    url = \"{url}\"\n    queue_config {{ batch_send_deadline = \"200ms\" }}\n  }}\n")
    };
    let config = format!(
        "prometheus.scrape \"app\" {{\n  targets = [{{\"__address__\" = \"{}\", \"job\" = \"app\"}}]\n  forward_to = [prometheus.remote_write.both.receiver]\n  \
         scrape_interval = \"1s\"\n  scrape_timeout = \"1s\"\n}}\nprometheus.remote_write \"both\" {{\n  external_labels = {{\"sender\" = \"alloy\"}}\n{}{}}}\n",
        scene.exporter.address(),
        endpoint(meter.write_url()),
        endpoint(scene.store.remote_write_url()),
    );
    let folder = scene.lease.folder().to_owned();
    std::fs::write(folder.join("config.alloy"), config).context("write Alloy's configuration")?;
    let part = Part::new("alloy", programs::built("alloy", "alloy")?)
        .args(["run", "--disable-reporting"])
        .flag("server.http.listen-addr", format!("127.0.0.1:{}", ports::free()?))
        .flag("storage.path", folder.join("alloy-data").display())
        .arg(folder.join("config.alloy").display().to_string());
    scene.lease.start(part)?;
    scene.tell("alloy", &meter).await
}
