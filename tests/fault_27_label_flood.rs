//! A flood of new label values at every scrape: memory stays within the bound that is said, numbers within the error that is said, and
//! the label at fault is named.

use anyhow::{Context, Result, ensure};
use flagstaff_remote_write::Version;
use flagstaff_tests::Meter;

use crate::writer::{self, Series, series};

const HEADERS: [(&str, &str); 2] =
    [("content-type", "application/x-protobuf;proto=io.prometheus.write.v2.Request"), ("content-encoding", "snappy")];

fn flood(numbers: std::ops::Range<u32>) -> Vec<Series> {
    let one = |n: u32| {
        series(&[("__name__", "jobs_total"), ("job", "worker"), ("namespace", "batch"), ("process_id", &n.to_string())])
    };
    numbers.map(one).collect()
}

fn calm() -> Vec<Series> {
    (0..200)
        .map(|n| series(&[("__name__", "calls_total"), ("job", "shop"), ("namespace", "shop"), ("n", &n.to_string())]))
        .collect()
}

#[tokio::test]
async fn fault_27_a_flood_of_label_values_keeps_memory_bounded() -> Result<()> {
    let args = ["--max-series=20000", "--sketch-bytes=4194304", "--max-inflight-bytes=4194304", "--window-seconds=600"];
    let meter = Meter::start(&args).await?;
    let send = async |all: &[Series]| {
        let answer = meter.write("/api/v1/write", &HEADERS, writer::snappy(Version::Two, all)).await?;
        ensure!(answer.status() == 204, "{}", answer.status());
        anyhow::Ok(())
    };
    send(&calm()).await?;
    meter.json("/api/v1/metrics/calls_total").await?;
    let before = meter.memory()?;
    // 300,000 values, fifteen times what fits.
    let (mut sent, mut half) = (0, 0);
    while sent < 300_000 {
        send(&flood(sent..sent + 2000)).await?;
        sent += 2000;
        if sent % 50_000 == 0 {
            send(&calm()).await?;
        }
        if sent == 150_000 {
            half = meter.memory()?;
        }
    }
    let (whole, summary) = (meter.memory()?, meter.summary().await?);
    let bound = summary["memory"]["bound_bytes"].as_u64().context("no bound")?;
    let used = ["known_set_bytes", "sketch_bytes"].map(|name| summary["memory"][name].as_u64().unwrap_or(u64::MAX));
    ensure!(used.iter().sum::<u64>() <= bound, "{summary}");
    ensure!(whole.saturating_sub(before) <= bound, "grew by {} bytes, {bound} are the bound", whole - before);
    ensure!(whole.saturating_sub(half) < 8 << 20, "it still grows: {half}, then {whole}");
    let truth = 300_200.0;
    let (value, error) = (number(&summary["series"]["value"])?, number(&summary["series"]["standard_error"])?);
    ensure!(summary["series"]["exact"] == false && error <= truth * 0.0042, "{summary}");
    ensure!((value - truth).abs() <= 4.0 * error, "{summary}");
    let top = meter.json("/api/v1/top?by=metric").await?;
    ensure!(top["items"][0]["name"] == "jobs_total" && top["items"][0]["team"] == "batch", "{top}");
    let jobs = meter.json("/api/v1/top?by=job").await?;
    let shop = jobs["items"].as_array().into_iter().flatten().find(|job| job["name"] == "shop");
    ensure!(shop.is_some_and(|shop| shop["series"]["value"] == 200), "the calm one is not touched: {jobs}");
    Ok(())
}

fn number(value: &serde_json::Value) -> Result<f64> {
    value.as_f64().with_context(|| format!("{value} is no number"))
}
