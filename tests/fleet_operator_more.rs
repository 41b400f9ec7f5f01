//! A real operator whose clock is ten minutes ahead waits until a person accepts its cluster, and bears a hub that refuses for ever.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_crds::ConditionStatus;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{NAMESPACE, SOON, ready_spec_with};
use flagstaff_tests::hub::Hub;
use flagstaff_tests::{Cluster, FakeCluster, Flag, Operator, Turn, eventually};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams};
use serde_json::{Value, json};

const TOKEN: &str = "hub-join";
const ALL: [&str; 3] = ["--no-election", "--health-seconds=3", "--resync-seconds=5"];

async fn forget(turn: &Turn<FakeCluster>) -> Result<()> {
    let secrets: Api<Secret> = Api::namespaced(turn.flag.client.clone(), NAMESPACE);
    for name in ["flagstaff-hub", TOKEN] {
        if secrets.get_opt(name).await?.is_some() {
            secrets.delete(name, &DeleteParams::default()).await?;
        }
    }
    Ok(())
}

/// The longest pause that the operator has announced since `from`.
fn longest_pause(log: &str, from: usize) -> f64 {
    let pauses = log.get(from..).unwrap_or_default().split("pause_seconds").skip(1);
    let number = |rest: &str| {
        let digits: String =
            rest.chars().skip_while(|c| !c.is_ascii_digit()).take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        digits.parse::<f64>().ok()
    };
    pauses.filter_map(number).fold(0.0, f64::max)
}

#[tokio::test]
async fn fault_03_a_cluster_is_accepted_and_bears_a_hub_that_refuses_for_ever() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    forget(&turn).await?;
    let flag = &turn.flag;
    let hub = Hub::start(&[], &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "1")]).await?;
    let admin = hub.admin().await?;
    let token = admin.join_token(json!({"needs_acceptance": true, "uses": 9})).await?;
    flag.apply(json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": TOKEN, "namespace": NAMESPACE},
        "stringData": {"token": token["token"]},
    }))
    .await?;
    let skew = [("FLAGSTAFF_OPERATOR_CLOCK_SKEW_SECONDS", "600")];
    let operator = Operator::start(turn.cluster.kubeconfig(), &ALL, &skew).await?;
    flag.raise(ready_spec_with(json!({
        "cluster": {"name": "waits", "region": "eu-west-1", "provider": "aws"},
        "hub": {"url": hub.url(), "joinTokenSecret": {"name": TOKEN}},
    })))
    .await?;

    let waiting = flag.wait_for("Hub", "HubNotAccepted").await?;
    ensure!(waiting.status != ConditionStatus::True && waiting.message.contains("accept"), "{waiting:?}");
    flag.wait_until_ready().await?;
    let state = async |wanted: &'static str| {
        eventually(SOON, format!("the hub says {wanted}"), async || {
            let seen = admin.cluster("waits").await?;
            check(seen["state"] == wanted, &seen)?;
            anyhow::Ok(seen)
        })
        .await
    };
    let seen = state("waiting").await?;
    let id = seen["id"].as_str().context("an id")?;
    let attention = admin.get("/api/v1/attention").await?.text;
    ensure!(attention.contains(id), "who waits is spoken of: {attention}");
    admin.post(&format!("/api/v1/clusters/{id}/accept"), &json!({"reason": "known"})).await?.good()?;
    flag.wait_for("Hub", "HubConnected").await?;
    eventually(SOON, "it waits no longer", async || {
        let seen = admin.cluster("waits").await?;
        check(seen["state"] != "waiting" && seen["accepted"] == true, seen)
    })
    .await?;
    let kinds = admin.kinds(id).await?;
    ensure!(kinds.iter().any(|kind| kind == "accepted"), "{kinds:?}");

    five_hundreds(&hub, flag, &operator).await?;
    four_hundred_and_ones(&hub, flag, &operator, id, &token, &admin).await?;
    flag.clear().await
}

/// Every answer is 503: the pauses grow, and everything in the cluster stays.
async fn five_hundreds(hub: &Hub, flag: &Flag, operator: &Operator) -> Result<()> {
    let before = flag.canonical().await?;
    let from = operator.log()?.len();
    let held = hub.hold("cluster").await?;
    let said = flag.wait_for("Hub", "HubUnreachable").await?;
    ensure!(said.message.contains("503"), "{}", said.message);
    grows(operator, from).await?;
    assert_eq!(flag.canonical().await?, before, "every object is as it was");
    assert_eq!(flag.conditions().await?["Ready"].status, ConditionStatus::True);
    drop(held);
    flag.wait_for_up_to(SOON + Duration::from_secs(60), "Hub", "HubConnected").await.map(drop)
}

/// The hub knows neither the credential nor the token: the same.
async fn four_hundred_and_ones(
    hub: &Hub,
    flag: &Flag,
    operator: &Operator,
    id: &str,
    token: &Value,
    admin: &flagstaff_tests::hub::Person<'_>,
) -> Result<()> {
    let before = flag.canonical().await?;
    let from = operator.log()?.len();
    admin.delete(&format!("/api/v1/join-tokens/{}", token["id"].as_str().unwrap_or_default())).await?.good()?;
    hub.sql(&format!("UPDATE cluster SET credential_sha256 = credential_sha256 || 'x'::bytea WHERE id = '{id}'"))?;
    grows(operator, from).await?;
    // The log is ahead of the flag: that is written by the next pass.
    let standing = eventually(SOON, "the flag says that the hub refuses", async || {
        let standing = flag.conditions().await?;
        check(standing["Hub"].status != ConditionStatus::True, &standing["Hub"])?;
        anyhow::Ok(standing)
    })
    .await?;
    assert_eq!(flag.canonical().await?, before, "every object is as it was");
    assert_eq!(standing["Ready"].status, ConditionStatus::True);
    Ok(())
}

/// The first pause is 2 s at most: a longer one shows that it backs off.
async fn grows(operator: &Operator, from: usize) -> Result<()> {
    eventually(Duration::from_secs(90), "the pauses grow", async || {
        let log = operator.log()?;
        let longest = longest_pause(&log, from);
        check(longest > 2.0, format!("{longest} in {}", log.get(from..).unwrap_or_default()))
    })
    .await
}
