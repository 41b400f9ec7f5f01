//! A meter in line adds counters up between a real Prometheus that scrapes and a real one that stores, and is killed meanwhile: what is
//! stored grows by what was counted. Only a store that refuses on demand is a stand-in.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_remote_write::Version;
use flagstaff_tests::answering::{Answering, Told};
use flagstaff_tests::eventually::check;
use flagstaff_tests::meter::put_budgets;
use flagstaff_tests::store::{Prometheus, PrometheusOptions, Sample, Site};
use flagstaff_tests::{Exporter, Meter, eventually};
use serde_json::json;

use crate::writer::{self, series};

const SOON: Duration = Duration::from_secs(90);
const PODS: usize = 40;
const BUDGETS: &str =
    "budgets: [{id: b-1, name: shop, team: shop, limit: 1000, act: aggregate, aggregate: {labels: [pod], from: 10}}]";
const BACK: Duration = Duration::from_secs(900);

/// The page of a program: counters, a histogram, a gauge. Every pod counts at its own pace.
fn page(round: usize) -> String {
    let mut text = String::from("# TYPE hits_total counter\n# TYPE wait_seconds histogram\n# TYPE open_files gauge\n");
    for pod in 0..PODS {
        let labels = format!("namespace=\"shop\",path=\"{}\",pod=\"pod-{pod}\"", pod % 2);
        // One of them begins anew in the middle.
        let count = if pod == 7 && round >= 5 { round - 3 } else { 100 + round * (pod + 1) };
        let _infallible = writeln!(
            text,
            "hits_total{{{labels}}} {count}\nwait_seconds_bucket{{{labels},le=\"1\"}} {count}\nwait_seconds_bucket{{{labels},le=\"+Inf\"}} {}\n\
             wait_seconds_sum{{{labels}}} {count}\nwait_seconds_count{{{labels}}} {}\nopen_files{{{labels}}} {round}",
            count * 2,
            count * 2,
        );
    }
    text
}

/// What all series of a metric grew, with resets, by whether they are sums.
async fn grown(of: &Prometheus, metric: &str) -> Result<BTreeMap<bool, f64>> {
    let mut grown = BTreeMap::new();
    for one in of.stored(metric, BACK).await? {
        let is_sum = one.first().is_some_and(|sample| sample.labels.contains_key("flagstaff_meter"));
        let increase = |pair: &[Sample]| match pair[1].value - pair[0].value {
            less if less < 0.0 => pair[1].value,
            more => more,
        };
        let all: f64 = one.windows(2).map(increase).sum();
        *grown.entry(is_sum).or_default() += all;
    }
    Ok(grown)
}

#[tokio::test]
async fn sums_grow_by_what_was_counted_however_often_the_meter_is_killed() -> Result<()> {
    let site = Site::loopback()?;
    let store = Prometheus::start(&site).await?;
    let to = format!("--destination=store={}", store.remote_write_url());
    let args = [
        "--mode=inline",
        to.as_str(),
        "--data-dir={folder}/meter-data",
        "--budgets={folder}/budgets.yaml",
        "--aggregate-seconds=5",
    ];
    let meter = Meter::start_in(site.processes(), "meter", &args).await?;
    let exporter = Exporter::start(page(0)).await?;
    let queue = json!({ "batch_send_deadline": "100ms", "max_samples_per_send": 100, "min_backoff": "50ms", "max_backoff": "500ms" });
    let options = PrometheusOptions {
        name: "sender".into(),
        interval: Duration::from_millis(500),
        scrape: vec![json!({ "job_name": "app", "static_configs": [{ "targets": [exporter.address()] }] })],
        remote_write: vec![
            json!({ "url": meter.write_url(), "queue_config": queue, "metadata_config": { "send_interval": "1s" } }),
        ],
        ..PrometheusOptions::default()
    };
    let sender = Prometheus::with(&site, None, options).await?;
    let is_stored = async |query: &str, wanted: f64| {
        eventually(SOON, format!("{query} is {wanted}"), async || {
            let found = store.query(query).await?;
            check(found.len() == 1 && found[0].value == wanted, &found)
        })
        .await
    };
    is_stored("count(hits_total)", PODS as f64).await?;

    // It begins in the middle of it all.
    put_budgets(&meter.folder().join("budgets.yaml"), BUDGETS)?;
    is_stored("count(hits_total{flagstaff_meter!=\"\"})", 2.0).await?;
    let agreed = async |metric: &str| {
        eventually(SOON, format!("{metric} grew as much in the store"), async || {
            let counted = grown(&sender, metric).await?.get(&false).copied().context("nothing was counted")?;
            let stored = grown(&store, metric).await?;
            check(stored.values().sum::<f64>() == counted, (counted, stored))?;
            anyhow::Ok(counted)
        })
        .await
    };
    for round in 1..=6 {
        if round == 3 || round == 5 {
            // In the fifth one begins anew: what it counted before has to be on disk by then, or nobody knows it any more.
            agreed("hits_total").await?;
        }
        exporter.serve(page(round));
        let scraped = format!("hits_total{{pod=\"pod-0\"}} == {}", 100 + round);
        eventually(SOON, &scraped, async || {
            let found = sender.query(&scraped).await?;
            check(!found.is_empty(), found)
        })
        .await?;
        if round % 2 == 0 {
            // What it took in since its last copy is told again by the next scrape.
            meter.kill()?;
            meter.start_again().await?;
        }
    }
    for metric in ["hits_total", "wait_seconds_bucket", "wait_seconds_sum", "wait_seconds_count"] {
        let counted = agreed(metric).await?;
        ensure!(counted > 1000.0, "{metric}: {counted}");
    }
    ensure!(store.value("count(wait_seconds_bucket{flagstaff_meter!=\"\"})").await? == 4.0);
    let sums = store.stored("{flagstaff_meter!=\"\"}", BACK).await?;
    let shrank = sums.iter().find(|one| one.windows(2).any(|pair| pair[1].value < pair[0].value));
    ensure!(shrank.is_none(), "a sum is smaller than before: {shrank:?}");

    let budget = meter.json("/api/v1/budgets").await?["budgets"][0].clone();
    ensure!(budget["state"] == "aggregating", "{budget}");
    let aggregated = &budget["aggregated"];
    ensure!(aggregated["inputs"] == 5 * PODS && aggregated["outputs"] == 10, "{budget}");
    ensure!(aggregated["kept"][0]["metric"] == "open_files", "{budget}");
    ensure!(meter.metric("flagstaff_meter_aggregated_inputs ").await? == (5 * PODS) as f64);

    // A budget that goes leaves the last value and an end, and the series are there again.
    let newest = async || store.value("max(timestamp(hits_total{flagstaff_meter=\"\"}))").await;
    let before = newest().await?;
    put_budgets(&meter.folder().join("budgets.yaml"), "budgets: []")?;
    eventually(SOON, "sums ended", async || {
        let found = store.query("hits_total{flagstaff_meter!=\"\"}").await?;
        check(found.is_empty(), found)
    })
    .await?;
    eventually(SOON, "the series go on as they are", async || {
        let now = newest().await?;
        check(now > before, (before, now))
    })
    .await
}

