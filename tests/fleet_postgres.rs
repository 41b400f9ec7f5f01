//! The private Postgres: adopted from a hub that was killed, ended with one that ends; nothing that was accepted is lost.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::hub::Cluster;
use flagstaff_tests::protocol::Part;
use flagstaff_tests::{Hub, Lease, eventually, programs};
use serde_json::json;

fn alive(pid: i32) -> bool {
    // One that has ended and is not collected yet has no command line.
    std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|words| !words.is_empty())
}

#[tokio::test]
async fn a_hub_that_is_killed_while_it_writes_loses_nothing_that_it_accepted() -> Result<()> {
    let hub = Hub::start(&[], &[]).await?;
    let admin = hub.admin().await?;
    let token = admin.join_token(json!({"uses": 9999})).await?;
    let token = token["token"].as_str().context("a token")?;
    let postgres = hub.postgres_pid()?;
    let mut accepted: Vec<(Cluster, u64)> = vec![];
    for round in 0..3 {
        let write = async {
            let mut done = vec![];
            for index in 0.. {
                let mut cluster = Cluster::new(&format!("r{round}-{index}"));
                // The hub ends in the middle of one of these.
                if !cluster.enroll(&hub, token).await.is_ok_and(|answer| answer.status == 200) {
                    break;
                }
                let sequence = if cluster.report_healthy(&hub).await.is_ok() { cluster.sequence } else { 0 };
                done.push((cluster, sequence));
                if sequence == 0 {
                    break;
                }
            }
            done
        };
        let killer = async {
            tokio::time::sleep(Duration::from_millis(700 + 150 * round)).await;
            hub.kill()
        };
        let (done, killed) = tokio::join!(write, killer);
        killed?;
        ensure!(!done.is_empty(), "nothing was accepted before the end");
        accepted.extend(done);
        ensure!(alive(postgres), "Postgres ended with the hub");
        hub.start_again().await?;
        assert_eq!(hub.postgres_pid()?, postgres, "it was started instead of adopted");
    }
    assert_eq!(hub.log()?.matches("adopted the Postgres").count(), 3);
    let page = admin.get("/api/v1/clusters?limit=1000").await?.good()?;
    for (cluster, sequence) in &accepted {
        let shown = page["items"].as_array().and_then(|items| items.iter().find(|item| item["uid"] == cluster.uid));
        let shown = shown.with_context(|| format!("{} was accepted and is lost", cluster.name))?;
        ensure!(*sequence == 0 || shown["state"] == "healthy", "its report was accepted and is lost: {shown}");
        // And its credential is still good.
        cluster.clone().report_healthy(&hub).await?;
    }
    let doubled = hub.sql("SELECT count(*) - count(DISTINCT cluster_id) FROM event WHERE kind = 'joined'")?;
    assert_eq!(doubled, "0", "a joining was told twice or the timeline has no cause");

    // Told to end, it takes its Postgres along.
    hub.stop()?;
    ensure!(!alive(postgres), "Postgres goes on after a graceful end");
    hub.start_again().await?;
    ensure!(hub.postgres_pid()? != postgres, "a process that has ended serves");
    let after = admin.get("/api/v1/clusters?limit=1").await?.good()?;
    assert_eq!(after["total"], page["total"]);
    Ok(())
}

#[tokio::test]
async fn a_postgres_that_ends_is_started_again_and_readiness_says_so_meanwhile() -> Result<()> {
    let hub = Hub::start(&[], &[]).await?;
    let postgres = hub.postgres_pid()?;
    // Its own child processes end with it.
    let kill = std::process::Command::new("kill").args(["-9", &postgres.to_string()]).status()?;
    ensure!(kill.success(), "kill: {kill}");
    eventually(Duration::from_secs(60), "another one runs", async || {
        let now = hub.postgres_pid()?;
        check(now != postgres && alive(now), now)
    })
    .await?;
    hub.ready().await?;
    hub.admin().await?.get("/api/v1/clusters").await?.good()?;
    assert_eq!(hub.get("/healthz").await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn a_second_hub_on_the_same_folder_is_refused() -> Result<()> {
    let hub = Hub::start(&[], &[]).await?;
    let lease = Lease::new()?;
    let part = Part::new("second", programs::ours("flagstaff-hub")?)
        .flag("data-dir", hub.data_dir().display())
        .flag("listen", "127.0.0.1:0");
    lease.start(part)?;
    eventually(Duration::from_secs(30), "it ends", async || check(lease.exited("second").is_some(), "it runs")).await?;
    let log = std::fs::read_to_string(lease.log("second"))?;
    ensure!(log.contains("another hub uses") && log.contains("--data-dir"), "{log}");
    assert_eq!(hub.get("/readyz").await?.status, 200);
    Ok(())
}
