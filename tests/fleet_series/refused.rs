//! Bodies that are no reports: refused with the place of what is wrong, and nothing that was known is less.

use anyhow::{Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::{Counted, hour};
use serde_json::{Value, json};

use super::joined;

/// A frame of zstd that says nothing of its size and holds so many MiB of blanks.
fn blanks(mib: usize) -> Result<Vec<u8>> {
    let mut encoder = zstd::stream::write::Encoder::new(vec![], 1)?;
    for _ in 0..mib {
        std::io::Write::write_all(&mut encoder, &vec![b' '; 1 << 20])?;
    }
    Ok(encoder.finish()?)
}

#[tokio::test]
async fn what_is_no_report_is_refused_with_its_place() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let (cluster, id) = joined(hub, &admin, "series-garbage", "series-garbage").await?;
    let good = Counted::in_hour(hour(0)).scope("up", "t", "j", 4.0);
    ensure!(cluster.is_kept(hub, &good).await?);
    let edited = |pointer: &str, value: Value| {
        let mut report = good.clone().revision(9).json();
        if let Some(place) = report.pointer_mut(pointer) {
            *place = value;
        }
        serde_json::to_vec(&report).unwrap_or_default()
    };
    let claims = [&[0x28, 0xb5, 0x2f, 0xfd, 0b1110_0000][..], &(8_u64 << 30).to_le_bytes()].concat();
    let torn = zstd::bulk::compress(&edited("/nothing", Value::Null), 3)?;
    let cases: Vec<(Vec<u8>, u16, &str)> = vec![
        (b"\xff\xfe\x00nonsense".to_vec(), 400, "no JSON"),
        (vec![], 400, "no JSON"),
        (torn[..torn.len() / 2].to_vec(), 400, "cannot be unpacked"),
        (claims, 413, "larger than 16777216 bytes"),
        (blanks(64)?, 413, "larger than 16777216 bytes"),
        (vec![b' '; (4 << 20) + 1], 413, "larger than 4194304 bytes"),
        ("[".repeat(100_000).into_bytes(), 400, "of the report is not what it has to be"),
        (edited("/instance", json!("")), 400, "instance has"),
        (edited("/hour", json!("2026-11-22T10:30:00Z")), 400, "hour has to be the start"),
        (edited("/hour", json!("2126-11-22T10:00:00Z")), 400, "hour is more than an hour ahead"),
        (edited("/revision", json!(0)), 400, "revision has"),
        (edited("/at", json!("2126-11-22T10:00:00Z")), 400, "at is more than an hour ahead"),
        (edited("/total/active", json!(-3)), 400, "total.active has"),
        (edited("/scopes/0/active", json!("hunter2")), 400, "scopes[0] of the report"),
        (edited("/scopes/0/hour", json!(1e300)), 400, "scopes[0].hour has"),
        (edited("/scopes", vec![json!({}); 50_001].into()), 400, "scopes holds 50001"),
        (edited("/sketches", json!([{"of": "cluster", "sketch": "AAAA"}])), 400, "sketches[0].sketch is damaged"),
        (edited("/sketches", json!([{"of": "cluster", "sketch": "not base64"}])), 400, "sketches[0].sketch is damaged"),
    ];
    for (body, status, said) in cases {
        let answer = cluster.counted_bytes(hub, body, None).await?;
        ensure!(answer.status == status && answer.text.contains(said), "{said}: {} {}", answer.status, answer.text);
        assert_eq!(answer.refusal()?.1, "invalid");
        ensure!(!answer.text.contains("hunter2"), "{}", answer.text);
    }
    let packed = cluster.counted_bytes(hub, vec![1], Some("br")).await?;
    ensure!(packed.status == 400 && packed.text.contains("Content-Encoding"), "{}", packed.text);
    // A field and a kind of sketch of a newer meter are no fault.
    let mut newer = good.clone().revision(9).sketch("cluster", "", 0..4).json();
    newer["from_the_future"] = json!({"a": 1});
    newer["sketches"][0]["of"] = json!("namespace");
    let answer = cluster.counted_bytes(hub, serde_json::to_vec(&newer)?, None).await?.good()?;
    assert_eq!(answer["kept"], true);
    let list = admin.get(&format!("/api/v1/series?by=team&cluster={id}")).await?.good()?;
    assert_eq!(list["total"]["series"]["value"], 4, "{list}");
    Ok(())
}
