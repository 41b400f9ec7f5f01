//! What a meter knows outlives it: SIGTERM, a damaged file, an empty file.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_remote_write::Version;
use flagstaff_tests::eventually::check;
use flagstaff_tests::{Meter, eventually, http, programs};

use crate::writer::{self, Series, series};

const HEADERS: [(&str, &str); 2] = [("content-type", "application/x-protobuf"), ("content-encoding", "snappy")];

fn many(count: u32) -> Vec<Series> {
    (0..count).map(|n| series(&[("__name__", "a"), ("job", "j"), ("namespace", "t"), ("n", &n.to_string())])).collect()
}

async fn send(meter: &Meter, all: &[Series]) -> Result<()> {
    let answer = meter.write("/api/v1/write", &HEADERS, writer::snappy(Version::One, all)).await?;
    ensure!(answer.status() == 204, "{}", answer.status());
    Ok(())
}

#[tokio::test]
async fn what_was_known_is_known_again_and_what_is_damaged_is_said() -> Result<()> {
    let meter = Meter::start(&["--data-dir={folder}/data", "--cluster=one"]).await?;
    let file = meter.folder().join("data/known-series");
    send(&meter, &many(1000)).await?;
    meter.stop()?;
    let saved = std::fs::metadata(&file).context("it was saved at SIGTERM")?.len();
    ensure!(saved > 14_000, "{saved} bytes");
    meter.start_again().await?;
    let summary = meter.summary().await?;
    ensure!(summary["series"]["value"] == 1000 && summary["metrics"] == 1 && summary["teams"] == 1, "{summary}");
    send(&meter, &many(1200)).await?;
    let summary = meter.summary().await?;
    ensure!(
        summary["series"]["value"] == 1200 && summary["churn_per_hour"] == 1200.0,
        "only 200 more are new: {summary}"
    );
    // Which hour it is, and what it held: as JSON, and packed.
    let hours = meter.json("/api/v1/hours").await?;
    let open = hours["hours"].as_array().and_then(|all| all.last()).context("no hour")?.clone();
    ensure!(open["closed"] == false && open["instance"].as_str().is_some_and(|word| word.len() == 16), "{hours}");
    let path = format!("/api/v1/hours/{}", open["hour"].as_str().context("no hour")?);
    let report = meter.json(&path).await?;
    ensure!(report["total"]["active"] == 1200.0 && report["scopes"][0]["metric"] == "a", "{report}");
    ensure!(report["instance"] == open["instance"] && report["sketches"] == serde_json::json!([]), "{report}");
    let packed = http::client()?.get(format!("{}{path}", meter.url())).header("accept-encoding", "gzip, zstd;q=0.5");
    let answer = packed.send().await.context("ask for it packed")?;
    ensure!(answer.headers().get("content-encoding").is_some_and(|coding| coding == "zstd"), "{:?}", answer.headers());
    ensure!(answer.bytes().await?.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]), "a frame of zstd");
    for (path, code) in
        [("/api/v1/hours/2001-01-01T00:00:00Z", "meter.no_hour"), ("/api/v1/hours/now", "meter.question")]
    {
        let answer = http::client()?.get(format!("{}{path}", meter.url())).send().await.context("ask")?;
        let problem: serde_json::Value = answer.json().await.context("a problem")?;
        ensure!(problem["code"] == code, "{problem}");
    }
    meter.stop()?;
    meter.start_again().await?;
    let again = meter.json("/api/v1/hours").await?;
    ensure!(
        again["hours"].as_array().is_some_and(|all| all.iter().all(|one| one["instance"] == open["instance"])),
        "{again}"
    );
    // Another meter in the same folder does not start.
    let folder = meter.folder().join("data").display().to_string();
    let second = std::process::Command::new(programs::ours("flagstaff-meter")?)
        .args(["--listen=127.0.0.1:0", "--data-dir", &folder])
        .output()
        .context("run a second meter")?;
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    ensure!(!second.status.success() && said.contains("another meter uses"), "{said}");

    for (what, words) in [("half", "checksum"), ("empty", "ends early")] {
        meter.stop()?;
        let bytes = std::fs::read(&file)?;
        std::fs::write(&file, if what == "half" { &bytes[..bytes.len() / 2] } else { &[] })?;
        meter.start_again().await?;
        let log = meter.log()?;
        ensure!(log.contains("meter.saved_damaged") && log.contains(words), "{what}: {log}");
        let summary = meter.summary().await?;
        ensure!(summary["series"]["value"] == 0, "{what}: begun anew: {summary}");
        send(&meter, &many(300)).await?;
        ensure!(meter.summary().await?["series"]["value"] == 300);
    }
    // Killed without a word: nothing of the last minute was saved, and it starts all the same.
    meter.kill()?;
    meter.start_again().await?;
    eventually(Duration::from_secs(10), "it counts", async || {
        send(&meter, &many(300)).await?;
        let summary = meter.summary().await?;
        check(summary["series"]["value"] == 300, summary)
    })
    .await
}
