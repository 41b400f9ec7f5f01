//! The hub's database is empty: no answer of it tells any cluster to remove anything, and each may join again.

use anyhow::{Context, Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::Cluster;
use serde_json::{Value, json};

#[tokio::test]
async fn fault_35_empty_database_removes_nothing() -> Result<()> {
    let hub = Hub::start(&[], &[]).await?;
    let admin = hub.admin().await?;
    let token = admin.join_token(json!({})).await?;
    let mut cluster = Cluster::new("survivor");
    cluster.enroll(&hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    cluster.report_healthy(&hub).await?;
    let before = cluster.desired(&hub, &Value::Null, 0).await?.good()?;
    let trust = hub.get("/agent/v1/trust").await?.good()?;

    // Everything is lost but the folder's keys.
    hub.stop()?;
    std::fs::remove_dir_all(hub.data_dir().join("postgres"))?;
    hub.start_again().await?;
    for answer in [cluster.desired(&hub, &before, 0).await?, cluster.desired(&hub, &Value::Null, 0).await?] {
        assert_eq!(answer.refusal()?, (401, "credential_unknown".into()));
        let text = answer.text.to_lowercase();
        ensure!(!text.contains("removal") && text.contains("remove nothing"), "{text}");
    }
    let report = cluster.healthy();
    assert_eq!(cluster.report(&hub, &report).await?.refusal()?, (401, "credential_unknown".into()));
    // The hub is known as before: same key, and a number that is not lower.
    let now = hub.get("/agent/v1/trust").await?.good()?;
    assert_eq!((&now["key"], &now["certificates_pem"]), (&trust["key"], &trust["certificates_pem"]));
    ensure!(now["number"].as_u64() >= trust["number"].as_u64(), "{now} after {trust}");

    // A person makes an account and a token, and the cluster joins: under another epoch, with nothing ordered.
    let log = hub.log()?;
    let link =
        log.lines().filter_map(|line| line.strip_prefix("setup: ")).next_back().context("a new link")?.to_owned();
    ensure!(log.lines().filter(|line| line.starts_with("setup: ")).count() == 2, "{link}");
    let admin = hub.admin().await?;
    let token = admin.join_token(json!({})).await?;
    cluster.enroll(&hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    let after = cluster.desired(&hub, &before, 25).await?.good()?;
    ensure!(after["epoch"] != before["epoch"], "an empty database has the epoch of the lost one");
    assert_eq!(after["removal"], Value::Null);
    Ok(())
}
