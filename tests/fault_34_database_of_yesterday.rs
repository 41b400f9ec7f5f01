//! The hub's database is restored from yesterday: a real cluster refuses the older state until a person confirms it, however it grows.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{DESTINATION, SOON};
use flagstaff_tests::hub::{Hub, Person, give_token, left_to};
use flagstaff_tests::{Flag, Turn, eventually};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

fn copy(from: &Path, to: &Path) -> Result<()> {
    let done = Command::new("cp").arg("-a").arg(from).arg(to).status().context("run cp")?;
    ensure!(done.success(), "cp -a {} {}", from.display(), to.display());
    Ok(())
}

async fn scrapes_each(flag: &Flag, seconds: u32) -> Result<()> {
    eventually(SOON, format!("the agents scrape each {seconds} s"), async || {
        let maps: Api<ConfigMap> = Api::namespaced(flag.client.clone(), "flagstaff");
        let text = maps.get("flagstaff-agent-node").await?.data.unwrap_or_default().remove("candidate.alloy");
        let wanted = format!("\"{seconds}s\"");
        let is = |line: &str| line.contains("scrape_interval") && line.ends_with(&wanted);
        check(text.as_ref().is_some_and(|text| text.lines().any(is)), text)
    })
    .await
}

async fn set(admin: &Person<'_>, etag: Option<&str>, seconds: u32) -> Result<String> {
    let content = json!({"enabled": true, "destinations": [{"name": "metrics", "signal": "metrics", "url": DESTINATION}],
        "packs": {"base": {"scrape": {"interval_seconds": seconds}}}});
    let made = admin.put_layer("fleet/all", etag, &json!({"content": content, "reason": "a test"})).await?.good()?;
    let id = made["change"]["id"].as_str().context("a change")?.to_owned();
    eventually(SOON, "the change is done", async || {
        let now = admin.change(&id).await?;
        check(now["state"] == "done", now)
    })
    .await?;
    Ok(made["layer"]["etag"].as_str().context("an etag")?.to_owned())
}

#[tokio::test]
async fn fault_34_an_older_state_of_the_hub_is_refused_until_a_person_confirms_it() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    let hub = Hub::start(&[], &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "1")]).await?;
    let admin = hub.admin().await?;
    give_token(flag, &admin).await?;
    let _operator = turn.operator().await?;
    flag.raise(left_to(&hub, "yesterday", json!({}))).await?;
    flag.wait_for("Hub", "HubConnected").await?;
    let etag = set(&admin, None, 30).await?;
    scrapes_each(flag, 30).await?;

    // Yesterday.
    let database = hub.data_dir().join("postgres");
    let backup = hub.data_dir().join("backup");
    hub.stop()?;
    copy(&database, &backup)?;
    hub.start_again().await?;
    let etag_today = set(&admin, Some(&etag), 40).await?;
    set(&admin, Some(&etag_today), 50).await?;
    scrapes_each(flag, 50).await?;

    hub.stop()?;
    std::fs::remove_dir_all(&database).context("lose the database")?;
    copy(&backup, &database)?;
    hub.start_again().await?;
    let refused = flag.wait_for("Hub", "HubOlderState").await?;
    let (_, order) = refused.message.split_once("--overwrite ").context("no way to confirm it is said")?;
    scrapes_each(flag, 50).await?;
    assert_eq!(flag.conditions().await?["Ready"].status, flagstaff_crds::ConditionStatus::True);

    // It grows past what the cluster had seen, and is older all the same.
    let id = admin.cluster("yesterday").await?["id"].as_str().context("an id")?.to_owned();
    hub.sql(&format!(
        "UPDATE cluster SET generation = generation + 100, xid = pg_current_xact_id()::text::bigint WHERE id = '{id}'"
    ))?;
    eventually(SOON, "the grown state is heard and refused", async || {
        let message = flag.conditions_now().await?.remove("Hub").context("no Hub")?.message;
        check(message.contains("older state") && !message.ends_with(order), message)
    })
    .await?;
    scrapes_each(flag, 50).await?;

    let (name, value) = order.split_once('=').context("an annotation")?;
    let patch = json!({"metadata": {"annotations": {name: value}}});
    flag.api().patch("cluster", &PatchParams::default(), &Patch::Merge(&patch)).await?;
    flag.wait_for("Hub", "HubConnected").await?;
    scrapes_each(flag, 30).await?;
    flag.clear().await
}
