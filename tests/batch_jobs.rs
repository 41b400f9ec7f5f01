//! The collector of batch jobs beside real Python workers: thousands come and go, series stay as they are, totals are exact.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::batch::{Collector, Room, Who};
use flagstaff_tests::eventually::check;
use flagstaff_tests::store::{Prometheus, PrometheusOptions, Site};
use flagstaff_tests::{eventually, http};
use serde::Deserialize;
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(60);
/// Two jobs; one runs in two pods at the same time.
const PODS: [&str; 3] = ["shop_import_import-1", "shop_import_import-2", "bank_report_report-1"];
/// Each pod's container is started again so often, and its process ids begin at 1 each time.
const STARTS: usize = 4;
const WORKERS: usize = 90;

/// What the workers of one container counted, by their own word.
#[derive(Debug, Deserialize)]
struct Counted {
    rows: BTreeMap<String, f64>,
    cpu: Vec<f64>,
    durations: Vec<f64>,
    workers: usize,
    killed: usize,
    pids: BTreeSet<u32>,
}

/// What scrapes saw until now.
#[derive(Default)]
struct Seen {
    last: BTreeMap<String, f64>,
    scrapes: usize,
}

fn of_workers(name: &str) -> bool {
    name.starts_with("batch_")
}

fn counts(name: &str) -> bool {
    ["_total", "_bucket", "_count", "_sum"]
        .iter()
        .any(|end| name.split('{').next().is_some_and(|name| name.ends_with(end)))
}

impl Seen {
    fn add(&mut self, samples: BTreeMap<String, f64>) -> Result<()> {
        for (name, value) in &samples {
            let before = self.last.get(name).copied().unwrap_or_default();
            ensure!(
                !of_workers(name) || !counts(name) || *value >= before,
                "{name} went from {before} down to {value} at scrape {}",
                self.scrapes
            );
            ensure!(!name.contains("pid="), "a process id is a label: {name}");
        }
        for name in self.last.keys().filter(|name| counts(name) && of_workers(name)) {
            ensure!(samples.contains_key(name), "{name} is gone at scrape {}", self.scrapes);
        }
        self.last.extend(samples);
        self.scrapes += 1;
        Ok(())
    }
}

async fn containers(room: &Room, pod: &str, seed: usize) -> Result<Vec<Counted>> {
    let folder = room.pod(pod)?.display().to_string();
    let mut all = Vec::new();
    for start in 0..STARTS {
        let (count, seed) = (WORKERS.to_string(), (seed * STARTS + start) * WORKERS);
        let args = [count.as_str(), "5", &seed.to_string()];
        let folder = [("PROMETHEUS_MULTIPROC_DIR", folder.as_str())];
        let text = room.run("tests/workers.py", &args, &folder, true).await?;
        all.push(serde_json::from_str(&text).with_context(|| text.clone())?);
    }
    Ok(all)
}

