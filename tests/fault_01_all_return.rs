//! The hub was down, and every cluster comes back in the same moment, without any pace of its own: the hub stands, answers health all the
//! while, and takes every report; nobody is called silent for the time in which nobody could report. (How operators spread their return is
//! shown beside their pace.)

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::hub::Cluster;
use flagstaff_tests::{Hub, eventually};
use serde_json::{Value, json};

const CLUSTERS: usize = 200;

#[tokio::test]
async fn fault_01_two_hundred_clusters_return_in_one_moment() -> Result<()> {
    // As small as a hub may be: 200 at once are more than it has places for.
    let hub = Hub::start(&["--max-requests=32", "--max-connections=4"], &[]).await?;
    let admin = hub.admin().await?;
    let token = admin.join_token(json!({"uses": CLUSTERS})).await?;
    let token = token["token"].as_str().context("a token")?;
    let mut clusters: Vec<Cluster> = (0..CLUSTERS).map(|index| Cluster::new(&format!("many-{index:03}"))).collect();
    for batch in clusters.chunks_mut(16) {
        let joined = futures::future::join_all(batch.iter_mut().map(async |cluster| {
            cluster.enroll(&hub, token).await?.good()?;
            cluster.report_healthy(&hub).await
        }));
        joined.await.into_iter().collect::<Result<Vec<_>>>()?;
    }
    hub.kill()?;
    // Half an hour passes: by the clock alone all of them would be offline.
    let ago = "- interval '30 minutes'";
    hub.sql(&format!(
        "UPDATE cluster SET last_report_at = last_report_at {ago}, enrolled_at = enrolled_at {ago}, credential_since = credential_since {ago};
         UPDATE hub SET created_at = created_at {ago}, serving_since = serving_since {ago}, alive_at = alive_at {ago}"
    ))?;
    hub.start_again().await?;

    let begun = Instant::now();
    let returning = futures::future::join_all(clusters.iter_mut().map(async |cluster| {
        let report = cluster.healthy();
        let mut refused = 0;
        while begun.elapsed() < Duration::from_secs(120) {
            let answer = cluster.report(&hub, &report).await?;
            match answer.status {
                200 => {
                    cluster.desired(&hub, &Value::Null, 0).await?;
                    return Ok(refused);
                }
                503 => {
                    ensure!(answer.headers.contains_key("retry-after"), "{:?}", answer.headers);
                    refused += 1;
                    tokio::time::sleep(Duration::from_millis(rand::random_range(50..1000))).await;
                }
                _ => bail!("{} answered {}: {}", cluster.name, answer.status, answer.text),
            }
        }
        bail!("{} was refused {refused} times", cluster.name)
    }));
    let health = async {
        let mut slowest = Duration::ZERO;
        for _ in 0..20 {
            let asked = Instant::now();
            assert_eq!(hub.get("/healthz").await?.status, 200);
            slowest = slowest.max(asked.elapsed());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        anyhow::Ok(slowest)
    };
    let (returned, slowest) = tokio::join!(returning, health);
    let refused: usize = returned.into_iter().collect::<Result<Vec<usize>>>()?.into_iter().sum();
    let (took, slowest) = (begun.elapsed(), slowest?);
    eprintln!(
        "{CLUSTERS} clusters were back after {took:?}; {refused} reports were put off, health took {slowest:?} at most"
    );
    ensure!(slowest < Duration::from_secs(5), "health took {slowest:?}");
    eventually(Duration::from_secs(30), "all are healthy", async || {
        let page = admin.get("/api/v1/clusters?limit=1").await?.good()?;
        check(page["total"] == CLUSTERS && page["counts"] == json!({"healthy": CLUSTERS}), &page["counts"])
    })
    .await?;
    // What happened while nobody could be heard is not known: no cluster was offline for it.
    assert_eq!(hub.sql("SELECT count(*) FROM event WHERE kind = 'offline'")?, "0");
    let lines = admin.get("/api/v1/attention").await?.good()?;
    let keys: Vec<_> =
        lines["items"].as_array().into_iter().flatten().filter_map(|line| line["key"].as_str()).collect();
    ensure!(keys.contains(&"hub_away"), "that the hub was away is said: {lines}");
    Ok(())
}
