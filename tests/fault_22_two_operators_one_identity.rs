//! A cluster was copied, credential and all: two operators report as one. It is said, and neither is locked out.

use anyhow::{Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::Cluster;
use serde_json::json;

#[tokio::test]
async fn fault_22_two_operators_one_identity() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let token = admin.join_token(json!({})).await?;
    let mut one = Cluster::new("copied");
    let joined = one.enroll(hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    let id = joined["cluster_id"].as_str().unwrap_or_default();
    one.report_healthy(hub).await?;
    let attention = async || -> Result<Vec<String>> {
        let lines = admin.get("/api/v1/attention").await?.good()?;
        let lines = lines["items"].as_array().into_iter().flatten();
        Ok(lines
            .filter(|line| line["clusters"][0]["id"] == id)
            .filter_map(|line| line["key"].as_str())
            .map(str::to_owned)
            .collect())
    };

    // Another replica takes over: nothing is wrong.
    let mut other = one.clone();
    other.instance = "leader-b".into();
    other.report_healthy(hub).await?;
    other.report_healthy(hub).await?;
    assert_eq!(admin.kinds(id).await?, ["joined", "flagged", "failover"]);
    assert!(attention().await?.is_empty());

    // The first one is back: there are two. Said once, however often they report.
    for _ in 0..3 {
        one.report_healthy(hub).await?;
        other.report_healthy(hub).await?;
    }
    assert_eq!(admin.kinds(id).await?, ["joined", "flagged", "failover", "identity_twice"]);
    let lines = attention().await?;
    ensure!(lines.len() == 1 && lines[0].starts_with("identity_twice/"), "{lines:?}");
    let shown = admin.get(&format!("/api/v1/clusters/{id}")).await?.good()?;
    assert_eq!(shown["state"], "healthy", "{shown}");
    assert_eq!(shown["instances"].as_array().map(Vec::len), Some(2));

    // An hour after the last proof it is quiet again, and a third leader is a failover.
    hub.sql(&format!(
        "UPDATE instance SET last_seen_at = last_seen_at - interval '2 hours' WHERE cluster_id = '{id}';
         UPDATE cluster SET identity_twice_at = identity_twice_at - interval '2 hours' WHERE id = '{id}'"
    ))?;
    assert!(attention().await?.is_empty());
    one.instance = "leader-c".into();
    one.report_healthy(hub).await?;
    assert_eq!(admin.kinds(id).await?.last().map(String::as_str), Some("failover"));
    Ok(())
}
