//! A hub is kept and brought back by the commands of docs/operate/backup.md, as they stand there; its clusters and people go on.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::{Answer, Cluster, Person};
use flagstaff_tests::programs::repository;
use reqwest::Method;
use serde_json::{Value, json};

/// The shell blocks of a page below one of its headings.
fn blocks(page: &str, heading: &str) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(repository().join(page)).with_context(|| format!("read {page}"))?;
    let (_, rest) = text.split_once(&format!("\n{heading}\n")).with_context(|| format!("{page} has no `{heading}`"))?;
    let section = rest.split("\n## ").next().unwrap_or_default();
    Ok(section.split("```sh\n").skip(1).filter_map(|rest| rest.split("\n```").next()).map(str::to_owned).collect())
}

fn run(block: &str, folder: &Path, data: &Path) -> Result<()> {
    let out = Command::new("bash")
        .args(["-euo", "pipefail", "-c", block])
        .current_dir(folder)
        .env("DATA", data)
        .output()
        .context("run bash")?;
    if !out.status.success() {
        bail!("{}:\n{block}\n{}", out.status, String::from_utf8_lossy(&out.stderr));
    }
    Ok(())
}

#[tokio::test]
async fn a_hub_is_brought_back_and_its_clusters_and_people_go_on() -> Result<()> {
    let old = Hub::start(&[], &[]).await?;
    let admin = old.admin().await?;
    let token = admin.join_token(json!({"uses": 2, "needs_acceptance": true})).await?;
    let mut cluster = Cluster::new("kept");
    let joined = cluster.enroll(&old, token["token"].as_str().unwrap_or_default()).await?.good()?;
    let id = joined["cluster_id"].as_str().context("an id")?;
    cluster.report_healthy(&old).await?;
    let program = admin.post("/api/v1/api-tokens", &json!({"name": "kept"})).await?.good()?;
    let before = admin.get("/api/v1/audit?limit=1000").await?.good()?;
    let trust = old.get("/agent/v1/trust").await?.good()?;

    let folder = tempfile::tempdir()?;
    let kept = blocks("docs/operate/backup.md", "## Keep a hub")?;
    run(kept.first().context("how it is kept")?, folder.path(), &old.data_dir())?;
    // What happens after the copy was made is lost with the hub.
    admin.post(&format!("/api/v1/clusters/{id}/accept"), &json!({})).await?.good()?;
    let seen = cluster.desired(&old, &Value::Null, 0).await?.good()?;
    old.stop()?;

    let new = Hub::start_with_keys(&folder.path().join("keys")).await?;
    let restore = blocks("docs/operate/backup.md", "## Bring a hub back")?;
    run(restore.last().context("how it is brought back")?, folder.path(), &new.data_dir())?;
    new.stop()?;
    new.start_again().await?;

    let now = new.get("/agent/v1/trust").await?.good()?;
    assert_eq!((&now["key"], &now["certificates_pem"]), (&trust["key"], &trust["certificates_pem"]));
    ensure!(now["number"].as_u64() >= trust["number"].as_u64(), "{now} after {trust}");
    // The cluster is known by the credential that it has, and heard at once.
    cluster.report_healthy(&new).await?;
    let admin = Person::sign_in(&new, "ana@example.org").await?;
    let shown = admin.cluster("kept").await?;
    assert_eq!((&shown["id"], &shown["accepted"], &shown["state"]), (&json!(id), &json!(false), &json!("waiting")));
    // It hears the same database with an older state, which it does not follow until that has passed, or a person says so.
    let older = cluster.desired(&new, &Value::Null, 0).await?.good()?;
    assert_eq!(older["epoch"], seen["epoch"]);
    ensure!(older["generation"].as_u64() < seen["generation"].as_u64(), "{older} after {seen}");
    assert_eq!((&older["removal"], &older["accepted"]), (&Value::Null, &json!(false)));
    admin.post(&format!("/api/v1/clusters/{id}/accept"), &json!({"reason": "again"})).await?.good()?;
    let again = cluster.desired(&new, &older, 25).await?.good()?;
    ensure!(again["generation"].as_u64() >= seen["generation"].as_u64() && again["accepted"] == true, "{again}");

    // Tokens of programs and of clusters are good as before, and the audit log is whole.
    let asked = new.request(Method::GET, "/api/v1/session").bearer_auth(program["token"].as_str().unwrap_or_default());
    Answer::of(asked).await?.good()?;
    Cluster::new("later").enroll(&new, token["token"].as_str().unwrap_or_default()).await?.good()?;
    let audit = admin.get("/api/v1/audit?limit=1000").await?.good()?;
    let ids = |page: &Value| -> Vec<i64> {
        page["items"].as_array().into_iter().flatten().filter_map(|entry| entry["id"].as_i64()).collect()
    };
    ensure!(ids(&before).iter().all(|id| ids(&audit).contains(id)), "{audit} lacks some of {before}");
    flagstaff_tests::eventually(std::time::Duration::from_secs(30), "the log is sealed on", async || {
        let found = admin.get("/api/v1/audit/verification").await?.good()?;
        flagstaff_tests::eventually::check(found["intact"] == true && found["unsealed"] == 0, found)
    })
    .await
}
