//! A budget that a person sets in the hub is kept by a real meter before a real store: by a real operator, also while the hub is away. There
//! is no node, so this test does what a kubelet does: it puts what the ConfigMap holds where the meter reads it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_remote_write::Version;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{NAMESPACE, ready_spec_with};
use flagstaff_tests::hub::Hub;
use flagstaff_tests::{ControlPlane, Flag, Turn, eventually};
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use serde_json::{Value, json};

use crate::meter_enforce::{Guarded, many};

const SOON: Duration = Duration::from_secs(90);
const RULES: &str = "prometheusrules.monitoring.coreos.com";

/// What the ConfigMap says, put where the meter reads it; as a kubelet would, but at once.
async fn mounted(maps: &Api<ConfigMap>, guarded: &Guarded) -> Result<Value> {
    let data = maps.get("flagstaff-meter-budgets").await?.data.context("no data")?;
    let text = data.get("budgets.yaml").context("no budgets.yaml")?;
    guarded.write_budgets(text)?;
    Ok(serde_json::from_str(text)?)
}

pub async fn until_mounted(
    maps: &Api<ConfigMap>,
    guarded: &Guarded,
    what: &str,
    holds: impl Fn(&Value) -> bool,
) -> Result<Value> {
    eventually(SOON, what, async || {
        let found = mounted(maps, guarded).await?;
        check(holds(&found["budgets"]), &found)?;
        anyhow::Ok(found)
    })
    .await
}

/// Changes what the operator remembers of its hub, while neither runs.
async fn remember(flag: &Flag, change: impl FnOnce(&mut Value)) -> Result<()> {
    let secrets: Api<Secret> = Api::namespaced(flag.client.clone(), NAMESPACE);
    let data = secrets.get("flagstaff-hub").await?.data.context("no data")?;
    let mut memory: Value = serde_json::from_slice(&data.get("memory.json").context("no memory")?.0)?;
    change(&mut memory);
    let patch = Patch::Merge(json!({"stringData": {"memory.json": memory.to_string()}}));
    secrets.patch("flagstaff-hub", &PatchParams::default(), &patch).await?;
    Ok(())
}

/// Rules of somebody else: one alerts by each series, one sums most labels away.
async fn others_rules(flag: &Flag) -> Result<()> {
    put_rules(
        flag,
        json!([
            {"alert": "Restarts", "expr": "rate(restarts_total[5m]) > 0"},
            {"alert": "Errors", "expr": "sum by (job) (rate(http_total{user!=\"\"}[5m])) > 1"},
        ]),
    )
    .await
}

/// Puts rules into the cluster, as an object of the Prometheus operator's kind, whose definition is made first.
pub async fn put_rules(flag: &Flag, rules: Value) -> Result<()> {
    flag.apply(json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": RULES, "annotations": {"api-approved.kubernetes.io": "https://example.org/for-a-test"}},
        "spec": {"group": "monitoring.coreos.com", "scope": "Namespaced",
            "names": {"kind": "PrometheusRule", "plural": "prometheusrules"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema":
                {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]},
    }))
    .await?;
    let rules = json!({
        "apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": {"name": "shop", "namespace": "default"},
        "spec": {"groups": [{"name": "shop", "rules": rules}]},
    });
    eventually(SOON, "rules can be made", async || flag.apply(rules.clone()).await).await.map(drop)
}

/// Other tests share the cluster, and have rules elsewhere where there is no definition.
pub async fn without_others_rules(flag: &Flag) -> Result<()> {
    let definitions: Api<CustomResourceDefinition> = Api::all(flag.client.clone());
    if definitions.get_opt(RULES).await?.is_some() {
        definitions.delete(RULES, &DeleteParams::default()).await?;
    }
    eventually(SOON, "the definition is gone", async || check(definitions.get_opt(RULES).await?.is_none(), RULES)).await
}

#[tokio::test]
async fn a_budget_of_the_hub_is_kept_in_the_cluster_and_ended_in_one_press() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let told = from_the_hub_to_the_meter(&turn).await;
    let removed = without_others_rules(&turn.flag).await;
    told.and(removed)
}

