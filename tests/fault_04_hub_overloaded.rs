//! The hub has more to do than it can: it says so at once, its health never starves, and it recovers by itself.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use flagstaff_tests::hub::Cluster;
use flagstaff_tests::{Hub, eventually};
use serde_json::json;

#[tokio::test]
async fn fault_04_health_answers_while_every_place_is_taken() -> Result<()> {
    let hub = Hub::start(&["--max-requests=8", "--max-connections=4"], &[]).await?;
    let admin = hub.admin().await?;
    let token = admin.join_token(json!({})).await?;
    let mut cluster = Cluster::new("patient");
    cluster.enroll(&hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    let report = cluster.healthy();

    let held = hub.hold("cluster").await?;
    // Reports without end, each of which waits for the table.
    let flood = async {
        let mut refused = 0;
        for _ in 0..2 {
            let answers = futures::future::join_all((0..24).map(|_| cluster.report(&hub, &report))).await;
            for answer in answers {
                let answer = answer?;
                ensure!(answer.status == 503, "{} {}", answer.status, answer.text);
                assert_eq!(answer.refusal()?.1, "overloaded");
                ensure!(answer.headers.contains_key("retry-after"), "{:?}", answer.headers);
                refused += 1;
            }
        }
        Ok(refused)
    };
    let health = async {
        let (mut slowest, mut asked) = (Duration::ZERO, 0);
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(3) {
            for path in ["/healthz", "/readyz", "/metrics"] {
                let asking = Instant::now();
                let answer = hub.get(path).await?;
                ensure!(answer.status == 200, "{path}: {} {}", answer.status, answer.text);
                slowest = slowest.max(asking.elapsed());
                asked += 1;
            }
        }
        anyhow::Ok((slowest, asked))
    };
    let (refused, answered) = tokio::join!(flood, health);
    assert_eq!(refused?, 48);
    let (slowest, asked) = answered?;
    // A place is taken for seconds; on a loaded machine an answer may take some time, but it never waits for one.
    ensure!(asked > 9 && slowest < Duration::from_secs(3), "{asked} answers, the slowest took {slowest:?}");
    ensure!(hub.metric("flagstaff_hub_overloaded_total ").await? > 0.0, "none was refused at the gate");

    drop(held);
    eventually(Duration::from_secs(30), "reports are taken again", async || {
        cluster.report(&hub, &report).await?.good()
    })
    .await?;
    Ok(())
}
