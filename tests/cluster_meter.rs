//! The meter as a real API server takes it: between the agents and destinations of every kind, held while agents may still send through it, and gone with the flag.

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{NAMESPACE, SOON, ready_spec_with};
use flagstaff_tests::{Turn, eventually};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::api::{Api, DeleteParams};
use serde_json::{Value, json};

fn destinations() -> Value {
    let key = |key: &str| json!({"name": "store-keys", "key": key});
    let one = |name: &str, more: Value| {
        let mut one =
            json!({"name": name, "signal": "metrics", "url": format!("https://{name}.example.com/api/v1/push")});
        if let (Some(one), Value::Object(more)) = (one.as_object_mut(), more) {
            one.extend(more);
        }
        one
    };
    json!([
        one("plain", json!({})),
        one(
            "basic",
            json!({"basic": {"username": key("user"), "password": key("password")}, "tls": {"ca": key("ca")}})
        ),
        one("bearer", json!({"bearer": {"token": key("token")}})),
        one("named", json!({"tls": {"serverName": "store.example.com"}})),
    ])
}

#[tokio::test]
async fn the_meter_stands_between_and_goes_after_the_agents_have_done_with_it() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    flag.apply(json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "store-keys", "namespace": NAMESPACE},
        "stringData": {"user": "u", "password": "p", "token": "t", "ca": "c"},
    }))
    .await?;
    let spec = |mode: &str| ready_spec_with(json!({"destinations": destinations(), "meter": {"mode": mode}}));
    let _operator = turn.operator().await?;
    flag.raise(spec("inline")).await?;
    flag.wait_until_ready().await?;
    let deployments: Api<Deployment> = Api::namespaced(flag.client.clone(), NAMESPACE);
    let maps: Api<ConfigMap> = Api::namespaced(flag.client.clone(), NAMESPACE);
    let meter = serde_json::to_value(deployments.get("flagstaff-meter").await?)?;
    let pod = &meter["spec"]["template"]["spec"];
    let args = pod["containers"][0]["args"].as_array().context("arguments")?;
    ensure!(args.contains(&json!("--mode=inline")) && args.contains(&json!("--data-dir=/data")), "{args:?}");
    let secrets: Vec<_> = pod["volumes"].as_array().into_iter().flatten().filter_map(|one| one.get("secret")).collect();
    ensure!(secrets == [&json!({"secretName": "store-keys", "defaultMode": 288})], "{secrets:?}");
    let map = maps.get("flagstaff-meter").await?.data.context("data")?;
    let text = map.get("destinations.yaml").context("the meter's destinations")?;
    for word in
        ["name: \"plain\"", "https://basic.example.com/api/v1/push", "password_file:", "bearer_file:", "ca_file:"]
    {
        ensure!(text.contains(word), "no {word} in {text}");
    }
    ensure!(!text.contains("named"), "the meter cannot show another server name: {text}");
    let agent = maps.get("flagstaff-agent-cluster").await?.data.context("data")?;
    let agent = agent.get("candidate.alloy").context("the newest configuration")?;
    for (word, there) in [
        ("flagstaff-meter.flagstaff.svc:9095/api/v1/write/basic", true),
        ("https://named.example.com/api/v1/push", true),
        ("https://bearer.example.com/api/v1/push", false),
        ("flagstaff-meter-copy", false),
    ] {
        ensure!(agent.contains(word) == there, "{word} in {agent}");
    }

    let budgets = maps.get("flagstaff-meter-budgets").await?.data.context("data")?;
    let budgets: serde_json::Value = serde_json::from_str(budgets.get("budgets.yaml").context("budgets.yaml")?)?;
    let kept = budgets["keep"]["metrics"].as_array().context("what rules use")?;
    ensure!(budgets["budgets"] == json!([]) && kept.iter().any(|name| name == "up"), "{budgets}");

    // Simulated agents never say that they follow: what they may send through is held, and only that.
    flag.raise(spec("off")).await?;
    eventually(SOON, "the agents are told to send past the meter", async || {
        let agent = maps.get("flagstaff-agent-cluster").await?.data.context("data")?;
        check(!agent.get("candidate.alloy").is_some_and(|text| text.contains("flagstaff-meter.")), &agent)
    })
    .await?;
    flag.wait_until_ready().await?;
    ensure!(deployments.get_opt("flagstaff-meter").await?.is_some(), "it went before the agents");
    // In tap there is a copy, and no credential in the meter.
    flag.raise(spec("tap")).await?;
    eventually(SOON, "the meter has a copy and no credential", async || {
        let meter = serde_json::to_value(deployments.get("flagstaff-meter").await?)?;
        let pod = meter["spec"]["template"]["spec"].clone();
        let agent = maps.get("flagstaff-agent-node").await?.data.context("data")?;
        let copies = agent.get("candidate.alloy").is_some_and(|text| text.contains("flagstaff-meter-copy"));
        let volumes = pod["volumes"].as_array().into_iter().flatten();
        let names: Vec<_> = volumes.filter_map(|volume| volume["name"].as_str()).collect();
        check(copies && names == ["data", "budgets"], &pod)
    })
    .await?;
    // With the flag everything goes at once.
    flag.raise(json!({"enabled": false})).await?;
    eventually(SOON, "the meter is gone", async || {
        let left = deployments.get_opt("flagstaff-meter").await?;
        check(left.is_none(), left.map(|one| one.metadata.name))
    })
    .await?;
    let secrets: Api<Secret> = Api::namespaced(flag.client.clone(), NAMESPACE);
    secrets.delete("store-keys", &DeleteParams::default()).await?;
    flag.clear().await
}
