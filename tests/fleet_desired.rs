//! What is desired of a cluster: held until there is something newer; removal is an order that names the cluster.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::Cluster;
use serde_json::{Value, json};

async fn waiting(name: &str) -> Result<(&'static Hub, flagstaff_tests::hub::Person<'static>, Cluster, String)> {
    let (hub, admin) = Hub::shared().await?;
    let token = admin.join_token(json!({"needs_acceptance": true})).await?;
    let mut cluster = Cluster::new(name);
    let joined = cluster.enroll(hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    ensure!(joined["accepted"] == false, "{joined}");
    cluster.report_healthy(hub).await?;
    Ok((hub, admin, cluster, joined["cluster_id"].as_str().context("an id")?.to_owned()))
}

#[tokio::test]
async fn a_held_question_is_answered_as_soon_as_a_person_accepts() -> Result<()> {
    let (hub, admin, cluster, id) = waiting("held").await?;
    assert_eq!(admin.cluster("held").await?["state"], "waiting");
    let first = cluster.desired(hub, &Value::Null, 25).await?.good()?;
    assert_eq!((&first["accepted"], &first["removal"]), (&json!(false), &Value::Null));
    ensure!(first["epoch"].as_str().is_some_and(|epoch| !epoch.is_empty()), "{first}");

    let begun = Instant::now();
    let (second, accepted) = tokio::join!(cluster.desired(hub, &first, 25), async {
        // The question is held by now, or comes a moment later: the answer is the same.
        tokio::time::sleep(Duration::from_millis(300)).await;
        admin.post(&format!("/api/v1/clusters/{id}/accept"), &json!({"reason": "known"})).await
    });
    accepted?.good()?;
    let second = second?.good()?;
    assert_eq!(second["accepted"], true);
    ensure!(second["generation"].as_u64() > first["generation"].as_u64(), "{second} after {first}");
    ensure!(begun.elapsed() < Duration::from_secs(20), "it took {:?}: it was held to the end", begun.elapsed());
    assert_eq!(admin.cluster("held").await?["state"], "healthy");

    // Nothing newer: held to the end, then 304.
    let begun = Instant::now();
    assert_eq!(cluster.desired(hub, &second, 1).await?.status, 304);
    ensure!(begun.elapsed() >= Duration::from_secs(1), "it was not held");
    let kinds = admin.kinds(&id).await?;
    assert_eq!(kinds, ["joined", "flagged", "accepted"]);
    // Reports go on meanwhile and wake nobody.
    Ok(())
}

#[tokio::test]
async fn a_hub_that_ends_lets_go_of_whoever_it_holds() -> Result<()> {
    let hub = Arc::new(Hub::start(&[], &[]).await?);
    let admin = hub.admin().await?;
    let token = admin.join_token(json!({})).await?;
    let cluster = Cluster::new("let-go");
    cluster.enroll(&hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    let seen = cluster.desired(&hub, &Value::Null, 0).await?.good()?;
    let begun = Instant::now();
    let (held, ended) = tokio::join!(cluster.desired(&hub, &seen, 120), async {
        flagstaff_tests::eventually(Duration::from_secs(30), "the question is held", async || {
            let held = hub.metric("flagstaff_hub_held{what=\"desired\"} ").await?;
            flagstaff_tests::eventually::check(held == 1.0, held)
        })
        .await?;
        // In another thread: the client has to hear the hub's farewell meanwhile.
        let ending = hub.clone();
        tokio::task::spawn_blocking(move || ending.stop()).await?
    });
    ended?;
    assert_eq!(held?.status, 304);
    ensure!(begun.elapsed() < Duration::from_secs(60), "it took {:?}", begun.elapsed());
    ensure!(!hub.log()?.contains("not every request ended"), "{}", hub.log()?);
    Ok(())
}

#[tokio::test]
async fn removal_is_ordered_by_name_and_done_when_the_cluster_says_so() -> Result<()> {
    let (hub, admin, mut cluster, id) = waiting("leaves").await?;
    let path = format!("/api/v1/clusters/{id}/remove");
    assert_eq!(admin.post(&path, &json!({})).await?.refusal()?, (400, "invalid".into()));
    admin.post(&path, &json!({"reason": "it is shut down"})).await?.good()?;
    let desired = cluster.desired(hub, &Value::Null, 0).await?.good()?;
    assert_eq!(desired["removal"]["cluster_uid"], cluster.uid);
    ensure!(desired["removal"]["order_id"].as_str().is_some_and(|id| !id.is_empty()), "{desired}");
    assert_eq!(admin.cluster("leaves").await?["state"], "removing");

    // Neither a report without objects nor another order ends it: only its own word on this order does.
    let mut report = cluster.healthy();
    report["objects"] = json!({"applied": 0, "contested": 0});
    report["left_by_order"] = json!("another");
    cluster.report(hub, &report).await?.good()?;
    assert_eq!(admin.cluster("leaves").await?["state"], "removing");
    let mut report = cluster.healthy();
    report["left_by_order"] = desired["removal"]["order_id"].clone();
    cluster.report(hub, &report).await?.good()?;
    assert_eq!(admin.get(&format!("/api/v1/clusters/{id}")).await?.refusal()?, (404, "not_found".into()));
    assert_eq!(cluster.report(hub, &report).await?.refusal()?, (401, "credential_unknown".into()));
    let audit = admin.get("/api/v1/audit").await?.good()?;
    let entry = audit["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|entry| entry["action"] == "cluster.remove" && entry["subject"] == "leaves");
    let entry = entry.context("an entry in the audit log")?;
    assert_eq!((&entry["reason"], &entry["who"]), (&json!("it is shut down"), &json!("ana@example.org")));

    // Its name is free, and it may come back.
    let token = admin.join_token(json!({})).await?;
    cluster.enroll(hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    cluster.report_healthy(hub).await?;
    assert_eq!(admin.cluster("leaves").await?["state"], "healthy");
    assert_eq!(cluster.desired(hub, &Value::Null, 0).await?.good()?["removal"], Value::Null);
    Ok(())
}
