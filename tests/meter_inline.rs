//! Inline: bytes go on as they came, and the sender is told what the destination said. The destination is a stand-in that answers as told.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_remote_write::Version;
use flagstaff_tests::eventually::check;
use flagstaff_tests::{Answering, Meter, Told, eventually, ports};
use serde_json::Value;

use crate::writer::{self, series};

const HEADERS: [(&str, &str); 4] = [
    ("content-type", "application/x-protobuf;proto=io.prometheus.write.v2.Request"),
    ("content-encoding", "snappy"),
    ("x-prometheus-remote-write-version", "2.0.0"),
    ("x-scope-orgid", "shop"),
];

fn body(count: u32) -> Vec<u8> {
    let all: Vec<_> = (0..count).map(|n| series(&[("__name__", "a"), ("job", "j"), ("n", &n.to_string())])).collect();
    writer::snappy(Version::Two, &all)
}

fn yes() -> Told {
    Told { status: 204, headers: vec![("x-prometheus-remote-write-samples-written", "10")], ..Told::default() }
}

async fn inline(to: &str, more: &[&str]) -> Result<Meter> {
    let to = format!("--destination=store={to}/api/v1/push");
    let mut args = vec!["--mode=inline", &to];
    args.extend(more);
    Meter::start(&args).await
}

#[tokio::test]
async fn bytes_go_on_as_they_came_and_answers_come_back_as_they_were() -> Result<()> {
    let store = Answering::start(yes()).await?;
    let meter = inline(store.url(), &[]).await?;
    for path in ["/api/v1/write", "/api/v1/write/store"] {
        let answer = meter.write(path, &HEADERS, body(10)).await?;
        ensure!(answer.status() == 204, "{}", answer.status());
        ensure!(answer.headers()["x-prometheus-remote-write-samples-written"] == "10", "{:?}", answer.headers());
        let seen = store.seen().pop().context("nothing arrived")?;
        ensure!(seen.body == body(10) && seen.path == "/api/v1/push", "{seen:?}");
        for (name, value) in HEADERS {
            ensure!(seen.headers.get(name).is_some_and(|found| found == value), "{name}: {:?}", seen.headers);
        }
    }
    let counted = meter.summary().await?;
    ensure!(
        counted["series"]["value"] == 10 && counted["samples_total"] == 20 && counted["mode"] == "inline",
        "{counted}"
    );

    for (status, headers, text) in [
        (429, vec![("retry-after", "17")], "too much"),
        (503, vec![("retry-after", "3"), ("x-ratelimit-reset", "9")], "not now"),
        (500, vec![], "broken"),
        (400, vec![("content-type", "text/plain")], "out of order sample for series {a}"),
    ] {
        store.tell(Told { status, headers: headers.clone(), body: text, ..Told::default() });
        let answer = meter.write("/api/v1/write", &HEADERS, body(99)).await?;
        ensure!(answer.status().as_u16() == status, "{} instead of {status}", answer.status());
        for (name, value) in headers {
            ensure!(answer.headers().get(name).is_some_and(|found| found == value), "{name}: {:?}", answer.headers());
        }
        ensure!(answer.text().await? == text);
    }
    let counted = meter.summary().await?;
    ensure!(counted["series"]["value"] == 10, "what was refused is nowhere, and so is not counted: {counted}");

    // What the meter cannot read is for the destination to judge.
    store.tell(yes());
    let odd = b"something that is no remote write".to_vec();
    let answer = meter.write("/api/v1/write", &HEADERS, odd.clone()).await?;
    ensure!(answer.status() == 204 && store.seen().pop().is_some_and(|seen| seen.body == odd));
    let missed = meter.summary().await?["dropped_or_missed"]["requests"].clone();
    ensure!(missed.as_object().is_some_and(|codes| codes.len() == 1), "{missed}");

    let answer = meter.write("/api/v1/write/elsewhere", &HEADERS, body(1)).await?;
    ensure!(answer.status() == 404 && answer.json::<Value>().await?["code"] == "meter.no_destination");
    Ok(())
}

