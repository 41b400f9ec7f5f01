//! A real operator on a real API server follows what the hub sets in layers; the flag wins, and nothing of it is written into the flag.

use anyhow::{Context, Result, ensure};
use flagstaff_crds::ConditionStatus;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{DESTINATION, NAMESPACE, SOON};
use flagstaff_tests::hub::{Hub, Person, give_token, left_to};
use flagstaff_tests::{Cluster, Flag, Operator, Turn, eventually};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::Api;
use serde_json::{Value, json};

/// Reports each second, so that what takes minutes in a fleet takes seconds here.
const QUICK: &[(&str, &str)] = &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "1")];

/// The configuration of the node's agent, as it is written.
async fn configuration(flag: &Flag) -> Result<String> {
    let maps: Api<ConfigMap> = Api::namespaced(flag.client.clone(), NAMESPACE);
    let map = maps.get("flagstaff-agent-node").await?;
    map.data.and_then(|mut data| data.remove("candidate.alloy")).context("no configuration")
}

async fn scrapes_each(flag: &Flag, seconds: u32) -> Result<()> {
    eventually(SOON, format!("the agents scrape each {seconds} s"), async || {
        let text = configuration(flag).await?;
        let wanted = format!("\"{seconds}s\"");
        check(text.lines().any(|line| line.contains("scrape_interval") && line.ends_with(&wanted)), text)
    })
    .await
}

async fn change(admin: &Person<'_>, layer: &str, content: Value) -> Result<String> {
    let layers = admin.get("/api/v1/layers").await?.good()?;
    let same = |one: &&Value| {
        layer == format!("{}/{}", one["kind"].as_str().unwrap_or(""), one["name"].as_str().unwrap_or(""))
    };
    let etag =
        layers["items"].as_array().and_then(|items| items.iter().find(same)).and_then(|one| one["etag"].as_str());
    let made = admin.put_layer(layer, etag, &json!({"content": content, "reason": "a test"})).await?.good()?;
    Ok(made["change"]["id"].as_str().context("no change")?.to_owned())
}

async fn is(admin: &Person<'_>, change: &str, state: &str) -> Result<Value> {
    eventually(SOON, format!("the change is {state}"), async || {
        let now = admin.change(change).await?;
        check(now["state"] == state, &now)?;
        anyhow::Ok(now)
    })
    .await
}

fn base(values: Value) -> Value {
    json!({"base": values})
}

#[tokio::test]
async fn a_cluster_is_switched_on_and_set_by_its_hub() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    let hub = Hub::start(&[], QUICK).await?;
    let admin = hub.admin().await?;
    give_token(flag, &admin).await?;
    let operator = turn.operator().await?;

    // The hub says nothing: nothing is installed, and that is no fault.
    flag.raise(left_to(&hub, "layered", json!({}))).await?;
    flag.wait_for("Hub", "HubConnected").await?;
    flag.wait_for("Ready", "Disabled").await?;

    let destinations = json!([{"name": "metrics", "signal": "metrics", "url": DESTINATION}]);
    let all = json!({"enabled": true, "destinations": destinations, "packs": base(json!({"scrape": {"interval_seconds": 30}}))});
    let on = change(&admin, "fleet/all", all.clone()).await?;
    flag.wait_until_ready().await?;
    is(&admin, &on, "done").await?;
    scrapes_each(flag, 30).await?;
    ensure!(configuration(flag).await?.contains(DESTINATION), "the destination of the hub is not used");
    let now = flag.get().await?;
    let said = now.status.clone().and_then(|status| status.settings).context("nothing is said of settings")?;
    assert_eq!((said.enabled, said.enabled_by.as_str(), said.destinations_by.as_str()), (true, "fleet", "fleet"));
    assert_eq!((now.spec.enabled, now.spec.destinations.len(), now.metadata.generation), (None, 0, Some(1)));
    let columns = turn.cluster.kubectl(&["get", "flag"])?;
    ensure!(columns.lines().nth(1).is_some_and(|row| row.contains(" true ")), "{columns}");
    let shown = admin.cluster("layered").await?;
    assert_eq!((&shown["state"], &shown["flag"]["set_by"]), (&json!("healthy"), &json!("hub, fleet")));

    the_flag_wins(flag, &hub, &admin).await?;
    a_refused_value_leaves_what_was_good(flag, &admin).await?;
    away_it_changes_nothing(flag, &hub, &operator).await?;
    off_stays_off(flag, &hub, &admin).await?;
    ensure!(operator.exited().is_none());
    Ok(())
}

