//! A snappy header or zstd frame that claims gigabytes: refused before memory is taken, tapped or inline, and the next request is counted.

use anyhow::{Result, ensure};
use flagstaff_remote_write::Version;
use flagstaff_tests::eventually::check;
use flagstaff_tests::store::{Prometheus, Site};
use flagstaff_tests::{Meter, eventually};
use serde_json::json;

use crate::writer::{self, series};

type Headers = [(&'static str, &'static str)];

const SNAPPY: [(&str, &str); 2] = [("content-type", "application/x-protobuf"), ("content-encoding", "snappy")];
const ZSTD: [(&str, &str); 2] = [("content-type", "application/x-protobuf"), ("content-encoding", "zstd")];

/// Bodies that claim 4 GiB, 2^35 bytes, 8 GiB and a window of 1 GiB.
fn claims() -> Vec<(&'static Headers, Vec<u8>)> {
    let snappy = |header: &[u8]| (&SNAPPY[..], [header, &[0; 60]].concat());
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0b1110_0000];
    frame.extend((8_u64 << 30).to_le_bytes());
    vec![snappy(&[0xff, 0xff, 0xff, 0xff, 0x0f]), snappy(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x01]), (&ZSTD[..], frame)]
}

#[tokio::test]
async fn fault_26_claimed_gigabytes_take_no_memory_and_stop_nothing() -> Result<()> {
    let site = Site::loopback()?;
    let store = Prometheus::start(&site).await?;
    let to = format!("--destination=store={}", store.remote_write_url());
    let lease = site.processes();
    let tap = Meter::start_in(lease, "tap", &[]).await?;
    let inline = Meter::start_in(lease, "inline", &["--mode=inline", &to]).await?;
    let fine = || writer::snappy(Version::One, &[series(&[("__name__", "fine"), ("job", "j")])]);
    for meter in [&tap, &inline] {
        let path = "/api/v1/write";
        meter.write(path, &SNAPPY, fine()).await?;
        let before = meter.memory()?;
        for _ in 0..20 {
            for (headers, body) in claims() {
                let answer = meter.write(path, headers, body).await?;
                let status = answer.status().as_u16();
                if std::ptr::eq(meter, &tap) {
                    ensure!(status == 204, "{status}");
                } else {
                    let problem: serde_json::Value = answer.json().await?;
                    ensure!(status == 400 && problem["code"] == "meter.too_large", "{status} {problem}");
                }
            }
        }
        let grown = meter.memory()?.saturating_sub(before);
        ensure!(grown < 64 << 20, "its memory grew by {grown} bytes");
        ensure!(meter.write(path, &SNAPPY, fine()).await?.status() == 204);
        let summary = meter.summary().await?;
        ensure!(summary["series"]["value"] == 1, "{summary}");
    }
    let missed = tap.summary().await?["dropped_or_missed"].clone();
    ensure!(missed == json!({"requests": {"meter.too_large": 60}, "series": 0}), "{missed}");
    eventually(std::time::Duration::from_secs(30), "the good sample in the store", async || {
        let found = store.query("fine @ 1795000000").await?;
        check(found.len() == 1, found)
    })
    .await
}
