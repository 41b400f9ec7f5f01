//! Clocks ten minutes apart, either way: TLS holds, a cluster joins, and what it says of times changes nothing.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::Cluster;
use rstest::rstest;
use serde_json::json;

#[rstest]
#[case::the_cluster_is_behind(-600)]
#[case::the_cluster_is_ahead(600)]
#[tokio::test]
async fn fault_15_a_cluster_joins_with_its_clock_ten_minutes_off(#[case] skew: i64) -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let there = i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs())? + skew;
    // Somebody at that time believes the certificate that the hub made by its own clock.
    let address = hub.url().strip_prefix("https://").context("an address")?;
    let checked = Command::new("openssl")
        .args(["s_client", "-connect", address, "-verify_return_error", "-verify_hostname", "localhost"])
        .args(["-attime", &there.to_string(), "-CAfile"])
        .arg(hub.data_dir().join("ca.crt"))
        .stdin(Stdio::null())
        .output()
        .context("run openssl")?;
    let said = String::from_utf8_lossy(&checked.stdout);
    ensure!(checked.status.success() && said.contains("Verify return code: 0 (ok)"), "{skew}: {said}");
    // The check can fail: a month before there was no such certificate.
    let early = Command::new("openssl")
        .args([
            "s_client",
            "-connect",
            address,
            "-verify_return_error",
            "-attime",
            &(there - 2_592_000).to_string(),
            "-CAfile",
        ])
        .arg(hub.data_dir().join("ca.crt"))
        .stdin(Stdio::null())
        .output()
        .context("run openssl")?;
    ensure!(!early.status.success(), "{}", String::from_utf8_lossy(&early.stdout));

    // A join token counts by the hub's clock: five minutes are five minutes.
    let token = admin.join_token(json!({"expires_in_seconds": 300})).await?;
    let name = format!("clock{skew}");
    let mut cluster = Cluster::new(&name);
    let joined = cluster.enroll(hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    let mut report = cluster.healthy();
    let time = hub
        .sql(&format!("SELECT to_char(to_timestamp({there}) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"))?;
    report["sent_at"] = json!(time);
    report["flag"]["since"] = json!(time);
    report["flag"]["conditions"][0]["since"] = json!(time);
    report["gauges"]["last_sample_at"] = json!(time);
    cluster.report(hub, &report).await?.good()?;
    let shown = admin.cluster(&name).await?;
    assert_eq!(shown["state"], "healthy", "{shown}");
    let id = joined["cluster_id"].as_str().unwrap_or_default();
    let drift = hub
        .sql(&format!("SELECT abs(extract(epoch FROM now() - last_report_at)) < 60 FROM cluster WHERE id = '{id}'"))?;
    assert_eq!(drift, "t", "when it was heard is by the hub's clock");
    assert_eq!(admin.kinds(id).await?, ["joined", "flagged"]);
    Ok(())
}
