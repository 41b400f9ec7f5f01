//! Gauges are kept by minute for a day and by hour for ninety; what was not known is a gap and never zero.

use anyhow::{Context, Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::Cluster;
use serde_json::{Value, json};

#[tokio::test]
async fn minutes_become_hours_and_gaps_stay_gaps() -> Result<()> {
    let hub = Hub::start(&[], &[]).await?;
    let admin = hub.admin().await?;
    let token = admin.join_token(json!({})).await?;
    let cluster = Cluster::new("measured");
    let joined = cluster.enroll(&hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    let id = joined["cluster_id"].as_str().context("an id")?;
    // An hour that is over: two minutes that are known, one that is not, and one of yesterday that nobody asks for any more.
    hub.sql(&format!(
        "INSERT INTO gauge_minute (cluster_id, at, gauges) SELECT '{id}', at, gauges::jsonb FROM (VALUES
           (date_trunc('hour', now()) - interval '50 minutes', '{{\"series\": 100, \"agents_ready\": 1}}'),
           (date_trunc('hour', now()) - interval '49 minutes', '{{\"agents_ready\": 1}}'),
           (date_trunc('hour', now()) - interval '40 minutes', '{{\"series\": 300, \"agents_ready\": 2}}'),
           (now() - interval '26 hours', '{{\"series\": 7}}')) AS rows (at, gauges);
         INSERT INTO gauge_hour (cluster_id, at, gauges) VALUES ('{id}', now() - interval '91 days', '{{\"series\": 7}}')"
    ))?;
    // A leader tidies up when it begins.
    hub.stop()?;
    hub.start_again().await?;
    flagstaff_tests::eventually(std::time::Duration::from_secs(60), "the hour is made and the old is gone", async || {
        let counts = hub.sql("SELECT (SELECT count(*) FROM gauge_hour), (SELECT count(*) FROM gauge_minute WHERE at < now() - interval '25 hours')")?;
        flagstaff_tests::eventually::check(counts == "1|0", counts)
    })
    .await?;

    let series = async |query: &str| -> Result<Vec<Value>> {
        let answer = admin.get(&format!("/api/v1/clusters/{id}/gauges?{query}")).await?.good()?;
        let points = answer["points"].as_array().context("points")?;
        Ok(points.iter().map(|point| point[1].clone()).collect())
    };
    let ago = |hours: i64| {
        let at = std::time::SystemTime::now() - std::time::Duration::from_secs(hours.unsigned_abs() * 3600);
        let seconds = at.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
        k8s_openapi::jiff::Timestamp::from_second(i64::try_from(seconds).unwrap_or_default()).unwrap_or_default()
    };
    // By minute: the gap is said once, between what is known.
    assert_eq!(series(&format!("name=series&from={}", ago(3))).await?, [json!(100.0), Value::Null, json!(300.0)]);
    // By hour: the mean of what was known.
    assert_eq!(series(&format!("name=series&from={}", ago(48))).await?, [json!(200.0)]);
    let agents = series(&format!("name=agents_ready&from={}", ago(48))).await?;
    ensure!(agents[0].as_f64().is_some_and(|mean| (mean - 4.0 / 3.0).abs() < 1e-5), "{agents:?}");
    Ok(())
}