async fn the_flag_wins(flag: &Flag, hub: &Hub, admin: &Person<'_>) -> Result<()> {
    let own = json!({"packs": [{"name": "base", "values": {"scrape": {"interval_seconds": 15}}}]});
    flag.raise(left_to(hub, "layered", own)).await?;
    scrapes_each(flag, 15).await?;
    flag.wait_until_ready().await?;
    let said = flag.get().await?.status.and_then(|status| status.settings).context("settings")?;
    assert_eq!(said.overridden, ["/packs/base/scrape/interval_seconds"]);
    let id = admin.cluster("layered").await?["id"].as_str().context("an id")?.to_owned();
    eventually(SOON, "the hub knows what the flag overrides", async || {
        let values = admin.get(&format!("/api/v1/clusters/{id}/values")).await?.good()?;
        let found = values["values"].as_array().context("no values")?.iter();
        let interval =
            found.clone().find(|one| one["pointer"] == "/packs/base/scrape/interval_seconds").context("no interval")?;
        check(
            (&interval["by"], &interval["effective"], &interval["words"][0]["value"])
                == (&json!("flag"), &json!(15), &json!(30)),
            &values,
        )
    })
    .await
}

async fn a_refused_value_leaves_what_was_good(flag: &Flag, admin: &Person<'_>) -> Result<()> {
    let before = flag.canonical().await?;
    let bad = base(json!({"scrape": {"timeout_seconds": "long"}}));
    let id = change(admin, "region/eu-west-1", json!({"packs": bad})).await?;
    let refused = flag.wait_for("Settings", "SettingsRefused").await?;
    assert_eq!(refused.status, ConditionStatus::False);
    let words = ["/scrape/timeout_seconds", "region eu-west-1"];
    ensure!(words.iter().all(|word| refused.message.contains(word)), "{}", refused.message);
    let halted = is(admin, &id, "halted").await?;
    let why = halted["state_message"].as_str().unwrap_or_default();
    ensure!(words.iter().all(|word| why.contains(word)), "{why}");
    assert_eq!(flag.conditions().await?["Ready"].status, ConditionStatus::True);
    assert_eq!(flag.canonical().await?, before, "what was good runs on");
    assert_eq!(admin.cluster("layered").await?["state_reason"], "SettingsRefused");
    // It is still looked after, by what was good.
    let maps: Api<ConfigMap> = Api::namespaced(flag.client.clone(), NAMESPACE);
    maps.delete("flagstaff-agent-node", &Default::default()).await?;
    scrapes_each(flag, 15).await?;
    admin.post(&format!("/api/v1/changes/{id}/undo"), &json!({})).await?.good()?;
    flag.wait_for("Settings", "SettingsFollowed").await.map(drop)
}

async fn away_it_changes_nothing(flag: &Flag, hub: &Hub, operator: &Operator) -> Result<()> {
    flag.wait_until_ready().await?;
    let before = flag.canonical().await?;
    hub.kill()?;
    flag.wait_for("Hub", "HubUnreachable").await?;
    // Also one that starts while the hub is away.
    operator.kill()?;
    let maps: Api<ConfigMap> = Api::namespaced(flag.client.clone(), NAMESPACE);
    maps.delete("flagstaff-agent-node", &Default::default()).await?;
    operator.start_again().await?;
    scrapes_each(flag, 15).await?;
    flag.wait_until_ready().await?;
    assert_eq!(flag.canonical().await?, before);
    hub.start_again().await?;
    flag.wait_for("Hub", "HubConnected").await.map(drop)
}

async fn off_stays_off(flag: &Flag, hub: &Hub, admin: &Person<'_>) -> Result<()> {
    flag.raise(left_to(hub, "layered", json!({"enabled": false}))).await?;
    flag.wait_for("Ready", "Disabled").await?;
    flag.wait_until_gone().await?;
    let said = flag.get().await?.status.and_then(|status| status.settings).context("settings")?;
    ensure!(!said.enabled && said.enabled_by == "flag" && said.overridden.contains(&"/enabled".to_owned()), "{said:?}");
    // Deleted, the hub can say what it wants.
    flag.api().delete("cluster", &Default::default()).await?;
    let all = json!({"enabled": true, "packs": base(json!({"scrape": {"interval_seconds": 45}}))});
    let id = change(admin, "fleet/all", all).await?;
    eventually(SOON, "the cluster is silent, and the change does not wait for it", async || {
        let now = admin.change(&id).await?;
        check(now["counts"]["offline"] == 1, now)
    })
    .await?;
    ensure!(flag.api().get_opt("cluster").await?.is_none(), "the flag is back");
    ensure!(flag.labelled().await?.is_empty(), "something of ours is back");
    Ok(())
}