#[tokio::test]
async fn a_destination_that_is_away_is_a_502_and_too_much_is_a_503_with_retry_after() -> Result<()> {
    let nobody = format!("http://127.0.0.1:{}", ports::free()?);
    let away = inline(&nobody, &[]).await?;
    let answer = away.write("/api/v1/write", &HEADERS, body(10)).await?;
    ensure!(answer.status() == 502 && answer.headers().contains_key("retry-after"), "{answer:?}");
    let problem: Value = answer.json().await?;
    ensure!(problem["code"] == "meter.destination_unreachable", "{problem}");
    ensure!(away.summary().await?["series"]["value"] == 0);

    let store = Answering::start(Told { after: Duration::from_secs(20), ..yes() }).await?;
    let one = body(2000);
    let bound = format!("--max-inflight-bytes={}", one.len() + one.len() / 2);
    let meter = inline(store.url(), &[&bound]).await?;
    let first = meter.write("/api/v1/write", &HEADERS, one.clone());
    let second = async {
        eventually(Duration::from_secs(15), "the first is under way", async || {
            check(store.seen().len() == 1, store.seen().len())
        })
        .await?;
        let answer = meter.write("/api/v1/write", &HEADERS, one.clone()).await?;
        ensure!(answer.status() == 503 && answer.headers()["retry-after"] == "1", "{answer:?}");
        ensure!(answer.json::<Value>().await?["code"] == "meter.overloaded");
        ensure!(meter.metric("flagstaff_meter_in_flight_bytes ").await? == one.len() as f64);
        store.tell(yes());
        anyhow::Ok(())
    };
    let (first, second) = tokio::join!(first, second);
    second?;
    ensure!(first?.status() == 204, "what was under way went on");
    ensure!(meter.write("/api/v1/write", &HEADERS, one).await?.status() == 204, "and there is room again");
    ensure!(meter.metric("flagstaff_meter_in_flight_bytes ").await? == 0.0);
    Ok(())
}

#[tokio::test]
async fn credentials_are_the_destinations_and_a_new_one_is_used_at_once() -> Result<()> {
    let store = Answering::start(yes()).await?;
    let folder = tempfile::tempdir()?;
    let file = |name: &str, text: &str| -> Result<String> {
        let path = folder.path().join(name);
        std::fs::write(&path, text)?;
        Ok(path.display().to_string())
    };
    let (token, password, user) = (file("token", "first\n")?, file("password", "secret\n")?, file("user", "meter\n")?);
    let url = store.url();
    let config = format!(
        "destinations:\n  - name: bearer\n    url: {url}/bearer\n    bearer_file: {token}\n    headers: {{X-Scope-OrgID: platform}}\n  \
         - name: basic\n    url: {url}/basic\n    basic: {{username_file: {user}, password_file: {password}}}\n  - name: plain\n    url: {url}/plain\n"
    );
    let config = format!("--config={}", file("config.yaml", &config)?);
    let meter = Meter::start(&["--mode=inline", &config]).await?;
    let mut headers = HEADERS.to_vec();
    headers.push(("authorization", "Bearer of-the-sender"));
    let sent = async |name: &str| -> Result<(String, String)> {
        let answer = meter.write(&format!("/api/v1/write/{name}"), &headers, body(1)).await?;
        ensure!(answer.status() == 204, "{}", answer.text().await?);
        let seen = store.seen().pop().context("nothing arrived")?;
        let header =
            |name: &str| seen.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        ensure!(seen.path == format!("/{name}"));
        Ok((header("authorization"), header("x-scope-orgid")))
    };
    ensure!(sent("bearer").await? == ("Bearer first".into(), "platform".into()));
    file("token", "second")?;
    ensure!(sent("bearer").await?.0 == "Bearer second");
    ensure!(sent("basic").await? == ("Basic bWV0ZXI6c2VjcmV0".into(), "shop".into()));
    ensure!(sent("plain").await?.0 == "Bearer of-the-sender");
    std::fs::remove_file(&token)?;
    let answer = meter.write("/api/v1/write/bearer", &headers, body(1)).await?;
    ensure!(answer.status() == 503, "{}", answer.status());
    let problem = answer.text().await?;
    ensure!(problem.contains("meter.credential") && !problem.contains("second"), "{problem}");
    Ok(())
}
