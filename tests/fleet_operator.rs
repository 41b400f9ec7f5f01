//! A real operator joins a real hub, reports, goes on without it, and leaves it. Its nodes are simulated: no agent sends a sample.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_crds::ConditionStatus;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{NAMESPACE, SOON, ready_spec_with};
use flagstaff_tests::hub::{Hub, Person};
use flagstaff_tests::{FakeCluster, Flag, Turn, eventually};
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::api::{Api, DeleteParams};
use serde_json::{Value, json};

/// Reports each second, so that what takes minutes in a fleet takes seconds here.
const QUICK: &[(&str, &str)] = &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "1")];
const TOKEN: &str = "hub-join";

async fn give_token(flag: &Flag, text: &str) -> Result<()> {
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": TOKEN, "namespace": NAMESPACE},
        "stringData": {"token": text},
    });
    flag.apply(secret).await.map(drop)
}

fn spec(hub: &Hub, name: &str) -> Value {
    ready_spec_with(json!({
        "cluster": {"name": name, "region": "eu-west-1", "provider": "aws"},
        "hub": {"url": hub.url(), "joinTokenSecret": {"name": TOKEN}},
    }))
}

/// Whatever an earlier test left of a hub.
async fn forget(turn: &Turn<FakeCluster>) -> Result<()> {
    let secrets: Api<Secret> = Api::namespaced(turn.flag.client.clone(), NAMESPACE);
    for name in ["flagstaff-hub", TOKEN] {
        if secrets.get_opt(name).await?.is_some() {
            secrets.delete(name, &DeleteParams::default()).await?;
        }
    }
    Ok(())
}

async fn token_text(admin: &Person<'_>, body: Value) -> Result<String> {
    let token = admin.join_token(body).await?;
    Ok(token["token"].as_str().context("a token")?.to_owned())
}

#[tokio::test]
async fn a_cluster_joins_goes_on_without_its_hub_and_leaves() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    forget(&turn).await?;
    let flag = &turn.flag;
    let hub = Hub::start(&[], QUICK).await?;
    let admin = hub.admin().await?;
    give_token(flag, &token_text(&admin, json!({"uses": 5})).await?).await?;
    let operator = turn.operator().await?;
    flag.raise(spec(&hub, "joins")).await?;
    assert_eq!(flag.wait_for("Hub", "HubConnected").await?.status, ConditionStatus::True);
    flag.wait_until_ready().await?;

    let seen = eventually(SOON, "the hub knows what the cluster is", async || {
        let seen = admin.cluster("joins").await?;
        check(seen["objects"]["applied"].as_i64().is_some_and(|applied| applied > 30), &seen)?;
        anyhow::Ok(seen)
    })
    .await?;
    assert_eq!((&seen["region"], &seen["provider"]), (&json!("eu-west-1"), &json!("aws")));
    assert_eq!((&seen["node_count"], &seen["simulated"]), (&json!(3), &json!(true)));
    ensure!(seen["kubernetes_version"].as_str().is_some_and(|version| version.starts_with("v1.")), "{seen}");
    assert_eq!((&seen["template"]["pack"], &seen["flag"]["enabled"]), (&json!("base"), &json!(true)));
    assert_eq!(seen["flag"]["set_by"], "person", "who set the flag, as the API server knows it");
    ensure!(seen["gauges"]["series"].is_null(), "no agent says how many series there are: not known, not zero: {seen}");

    goes_on_without(&hub, flag).await?;
    rejoins_after_a_lost_secret(flag, &admin).await?;
    leaves(&admin, flag).await?;
    ensure!(operator.exited().is_none());
    let log = operator.log()?;
    ensure!(!log.contains("fsj1."), "a join token stands in the log");
    flag.clear().await
}

/// The hub dies: the condition says so, drift is corrected as before, and the cluster is heard again afterwards.
async fn goes_on_without(hub: &Hub, flag: &Flag) -> Result<()> {
    hub.kill()?;
    flag.wait_for("Hub", "HubUnreachable").await?;
    assert_eq!(flag.conditions().await?["Ready"].status, ConditionStatus::True);
    let maps: Api<ConfigMap> = Api::namespaced(flag.client.clone(), NAMESPACE);
    maps.delete("flagstaff-agent-node", &DeleteParams::default()).await?;
    eventually(SOON, "what was deleted is back without the hub", async || {
        maps.get("flagstaff-agent-node").await.map(drop)
    })
    .await?;
    hub.start_again().await?;
    flag.wait_for("Hub", "HubConnected").await.map(drop)
}

