//! The stream tells what changes, as it changes.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::Cluster;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_listener_hears_of_a_cluster_its_timeline_and_its_end() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let mut answer = admin.request(Method::GET, "/api/v1/stream").send().await?;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let (mut unread, mut heard) = (String::new(), vec![]);
    // Reads on until an event is heard that fits.
    let mut until = async |what: &str, fits: &dyn Fn(&str, &Value) -> bool| -> Result<Value> {
        let limit = tokio::time::Instant::now() + Duration::from_secs(30);
        loop {
            while let Some((event, rest)) = unread.split_once("\n\n") {
                let field = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned()
                };
                let (name, data) = (field("event:"), serde_json::from_str::<Value>(&field("data:"))?);
                unread = rest.to_owned();
                heard.push(format!("{name} {data}"));
                if fits(&name, &data) {
                    return Ok(data);
                }
            }
            let chunk = tokio::time::timeout_at(limit, answer.chunk())
                .await
                .with_context(|| format!("no {what} within 30 s; heard {heard:?}"))?;
            unread.push_str(&String::from_utf8_lossy(&chunk?.context("the stream ended")?));
        }
    };
    until("ping", &|name, data| name == "ping" && data["at"].is_string()).await?;
    let token = admin.join_token(json!({})).await?;
    let mut cluster = Cluster::new("streams");
    let joined = cluster.enroll(hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    let id = joined["cluster_id"].clone();
    let shown = until("cluster", &|name, data| name == "cluster" && data["id"] == id).await?;
    assert_eq!(shown["name"], "streams");
    cluster.report_healthy(hub).await?;
    until("timeline", &|name, data| name == "timeline" && data["cluster_id"] == id && data["kind"] == "flagged")
        .await?;
    until("ping", &|name, _| name == "ping").await?;
    let path = format!("/api/v1/clusters/{}/remove", id.as_str().unwrap_or_default());
    admin.post(&path, &json!({"reason": "gone", "force": true})).await?.good()?;
    until("gone", &|name, data| name == "gone" && data["id"] == id).await?;
    ensure!(hub.metric("flagstaff_hub_held{what=\"stream\"} ").await? >= 1.0, "the stream is not counted");
    Ok(())
}
