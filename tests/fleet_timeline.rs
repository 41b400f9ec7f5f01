//! The timeline tells what happened to a cluster, once, in the order in which it happened.

use anyhow::Result;
use flagstaff_tests::Hub;
use flagstaff_tests::hub::Cluster;
use serde_json::{Value, json};

#[tokio::test]
async fn each_change_is_told_once() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let token = admin.join_token(json!({})).await?;
    let mut cluster = Cluster::new("tells");
    let joined = cluster.enroll(hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    let id = joined["cluster_id"].as_str().unwrap_or_default().to_owned();
    let mut told = vec!["joined"];
    let mut report = async |change: &dyn Fn(&mut Value), state: &str, more: &[&'static str]| -> Result<()> {
        let mut report = cluster.healthy();
        change(&mut report);
        // Twice: what is repeated is told once.
        cluster.report(hub, &report).await?.good()?;
        cluster.report(hub, &report).await?.good()?;
        told.extend(more);
        let shown = admin.cluster("tells").await?;
        assert_eq!(shown["state"], state, "{shown}");
        assert_eq!(admin.kinds(&id).await?, told);
        Ok(())
    };
    report(&|report| report["flag"] = Value::Null, "off", &[]).await?;
    report(&|_| {}, "healthy", &["flagged"]).await?;
    report(&|report| report["template"]["version"] = json!("1.1.0"), "healthy", &["version_changed"]).await?;
    let newer = |report: &mut Value| {
        report["template"]["version"] = json!("1.1.0");
        report["operator_version"] = json!("0.2.0");
    };
    report(&newer, "healthy", &["version_changed"]).await?;
    let failing = |report: &mut Value| {
        newer(report);
        report["flag"]["ready"] = json!("False");
        report["flag"]["reason"] = json!("TemplateInvalid");
        report["flag"]["message"] = json!("values.yaml:3: no such parameter");
    };
    report(&failing, "failing", &["failing"]).await?;
    let degraded = |report: &mut Value| {
        newer(report);
        report["gauges"]["agents_ready"] = json!(1);
    };
    report(&degraded, "degraded", &["degraded"]).await?;
    report(&newer, "healthy", &["back"]).await?;
    let off = |report: &mut Value| {
        newer(report);
        report["flag"]["enabled"] = json!(false);
    };
    report(&off, "off", &["unflagged"]).await?;

    // An older report that was overtaken changes nothing.
    cluster.sequence = 0;
    let old = cluster.healthy();
    cluster.report(hub, &old).await?.good()?;
    assert_eq!(admin.cluster("tells").await?["state"], "off");
    let page = admin.get(&format!("/api/v1/clusters/{id}/events?limit=2&kind=version_changed")).await?.good()?;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(page["next_cursor"], Value::Null);
    let first = admin.get(&format!("/api/v1/clusters/{id}/events?limit=3")).await?.good()?;
    let cursor = first["next_cursor"].as_str().unwrap_or_default();
    let second = admin.get(&format!("/api/v1/clusters/{id}/events?limit=100&cursor={cursor}")).await?.good()?;
    assert_eq!(second["items"].as_array().map(Vec::len), Some(told.len() - 3));
    let failing = second["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|event| event["kind"] == "failing")
        .cloned()
        .unwrap_or_default();
    assert_eq!((&failing["tone"], &failing["who"]), (&json!("bad"), &json!("hub")));
    Ok(())
}
