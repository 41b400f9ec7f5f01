//! `flagstaff meter top` against a real meter.

use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};
use flagstaff_remote_write::Version;
use flagstaff_tests::{Meter, ports, programs};
use serde_json::Value;

use crate::writer::{self, series};

fn top(args: &[&str]) -> Result<Output> {
    let mut command = Command::new(programs::ours("flagstaff")?);
    command.args(["meter", "top"]).args(args).output().context("run flagstaff")
}

#[tokio::test]
async fn meter_top_shows_what_the_meter_counts() -> Result<()> {
    let meter = Meter::start(&["--cluster=shop-1"]).await?;
    let all: Vec<_> = (0..1500)
        .map(|n| series(&[("__name__", "calls_total"), ("job", "cart"), ("namespace", "shop"), ("n", &n.to_string())]))
        .collect();
    let headers = [("content-type", "application/x-protobuf"), ("content-encoding", "snappy")];
    meter.write("/api/v1/write", &headers, writer::snappy(Version::One, &all)).await?;
    let url = meter.url().to_owned();
    let (page, json, wrong, away) = tokio::task::spawn_blocking(move || {
        let away = format!("http://127.0.0.1:{}", ports::free()?);
        anyhow::Ok((
            top(&["--meter", &url])?,
            top(&["--meter", &url, "--by", "team", "--output", "json"])?,
            top(&["--meter", &url, "--by", "label-value", "--once"])?,
            top(&["--meter", &away])?,
        ))
    })
    .await??;
    let text = String::from_utf8(page.stdout)?;
    ensure!(page.status.success(), "{}", String::from_utf8_lossy(&page.stderr));
    ensure!(text.contains("cluster shop-1, tap") && text.contains("series 1,500 now"), "{text}");
    let row = text.lines().find(|line| line.starts_with("calls_total")).with_context(|| format!("no row in {text}"))?;
    ensure!(row.split_whitespace().nth(1) == Some("1,500"), "{row}");
    let json: Value = serde_json::from_slice(&json.stdout)?;
    ensure!(json["top"]["items"][0]["name"] == "shop" && json["summary"]["cluster"] == "shop-1", "{json}");
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    ensure!(wrong.status.code() == Some(2) && said.contains("needs metric and label (meter.question)"), "{said}");
    let said = String::from_utf8_lossy(&away.stderr).into_owned();
    ensure!(away.status.code() == Some(2) && said.contains("does not answer"), "{said}");
    Ok(())
}
