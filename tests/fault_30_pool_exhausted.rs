//! Every connection to Postgres is busy, and clients give up and go: the answer is 503 within a moment, and afterwards all is as before.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::hub::{Answer, Cluster};
use flagstaff_tests::{Hub, eventually};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn fault_30_pool_exhausted_while_clients_cancel() -> Result<()> {
    let hub = Hub::start(&["--max-connections=3"], &[]).await?;
    let admin = hub.admin().await?;
    let token = admin.join_token(json!({})).await?;
    let mut cluster = Cluster::new("impatient");
    cluster.enroll(&hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    let report = cluster.healthy();
    for round in 0..3 {
        let held = hub.hold("cluster").await?;
        // Forty clients that go after a moment, in the middle of their transactions.
        let gone = futures::future::join_all((0..40).map(|index| {
            let request = hub.request(Method::POST, "/agent/v1/status").bearer_auth(&cluster.credential).json(&report);
            request.timeout(Duration::from_millis(50 + index * 10)).send()
        }));
        let gone =
            gone.await.into_iter().filter(|answer| answer.as_ref().is_err_and(reqwest::Error::is_timeout)).count();
        ensure!(gone > 0, "no client went in round {round}");
        let asked = Instant::now();
        let answer = Answer::of(admin.request(Method::GET, "/api/v1/clusters")).await?;
        let took = asked.elapsed();
        assert_eq!(answer.refusal()?, (503, "overloaded".into()), "round {round}");
        // The pool waits for a second; what is more is the machine's.
        ensure!(took < Duration::from_secs(8), "it took {took:?}");
        drop(held);
        eventually(Duration::from_secs(30), "it works as before", async || {
            let answer = cluster.report(&hub, &report).await?;
            check(answer.status == 200, &answer)?;
            admin.get("/api/v1/clusters").await?.good()
        })
        .await?;
    }
    // No connection was lost on the way, and none is stuck in a transaction.
    eventually(Duration::from_secs(30), "nothing is left over", async || {
        let stuck = hub.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'flagstaff-hub' AND state LIKE 'idle in transaction%'")?;
        check(stuck == "0", stuck)
    })
    .await?;
    ensure!(hub.metric("flagstaff_hub_database_connections ").await? <= 3.0, "more connections than allowed");
    Ok(())
}