async fn rejoins_after_a_lost_secret(flag: &Flag, admin: &Person<'_>) -> Result<()> {
    let secrets: Api<Secret> = Api::namespaced(flag.client.clone(), NAMESPACE);
    secrets.delete("flagstaff-hub", &DeleteParams::default()).await?;
    eventually(SOON, "the cluster has a credential again, and the hub says so", async || {
        check(secrets.get_opt("flagstaff-hub").await?.is_some(), "no Secret")?;
        let id = admin.cluster("joins").await?["id"].as_str().unwrap_or_default().to_owned();
        let events = admin.get(&format!("/api/v1/clusters/{id}/events")).await?.good()?;
        let kinds: Vec<_> = events["items"].as_array().into_iter().flatten().map(|e| e["kind"].clone()).collect();
        check(kinds.contains(&json!("re_enrolled")), kinds)
    })
    .await
}

/// The operator forgets the hub; a flag that kubectl set stays, with all that it installed.
async fn leaves(admin: &Person<'_>, flag: &Flag) -> Result<()> {
    let before = flag.members().await?.len();
    let id = admin.cluster("joins").await?["id"].as_str().context("an id")?.to_owned();
    let path = format!("/api/v1/clusters/{id}/remove");
    admin.post(&path, &json!({"reason": "moved to another fleet"})).await?.good()?;
    flag.wait_for("Hub", "HubLeft").await?;
    eventually(SOON, "the hub has the cluster's own word", async || {
        let answer = admin.get(&format!("/api/v1/clusters/{id}")).await?;
        check(answer.status == 404, answer.text)
    })
    .await?;
    assert_eq!(flag.conditions().await?["Ready"].status, ConditionStatus::True);
    assert_eq!(flag.members().await?.len(), before, "nothing was taken away");
    Ok(())
}

#[tokio::test]
async fn what_stops_a_cluster_from_joining_is_said_by_name() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    forget(&turn).await?;
    let flag = &turn.flag;
    let hub = Hub::start(&[], QUICK).await?;
    let admin = hub.admin().await?;
    let good = token_text(&admin, json!({})).await?;
    let _operator = turn.operator().await?;

    flag.raise(spec(&hub, "blocked")).await?;
    let missing = flag.wait_for("Hub", "JoinTokenMissing").await?;
    ensure!(missing.message.contains(TOKEN) && missing.message.contains("`token`"), "{}", missing.message);

    give_token(flag, "not a token").await?;
    eventually(SOON, "the Secret holds no join token", async || {
        let message = flag.conditions_now().await?.remove("Hub").context("no Hub")?.message;
        check(message.contains("this is no join token"), message)
    })
    .await?;

    let mut parts: Vec<&str> = good.split('.').collect();
    parts[2] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    give_token(flag, &parts.join(".")).await?;
    let refused = flag.wait_for("Hub", "JoinTokenRefused").await?;
    ensure!(refused.message.contains("join_token_unknown"), "{}", refused.message);

    let mut parts: Vec<&str> = good.split('.').collect();
    parts[3] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    give_token(flag, &parts.join(".")).await?;
    let untrusted = flag.wait_for("Hub", "HubUntrusted").await?;
    ensure!(untrusted.message.contains("identity key"), "{}", untrusted.message);
    ensure!(!hub.log()?.contains("AAAAAAAAAAAAAAAAAAAAAAAA"), "nothing secret went to a hub that was not believed");

    give_token(flag, &good).await?;
    flag.wait_for("Hub", "HubConnected").await?;
    flag.clear().await
}

#[tokio::test]
async fn fault_35_a_hub_with_an_empty_database_takes_nothing_from_a_real_cluster() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    forget(&turn).await?;
    let flag = &turn.flag;
    let hub = Hub::start(&[], QUICK).await?;
    let admin = hub.admin().await?;
    give_token(flag, &token_text(&admin, json!({})).await?).await?;
    let _operator = turn.operator().await?;
    flag.raise(spec(&hub, "kept")).await?;
    flag.wait_for("Hub", "HubConnected").await?;
    flag.wait_until_ready().await?;
    let before = flag.canonical().await?;

    hub.stop()?;
    // The identity key stays, as when only the database was lost.
    std::fs::remove_dir_all(hub.data_dir().join("postgres")).context("empty the database")?;
    hub.start_again().await?;
    let refused = flag.wait_for_up_to(SOON + Duration::from_secs(60), "Hub", "JoinTokenRefused").await?;
    ensure!(refused.message.contains("join_token_unknown"), "{}", refused.message);
    assert_eq!(flag.canonical().await?, before, "every object is as it was");
    assert_eq!(flag.conditions().await?["Ready"].status, ConditionStatus::True);
    flag.clear().await
}
