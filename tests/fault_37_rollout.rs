//! Two hundred pods are rolled and then doubled at 99 % of a hard budget: a rollout is no flood, and nothing is lost.

use anyhow::{Result, ensure};
use flagstaff_remote_write::Version;

use crate::meter_enforce::{Guarded, many};
use crate::writer::Series;

const METRICS: [&str; 5] = ["http_total", "memory_bytes", "cpu_seconds", "queue_length", "errors_total"];

fn pods(numbers: std::ops::Range<u32>) -> Vec<Series> {
    METRICS.iter().flat_map(|metric| many(metric, "pod", numbers.clone())).collect()
}

#[tokio::test]
async fn fault_37_two_hundred_pods_rolled_and_doubled_lose_nothing() -> Result<()> {
    let guarded = Guarded::start().await?;
    guarded.send(Version::One, &pods(0..200)).await?;
    guarded.meter.restart().await?;
    guarded.write_budgets("budgets: [{id: b-1, name: shop, team: shop, limit: 1010, act: refuse}]")?;
    let budget = guarded.keeps(1010).await?;
    ensure!(budget["active"] == 1000.0, "{budget}");
    // Rolled, ten at a time; the old ones do not even say that they end.
    for step in 1..=20 {
        guarded.send(Version::One, &pods(step * 10..200 + step * 10)).await?;
    }
    // Doubled.
    guarded.send(Version::Two, &pods(200..600)).await?;
    for metric in METRICS {
        let held = guarded.store.value(&format!("count({metric})")).await?;
        ensure!(held == 600.0, "{held} of 600 {metric} are in the store");
    }
    let budget = guarded.budget().await?;
    ensure!(budget["state"] == "letting_through" && budget["refused_samples"] == 0, "{budget}");
    ensure!(budget["let_through"].as_f64().is_some_and(|through| through >= 1900.0), "{budget}");
    // What comes after is no rollout.
    guarded.send(Version::One, &pods(5000..6000)).await?;
    let held = guarded.store.value("count({__name__=~\".+_total\"})").await?;
    ensure!(held < 2.0 * 600.0 + 1000.0, "{held}");
    ensure!(guarded.budget().await?["state"] == "refusing", "{}", guarded.budget().await?);
    Ok(())
}