/// The values that the workers' own words add up to, as samples of one job.
fn expected(job: &str, counted: &[&Counted]) -> BTreeMap<String, f64> {
    let (namespace, name) = job.split_once('_').unwrap_or_default();
    let labels = format!("batch_namespace=\"{namespace}\",batch_job=\"{name}\"");
    let mut samples = BTreeMap::new();
    for table in ["orders", "returns", "stock"] {
        let rows = counted.iter().map(|one| one.rows.get(table).copied().unwrap_or_default()).sum();
        samples.insert(format!("batch_rows_total{{table=\"{table}\",{labels}}}"), rows);
    }
    let durations: Vec<f64> = counted.iter().flat_map(|one| one.durations.iter().copied()).collect();
    for (text, bound) in [("1.0", 1.0), ("2.0", 2.0), ("4.0", 4.0), ("8.0", 8.0), ("+Inf", f64::INFINITY)] {
        let below = durations.iter().filter(|seconds| **seconds <= bound).count() as f64;
        samples.insert(format!("batch_duration_seconds_bucket{{le=\"{text}\",{labels}}}"), below);
    }
    samples.insert(format!("batch_duration_seconds_count{{{labels}}}"), durations.len() as f64);
    samples.insert(format!("batch_duration_seconds_sum{{{labels}}}"), durations.iter().sum());
    samples
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_workers_come_and_go_and_every_count_is_exact() -> Result<()> {
    let (room, site) = (Room::new()?, Site::loopback()?);
    let args = ["--fold-seconds=0.3", "--settle-seconds=0.2"];
    let collector = Collector::start(site.processes(), &room, &args).await?;
    let options = PrometheusOptions {
        interval: Duration::from_millis(500),
        scrape: vec![json!({"job_name": "batch", "static_configs": [{"targets": [collector.address()]}]})],
        ..PrometheusOptions::default()
    };
    let prometheus = Prometheus::with(&site, None, options).await?;
    let done = AtomicBool::new(false);
    let all_containers = async {
        let pods = futures::future::try_join_all(PODS.iter().enumerate().map(|(n, pod)| containers(&room, pod, n + 1)));
        let counted = pods.await;
        done.store(true, Ordering::Relaxed);
        counted
    };
    // Scraped all along, and killed after every few scrapes: at an instant that it does not choose.
    let scrapes = async {
        let (mut seen, mut kills) = (Seen::default(), 0);
        while kills < 6 || !done.load(Ordering::Relaxed) {
            for _ in 0..5 {
                seen.add(collector.samples().await?)?;
                tokio::time::sleep(Duration::from_millis(rand::random_range(50..250))).await;
            }
            collector.kill()?;
            collector.start_again().await?;
            kills += 1;
        }
        anyhow::Ok((seen, kills))
    };
    let (counted, (mut seen, kills)) = tokio::try_join!(all_containers, scrapes)?;
    eventually(SOON, "all files are folded", async || {
        let left = room.files()?;
        check(left.is_empty(), left)
    })
    .await?;
    seen.add(collector.samples().await?)?;

    let everything: Vec<&Counted> = counted.iter().flatten().collect();
    let workers: usize = everything.iter().map(|one| one.workers).sum();
    let killed: usize = everything.iter().map(|one| one.killed).sum();
    ensure!(workers == PODS.len() * STARTS * WORKERS && workers > 1_000 && killed > 200, "{workers} {killed}");
    ensure!(kills >= 6 && seen.scrapes > 30, "{kills} {}", seen.scrapes);
    // The same ids in each start of a container and in each pod.
    let shared = everything.iter().skip(1).all(|one| one.pids.iter().any(|pid| everything[0].pids.contains(pid)));
    ensure!(shared, "no id came back: {:?}", everything.iter().map(|one| one.pids.first()).collect::<Vec<_>>());

    let mut wanted = BTreeMap::new();
    for job in ["shop_import", "bank_report"] {
        let of_job = counted.iter().zip(PODS).filter(|(_, pod)| pod.starts_with(job)).flat_map(|(one, _)| one);
        let of_job: Vec<&Counted> = of_job.collect();
        wanted.extend(expected(job, &of_job));
        let name = job.split_once('_').unwrap_or_default();
        let labels = format!("{{batch_namespace=\"{}\",batch_job=\"{}\"}}", name.0, name.1);
        let cpu: f64 = of_job.iter().flat_map(|one| &one.cpu).sum();
        let held = seen.last.get(&format!("batch_cpu_seconds_total{labels}")).context("no CPU time")?;
        ensure!((held - cpu).abs() < 1e-9, "{held} instead of {cpu}");
    }
    for (name, value) in &wanted {
        ensure!(seen.last.get(name) == Some(value), "{name}: {:?} instead of {value}", seen.last.get(name));
    }
    // Over all scrapes no other series was there, but the CPU time and a gauge of each job. Which live ones were met says chance.
    let names = seen.last.keys().filter(|name| of_workers(name) && !name.starts_with("batch_running"));
    let names: BTreeSet<&String> = names.collect();
    ensure!(names.len() == wanted.len() + 2 * 2, "{} series: {names:?}", names.len());

    let rows: f64 = everything.iter().flat_map(|one| one.rows.values()).sum();
    as_prometheus_saw(&prometheus, rows, names.len()).await?;
    // What is added up is on the disk: a collector that starts from there says the same.
    collector.kill()?;
    collector.start_again().await?;
    seen.add(collector.samples().await?)
}

/// No reset, no other series, and the whole increase.
async fn as_prometheus_saw(prometheus: &Prometheus, rows: f64, series: usize) -> Result<()> {
    let total = "sum(batch_rows_total)";
    eventually(SOON, "Prometheus has the last value", async || {
        let value = prometheus.value(total).await?;
        check(value == rows, (value, rows))
    })
    .await?;
    for metric in
        ["rows_total", "cpu_seconds_total", "duration_seconds_bucket", "duration_seconds_sum", "duration_seconds_count"]
    {
        let resets = prometheus.query(&format!("resets(batch_{metric}[15m])")).await?;
        ensure!(!resets.is_empty() && resets.iter().all(|one| one.value == 0.0), "resets of {metric}: {resets:?}");
    }
    let raw = raw(prometheus, "batch_rows_total[15m]").await?;
    ensure!(raw.len() == 6, "{raw:?}");
    let mut increase = 0.0;
    for values in raw.values() {
        ensure!(values.windows(2).all(|pair| pair[0] <= pair[1]), "{values:?}");
        increase += values.last().copied().unwrap_or_default();
    }
    ensure!(increase == rows, "{increase} instead of {rows}");
    let negative = prometheus.query("min_over_time(rate(batch_rows_total[5s])[15m:500ms]) < 0").await?;
    ensure!(negative.is_empty(), "{negative:?}");
    let ever =
        prometheus.value("count(last_over_time({__name__=~\"batch_.+\", __name__!=\"batch_running\"}[15m]))").await?;
    ensure!(ever == series as f64, "{ever} series in Prometheus, {series} were served");
    Ok(())
}

async fn raw(of: &Prometheus, selector: &str) -> Result<BTreeMap<String, Vec<f64>>> {
    let url = reqwest::Url::parse_with_params(&format!("{}/api/v1/query", of.url()), [("query", selector)])?;
    let text = http::client()?.get(url).send().await.context("ask for raw samples")?.text().await?;
    let answer: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
    let mut found = BTreeMap::new();
    for one in answer["data"]["result"].as_array().with_context(|| text.clone())? {
        let values = one["values"].as_array().context("values")?;
        let numbers = values.iter().filter_map(|value| value[1].as_str()?.parse().ok()).collect();
        found.insert(one["metric"].to_string(), numbers);
    }
    Ok(found)
}

async fn checks(names: &[&str]) -> Result<()> {
    let room = Room::new()?;
    let text = room.run("tests/checks.py", names, &[], false).await?;
    let passed: BTreeSet<&str> = text.lines().filter_map(|line| line.strip_prefix("ok ")).collect();
    ensure!(names.iter().all(|name| passed.contains(name)) && passed.len() == names.len(), "{text}");
    Ok(())
}

#[tokio::test]
async fn values_are_those_of_the_clients_own_collector() -> Result<()> {
    checks(&["it_adds_up_as_the_client_does", "files_of_newer_clients_are_read"]).await
}

#[tokio::test]
async fn a_process_id_that_comes_back_loses_nothing() -> Result<()> {
    checks(&["a_process_that_opens_while_its_file_is_retired_loses_nothing"]).await
}

#[tokio::test]
async fn bad_files_and_floods_spoil_nothing() -> Result<()> {
    checks(&[
        "bad_files_are_left_out_and_said",
        "long_labels_are_cut_and_put_together",
        "what_was_removed_or_counts_anew_stays_counted",
        "limits_hold",
    ])
    .await
}

/// The rows that a collector serves, over all tables.
fn rows_of(samples: &BTreeMap<String, f64>) -> f64 {
    samples.iter().filter(|(name, _)| name.starts_with("batch_rows_total")).map(|(_, value)| value).sum()
}

#[tokio::test]
async fn files_of_another_user_stay_unless_the_collector_may_ask_for_all() -> Result<()> {
    let args = ["--fold-seconds=0.1", "--settle-seconds=0.1"];
    for who in [Who::Nobody, Who::RootWithLease] {
        let (room, site) = (Room::new()?, Site::loopback()?);
        let folder = room.pod("shop_import_import-1")?;
        let text = folder.display().to_string();
        let said =
            room.run("tests/workers.py", &["5", "2", "1"], &[("PROMETHEUS_MULTIPROC_DIR", &text)], false).await?;
        let counted: Counted = serde_json::from_str(&said).with_context(|| said.clone())?;
        let wanted: f64 = counted.rows.values().sum();
        let files = room.files()?;
        for name in &files {
            std::os::unix::fs::chown(folder.join(name), Some(1234), Some(1234)).context("give a file away")?;
        }
        let collector = Collector::start_as(who, site.processes(), &room, &args).await?;
        ensure!(rows_of(&collector.samples().await?) == wanted, "{:?}", collector.samples().await?);
        eventually(SOON, "what becomes of the files", async || {
            let others = collector.samples().await?["flagstaff_batch_files_of_other_users"];
            let expected = match who {
                Who::Nobody => (files.len() as f64, files.len()),
                Who::RootWithLease => (0.0, 0),
            };
            let found = (others, room.files()?.len());
            check(found == expected, (found, expected))
        })
        .await?;
        ensure!(rows_of(&collector.samples().await?) == wanted, "{:?}", collector.samples().await?);
        ensure!(collector.log()?.contains("another user") == matches!(who, Who::Nobody), "{}", collector.log()?);
    }
    Ok(())
}

#[tokio::test]
async fn a_collector_killed_before_each_change_neither_loses_nor_doubles() -> Result<()> {
    let room = Room::new()?;
    let text = room.run("tests/crashes.py", &[], &[], false).await?;
    ensure!(text.starts_with("ok "), "{text}");
    Ok(())
}