#[tokio::test]
async fn a_store_that_refuses_gets_sums_once_it_takes_them_and_never_two_zeros() -> Result<()> {
    let store = Answering::start(Told { status: 204, ..Told::default() }).await?;
    let site = Site::loopback()?;
    let to = format!("--destination=store={}/write", store.url());
    let args = [
        "--mode=inline",
        to.as_str(),
        "--data-dir={folder}/meter-data",
        "--budgets={folder}/budgets.yaml",
        "--aggregate-seconds=5",
    ];
    let meter = Meter::start_in(site.processes(), "meter", &args).await?;
    put_budgets(&meter.folder().join("budgets.yaml"), &BUDGETS.replace("from: 10", "from: 0"))?;
    eventually(SOON, "it aggregates", async || {
        let all = meter.json("/api/v1/budgets").await?;
        check(all["budgets"][0]["state"] == "aggregating", all)
    })
    .await?;
    let mut value = 0.0;
    let mut send = async || {
        value += 3.0;
        let mut one = series(&[("__name__", "hits_total"), ("job", "app"), ("namespace", "shop"), ("pod", "pod-1")]);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis();
        (one.value, one.at) = (value, i64::try_from(now)?);
        let headers = [
            ("content-type", "application/x-protobuf"),
            ("content-encoding", "snappy"),
            ("x-scope-orgid", "tenant-a"),
            ("authorization", "Bearer of-the-sender"),
        ];
        let answer = meter.write("/api/v1/write", &headers, writer::snappy(Version::One, &[one])).await?;
        ensure!(answer.status() == 204, "{answer:?}");
        anyhow::Ok(())
    };
    send().await?;
    store.tell(Told { status: 503, ..Told::default() });
    let sent = async |what: &str, holds: fn(usize) -> bool| {
        let seen = async || anyhow::Ok(store.seen().len());
        eventually(SOON, what, async || {
            let count = seen().await?;
            check(holds(count), count)?;
            anyhow::Ok(count)
        })
        .await
    };
    // The sender hears of no fault: its samples are taken in. The sums are sent again and again.
    send().await?;
    sent("sums are tried more than once", |count| count >= 2).await?;
    store.tell(Told { status: 400, ..Told::default() });
    let before = store.seen().len();
    eventually(SOON, "refused with its zero it goes without", async || {
        let sizes: Vec<usize> = store.seen()[before..].iter().map(|one| one.body.len()).collect();
        check(sizes.windows(2).any(|pair| pair[1] < pair[0]), sizes)
    })
    .await?;
    store.tell(Told { status: 204, ..Told::default() });
    send().await?;
    eventually(SOON, "the sum is counted once it was taken", async || {
        let found = meter.summary().await?["series"]["value"].as_f64();
        check(found == Some(1.0), found)
    })
    .await?;
    // Where the copy cannot be written nothing is sent; what is sent later contains it.
    let in_the_way = meter.folder().join("meter-data/sums.new");
    std::fs::create_dir(&in_the_way)?;
    let failed = async |times: f64| {
        eventually(SOON, format!("saving failed {times} times"), async || {
            let count = meter.metric("flagstaff_meter_save_failures_total ").await?;
            check(count >= times, count)
        })
        .await
    };
    failed(1.0).await?;
    let before = store.seen().len();
    send().await?;
    failed(2.0).await?;
    ensure!(store.seen().len() == before, "a sum was sent that is not on disk");
    ensure!(meter.log()?.contains("no sums are sent now"), "{}", meter.log()?);
    std::fs::remove_dir(&in_the_way)?;
    eventually(SOON, "sums go out again", async || check(store.seen().len() > before, before)).await?;

    for seen in store.seen() {
        let header =
            |name: &str| seen.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        ensure!(header("x-scope-orgid") == "tenant-a" && header("authorization") == "Bearer of-the-sender", "{seen:?}");
        ensure!(
            header("content-encoding") == "snappy" && header("x-prometheus-remote-write-version") == "0.1.0",
            "{seen:?}"
        );
    }
    Ok(())
}
