//! Two hubs on one database: one leads, both tell the same, and the other one takes over.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::hub::{Answer, Cluster, Person};
use flagstaff_tests::protocol::Part;
use flagstaff_tests::{Hub, Lease, eventually, programs};
use reqwest::Method;
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(60);

#[tokio::test]
async fn one_leads_the_other_hears_of_it_and_takes_over() -> Result<()> {
    let every = [("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "1")];
    let one = Hub::start(&[], &every).await?;
    let admin = one.admin().await?;
    let database = format!(
        "--database-url=postgres://flagstaff@localhost/postgres?host={}",
        one.data_dir().join("postgres").display()
    );
    let leads = async |hub: &Hub| hub.metric("flagstaff_hub_leads ").await;
    eventually(SOON, "the first one leads", async || check(leads(&one).await? == 1.0, "it does not")).await?;
    // With a key of its own it would spoil what the first one made: it says so and ends.
    let lease = Lease::new()?;
    let part =
        Part::new("stranger", programs::ours("flagstaff-hub")?).flag("data-dir", lease.folder().join("hub").display());
    lease.start(part.arg(&database).flag("listen", "127.0.0.1:0"))?;
    eventually(SOON, "it ends", async || check(lease.exited("stranger").is_some(), "it runs")).await?;
    let said = std::fs::read_to_string(lease.log("stranger"))?;
    for part in ["identity key is", "--identity-key-file", "--replace-identity-key"] {
        ensure!(said.contains(part), "no {part} in {said}");
    }
    let key = format!("--identity-key-file={}", one.data_dir().join("identity.key").display());
    let two = Hub::start(&[&database, &key], &every).await?;
    // A session is good at both.
    let there = Person::with_cookie(&two, admin.cookie());
    there.get("/api/v1/session").await?.good()?;

    let token = admin.join_token(json!({"needs_acceptance": true})).await?;
    let mut cluster = Cluster::new("between");
    let joined = cluster.enroll(&two, token["token"].as_str().unwrap_or_default()).await?.good()?;
    let seen = cluster.desired(&two, &Value::Null, 0).await?.good()?;
    // Held at one replica, accepted at the other.
    let accept = format!("/api/v1/clusters/{}/accept", joined["cluster_id"].as_str().context("an id")?);
    let (held, accepted) = tokio::join!(cluster.desired(&two, &seen, 25), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        admin.post(&accept, &json!({})).await
    });
    accepted?.good()?;
    assert_eq!(held?.good()?["accepted"], true);
    assert_eq!((leads(&one).await?, leads(&two).await?), (1.0, 0.0));

    // Somebody else has a newer term, though the lock is still held: the leader writes nothing more under its own.
    let term: i64 = one.sql("UPDATE worker_term SET term = term + 5 RETURNING term")?.parse()?;
    eventually(SOON, "it leads under a newer term", async || {
        let now: i64 = one.sql("SELECT term FROM worker_term")?.parse()?;
        check(now > term, now)
    })
    .await?;
    eventually(SOON, "it leads again", async || check(leads(&one).await? + leads(&two).await? == 1.0, "nobody does"))
        .await?;

    let (term, led) = (one.sql("SELECT term FROM worker_term")?, leads(&one).await? == 1.0);
    cluster.report_healthy(&two).await?;
    // Its Postgres goes on without it.
    one.kill()?;
    // Whichever led, the other one does now.
    eventually(SOON, "the second one leads", async || check(leads(&two).await? == 1.0, "it does not")).await?;
    eventually(SOON, "a silent cluster is late", async || {
        let shown = there.cluster("between").await?;
        check(shown["state"] == "late" || shown["state"] == "offline", shown)
    })
    .await?;
    if led {
        ensure!(one.sql("SELECT term FROM worker_term")? != term, "the term is the old one");
    }
    let kinds = there.kinds(joined["cluster_id"].as_str().unwrap_or_default()).await?;
    // Each silence is told once, whoever saw it: another one only after a report between them.
    let silences: Vec<&str> = kinds.iter().map(String::as_str).filter(|kind| ["late", "back"].contains(kind)).collect();
    ensure!(silences.windows(2).all(|pair| pair[0] != pair[1]) && silences.last() == Some(&"late"), "{kinds:?}");
    let answer = Answer::of(two.request(Method::GET, "/readyz")).await?;
    assert_eq!(answer.status, 200);
    Ok(())
}