async fn from_the_hub_to_the_meter(turn: &Turn<ControlPlane>) -> Result<()> {
    let flag = &turn.flag;
    let hub = Hub::start(&[], &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "1")]).await?;
    let admin = hub.admin().await?;
    let guarded = Guarded::start().await?;
    guarded.send(Version::One, &many("http_total", "pod", 0..200)).await?;
    guarded.meter.restart().await?;
    let token = admin.join_token(json!({"uses": 2})).await?;
    flag.apply(json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "budget-join", "namespace": NAMESPACE},
        "stringData": {"token": token["token"]},
    }))
    .await?;
    let named = format!("--meter={}", guarded.meter.url());
    let operator = turn.operator_with(&[&named, "--series-seconds=1"]).await?;
    flag.raise(ready_spec_with(json!({
        "cluster": {"name": "kept"}, "meter": {"mode": "inline"}, "rules": {"target": "configmap"},
        "hub": {"url": hub.url(), "joinTokenSecret": {"name": "budget-join"}},
    })))
    .await?;
    let maps: Api<ConfigMap> = Api::namespaced(flag.client.clone(), NAMESPACE);
    let kept = until_mounted(&maps, &guarded, "there are no orders yet", |budgets| budgets == &json!([])).await?;
    let rules = kept["keep"]["metrics"].as_array().context("what rules use")?;
    ensure!(rules.iter().any(|name| name == "up"), "{kept}");

    // A person sets it; the cluster's meter is told, and says how it stands.
    let counted = "the hub knows what the meter counted";
    eventually(SOON, counted, async || {
        let found = hub.sql("SELECT active FROM series_report ORDER BY at DESC, looked_at DESC LIMIT 1")?;
        check(found == "200", found)
    })
    .await?;
    let draft = json!({"name": "shop", "scope": {"team": "shop"}, "soft_series": 240, "hard_series": 250, "act": "refuse",
        "reason": "what the store holds"});
    let made = admin.post("/api/v1/budgets", &draft).await?.good()?;
    let id = made["id"].as_str().context("an id")?.to_owned();
    let order = until_mounted(&maps, &guarded, "the cluster is ordered", |budgets| budgets[0]["id"] == id).await?;
    ensure!(order["budgets"][0]["act"] == "refuse" && order["budgets"][0]["limit"] == 250, "{order}");
    guarded.keeps(250).await?;

    // A flood: the store gets what there is room for, and the hub says who is refused what.
    for request in 0..6 {
        guarded.send(Version::One, &many("users_total", "user", request * 50..request * 50 + 50)).await?;
    }
    ensure!(guarded.store.value("count(users_total)").await? == 50.0);
    let enforcing =
        admin.budget_until(&id, SOON, "the budget is enforced", |found| found["state"] == "enforcing").await?;
    ensure!(enforcing.to_string().contains("users_total"), "{enforcing}");

    // The hub is away, and the operator begins anew: what was heard last holds. That has labels go now, and rules of others are there.
    hub.kill()?;
    operator.kill()?;
    let more_heard = json!({"labels": ["pod", "user"], "from": 1_000_000});
    remember(flag, |memory| memory["budgets"][0]["aggregate"] = more_heard.clone()).await?;
    others_rules(flag).await?;
    maps.delete("flagstaff-meter-budgets", &DeleteParams::default()).await?;
    operator.start_again().await?;
    let again =
        until_mounted(&maps, &guarded, "the order is there again", |budgets| budgets[0]["limit"] == 250).await?;
    ensure!(again["budgets"][0]["aggregate"] == more_heard, "{again}");
    let keep = &again["keep"];
    ensure!(keep["needs"]["restarts_total"] == json!({"pod": "shop/Restarts", "user": "shop/Restarts"}), "{keep}");
    ensure!(keep["needs"]["http_total"] == json!({"user": "shop/Errors"}), "{keep}");
    ensure!(keep["spare"]["http_total"] == json!(["pod"]) && keep["spare"]["restarts_total"].is_null(), "{keep}");
    ensure!(keep["spare"]["up"].is_null(), "rules of the template look at each target: {keep}");
    guarded.send(Version::One, &many("users_total", "user", 500..600)).await?;
    ensure!(guarded.store.value("count(users_total)").await? == 50.0);

    // It is back, and a person ends it.
    hub.start_again().await?;
    admin
        .post(&format!("/api/v1/budgets/{id}/release"), &json!({"reason": "there is a bigger store"}))
        .await?
        .good()?;
    until_mounted(&maps, &guarded, "the order is taken away", |budgets| budgets == &json!([])).await?;
    eventually(SOON, "no budget is kept", async || {
        let all = guarded.meter.json("/api/v1/budgets").await?;
        check(all["budgets"].as_array().is_some_and(Vec::is_empty), all)
    })
    .await?;
    guarded.send(Version::One, &many("users_total", "user", 500..600)).await?;
    ensure!(guarded.store.value("count(users_total)").await? == 150.0);

    forget_hub(flag, "budget-join").await
}

/// Takes the flag away, and what the cluster knows of its hub; `token` is the Secret that it joined with.
pub async fn forget_hub(flag: &Flag, token: &str) -> Result<()> {
    flag.clear().await?;
    let secrets: Api<Secret> = Api::namespaced(flag.client.clone(), NAMESPACE);
    for name in ["flagstaff-hub", token] {
        if secrets.get_opt(name).await?.is_some() {
            secrets.delete(name, &DeleteParams::default()).await?;
        }
    }
    Ok(())
}
