//! A meter in line keeps a budget before a real Prometheus: a flood is refused, senders hear that all is well, and everything else is stored.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use flagstaff_remote_write::Version;
use flagstaff_tests::eventually::check;
use flagstaff_tests::meter::put_budgets;
use flagstaff_tests::store::{Prometheus, Site};
use flagstaff_tests::{Meter, eventually};
use serde_json::Value;

use crate::writer::{self, Series, series};

const SOON: Duration = Duration::from_secs(60);
const ONE: [(&str, &str); 2] = [("content-type", "application/x-protobuf"), ("content-encoding", "snappy")];
const TWO: [(&str, &str); 3] = [
    ("content-type", "application/x-protobuf;proto=io.prometheus.write.v2.Request"),
    ("content-encoding", "snappy"),
    ("x-prometheus-remote-write-version", "2.0.0"),
];

/// A meter before a store, with a folder of its own and a file of budgets that is not there yet.
pub struct Guarded {
    pub store: Prometheus,
    pub meter: Meter,
    _site: Site,
}

impl Guarded {
    pub async fn start() -> Result<Self> {
        Self::with(&[]).await
    }

    /// With more arguments for the meter.
    pub async fn with(more: &[&str]) -> Result<Self> {
        let site = Site::loopback()?;
        let store = Prometheus::start(&site).await?;
        let to = format!("--destination=store={}", store.remote_write_url());
        let mut args =
            vec!["--mode=inline", to.as_str(), "--data-dir={folder}/meter-data", "--budgets={folder}/budgets.yaml"];
        args.extend(more);
        let meter = Meter::start_in(site.processes(), "meter", &args).await?;
        Ok(Self { store, meter, _site: site })
    }

    /// Sends series at this moment; the answer has to be a good one.
    pub async fn send(&self, version: Version, all: &[Series]) -> Result<reqwest::Response> {
        let mut all = all.to_vec();
        let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
        all.iter_mut().for_each(|one| one.at = now);
        let headers: &[_] = if version == Version::One { &ONE } else { &TWO };
        let answer = self.meter.write("/api/v1/write", headers, writer::snappy(version, &all)).await?;
        ensure!(answer.status() == 204 || answer.status() == 200, "{answer:?}");
        Ok(answer)
    }

    pub fn write_budgets(&self, text: &str) -> Result<()> {
        put_budgets(&self.meter.folder().join("budgets.yaml"), text)
    }

    /// How the meter stands to its one budget.
    pub async fn budget(&self) -> Result<Value> {
        let all = self.meter.json("/api/v1/budgets").await?;
        all["budgets"].get(0).cloned().with_context(|| format!("no budget in {all}"))
    }

    /// Waits until it keeps this limit.
    pub async fn keeps(&self, limit: u64) -> Result<Value> {
        eventually(SOON, format!("a limit of {limit} is kept"), async || {
            let budget = self.budget().await?;
            check(budget["limit"] == limit, budget.clone())?;
            anyhow::Ok(budget)
        })
        .await
    }
}

/// Series of a metric that differ in one label.
pub fn many(metric: &str, label: &str, numbers: std::ops::Range<u32>) -> Vec<Series> {
    let one = |n: u32| {
        let value = n.to_string();
        let mut labels = vec![("__name__", metric), ("job", "app"), (label, value.as_str()), ("namespace", "shop")];
        labels.sort_unstable();
        series(&labels)
    };
    numbers.map(one).collect()
}

#[tokio::test]
async fn a_flood_is_refused_before_the_store_and_nothing_else_is() -> Result<()> {
    let guarded = Guarded::start().await?;
    let base = many("http_total", "pod", 0..200);
    guarded.send(Version::One, &base).await?;
    // What is known before budgets come is what a restart leaves known.
    guarded.meter.restart().await?;
    guarded.write_budgets(
        "budgets: [{id: b-1, name: shop, team: shop, limit: 250, act: refuse}]\nkeep: {metrics: [used_by_a_rule]}",
    )?;
    let budget = guarded.keeps(250).await?;
    ensure!(budget["active"] == 200.0 && budget["state"] == "watching", "{budget}");

    // By both versions, in many requests: what there is room for is let in, and the sender hears of no fault.
    for request in 0..10 {
        let version = if request % 2 == 0 { Version::One } else { Version::Two };
        let mut all = many("users_total", "user", request * 50..request * 50 + 50);
        all.extend(base.clone());
        all.push(series(&[("__name__", "up"), ("instance", &request.to_string()), ("namespace", "shop")]));
        all.push(series(&[("__name__", "used_by_a_rule"), ("n", &request.to_string()), ("namespace", "shop")]));
        let sent = all.len();
        let answer = guarded.send(version, &all).await?;
        if version == Version::Two {
            let written = answer.headers().get("x-prometheus-remote-write-samples-written");
            ensure!(written.is_some_and(|written| *written == sent.to_string().as_str()), "{:?}", answer.headers());
        }
    }
    let held = async |what: &str| guarded.store.value(&format!("count({what})")).await;
    for (what, wanted) in [("users_total", 50.0), ("http_total", 200.0), ("up", 10.0), ("used_by_a_rule", 10.0)] {
        let found = held(what).await?;
        ensure!(found == wanted, "{found} {what} in the store");
    }
    let budget = guarded.budget().await?;
    ensure!(budget["state"] == "refusing" && budget["refused"][0]["metric"] == "users_total", "{budget}");
    let refused = guarded.meter.metric("flagstaff_meter_refused_samples_total ").await?;
    ensure!(refused == 450.0 && budget["refused_samples"] == 450, "{refused} samples were refused: {budget}");

    // A file that is wrong changes nothing, and is said by its place.
    guarded.write_budgets("budgets: [{id: b-1, limit: 9000, act: refuse, temas: shop}]")?;
    eventually(SOON, "the fault is said", async || {
        let log = guarded.meter.log()?;
        check(log.contains("unknown field `temas`") && log.contains("meter.budgets_invalid"), log)
    })
    .await?;
    ensure!(guarded.keeps(250).await?["limit"] == 250);

    // Killed in the middle, it begins with what was saved last: until that is whole again nothing is refused.
    guarded.write_budgets("budgets: [{id: b-1, name: shop, team: shop, limit: 251, act: refuse}]")?;
    guarded.keeps(251).await?;
    guarded.meter.kill()?;
    guarded.meter.start_again().await?;
    let budget = guarded.budget().await?;
    ensure!(
        ["learning", "refusing", "watching", "letting_through"].iter().any(|state| budget["state"] == *state),
        "{budget}"
    );
    guarded.send(Version::One, &base).await?;
    ensure!(held("http_total").await? == 200.0);

    // More room is used at once; no budget at all lets everything through.
    guarded.write_budgets("budgets: []")?;
    eventually(SOON, "no budget is kept", async || {
        let all = guarded.meter.json("/api/v1/budgets").await?;
        check(all["budgets"].as_array().is_some_and(Vec::is_empty), all)
    })
    .await?;
    guarded.send(Version::One, &many("users_total", "user", 0..500)).await?;
    ensure!(held("users_total").await? == 500.0);
    Ok(())
}
