//! A cluster lost its credential: with a good token it registers again, as the same cluster, with all of its past.

use anyhow::Result;
use flagstaff_tests::Hub;
use flagstaff_tests::hub::{Cluster, credential};
use serde_json::json;

#[tokio::test]
async fn fault_21_bootstrap_secret_lost_re_registers() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let token = admin.join_token(json!({"uses": 2, "needs_acceptance": true})).await?;
    let text = token["token"].as_str().unwrap_or_default();
    let mut cluster = Cluster::new("forgetful");
    let first = cluster.enroll(hub, text).await?.good()?;
    let id = first["cluster_id"].as_str().unwrap_or_default();
    admin.post(&format!("/api/v1/clusters/{id}/accept"), &json!({})).await?.good()?;
    cluster.report_healthy(hub).await?;

    // Its Secret is gone: it makes another credential, and has only the token.
    let lost = cluster.clone();
    cluster.credential = credential();
    cluster.instance = "leader-b".into();
    let report = cluster.healthy();
    assert_eq!(cluster.report(hub, &report).await?.refusal()?, (401, "credential_unknown".into()));
    let again = cluster.enroll(hub, text).await?.good()?;
    assert_eq!(
        (&again["cluster_id"], &again["identity_epoch"], &again["accepted"]),
        (&json!(id), &json!(2), &json!(true))
    );
    cluster.report_healthy(hub).await?;
    let shown = admin.cluster("forgetful").await?;
    assert_eq!((&shown["id"], &shown["state"]), (&json!(id), &json!("healthy")));
    assert_eq!(admin.kinds(id).await?, ["joined", "accepted", "flagged", "re_enrolled", "failover"]);
    // Whoever finds the old credential has nothing.
    let report = lost.clone().healthy();
    assert_eq!(lost.report(hub, &report).await?.refusal()?, (401, "credential_unknown".into()));
    // The token is used up by now: the next loss needs a person.
    cluster.credential = credential();
    assert_eq!(cluster.enroll(hub, text).await?.refusal()?, (403, "join_token_used_up".into()));
    Ok(())
}
