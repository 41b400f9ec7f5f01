//! A team's flag: rules bound to the team's namespace, objects that are its own, and rights that end at its border.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use flagstaff_crds::ServiceObservability;
use flagstaff_tests::control_plane::rule;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{NAMESPACE, SOON, ready_spec, ready_spec_with};
use flagstaff_tests::{Flag, Turn, eventually};
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::api::{Api, ListParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

fn team_flag(namespace: &str, rules: Value) -> Value {
    json!({
        "apiVersion": "flagstaff.dev/v1alpha1", "kind": "ServiceObservability",
        "metadata": {"name": "web", "namespace": namespace}, "spec": {"rules": rules},
    })
}

/// A namespace of its own for each test: leftovers of one are no matter to the other.
async fn raise(flag: &Flag, namespace: &str, rules: Value) -> Result<ServiceObservability> {
    flag.create_namespace(namespace).await?;
    let object = flag.apply(team_flag(namespace, rules)).await?;
    serde_json::from_value(serde_json::to_value(object)?).context("read a team's flag")
}

/// Waits until the operator has said something of this generation; status of Ready, message, rules loaded.
async fn judged(flag: &Flag, namespace: &str) -> Result<(bool, String, i64)> {
    let api: Api<ServiceObservability> = Api::namespaced(flag.client.clone(), namespace);
    eventually(SOON, format!("a word on the team's flag in {namespace}"), async || {
        let service = api.get("web").await?;
        let generation = service.metadata.generation.unwrap_or_default();
        let status = service.status.unwrap_or_default();
        check(status.observed_generation == generation && !status.conditions.is_empty(), &status)?;
        let ready = &status.conditions[0];
        anyhow::Ok((ready.status == flagstaff_crds::ConditionStatus::True, ready.message.clone(), status.rules))
    })
    .await
}

/// The rules of the team as they are in the cluster, one expression a name.
async fn loaded(flag: &Flag, namespace: &str) -> Result<BTreeMap<String, Value>> {
    let maps: Api<ConfigMap> = Api::namespaced(flag.client.clone(), namespace);
    let map = maps.get("flagstaff-team-web").await?;
    let text = map.data.unwrap_or_default().into_values().next().context("a file")?;
    let file: Value = serde_yaml::from_str(&text)?;
    let rules = file.pointer("/groups/0/rules").and_then(Value::as_array).cloned().unwrap_or_default();
    let name = |rule: &Value| rule["alert"].as_str().or(rule["record"].as_str()).unwrap_or_default().to_owned();
    Ok(rules.into_iter().map(|rule| (name(&rule), rule)).collect())
}

#[tokio::test]
async fn rules_are_bound_to_their_own_namespace() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    let _operator = turn.operator().await?;
    flag.raise(ready_spec()).await?;
    let rules = json!([
        {"alert": "Others", "expr": r#"sum(rate(http_requests_total{namespace="other", code=~"5.."}[5m])) > 1"#, "for": "5m", "labels": {"namespace": "other", "severity": "page"}},
        {"alert": "Mixed", "expr": r#"up{namespace=~".*"} == 0 or on () absent(up{job="web"})"#},
        {"record": "web:requests:rate5m", "expr": "sum by (pod) (rate(http_requests_total[5m]))"},
    ]);
    let service = raise(flag, "team-bound", rules).await?;
    let (ready, message, count) = judged(flag, "team-bound").await?;
    ensure!(ready && count == 3, "{message}");
    let loaded = loaded(flag, "team-bound").await?;
    assert_eq!(loaded.len(), 3, "{loaded:?}");
    for (name, rule) in &loaded {
        let expr = rule["expr"].as_str().context("an expression")?;
        let selectors = expr.matches('{').count();
        assert_eq!(expr.matches(r#"namespace="team-bound""#).count(), selectors, "{name}: {expr}");
        ensure!(!expr.contains("other") && !expr.contains(".*"), "{name}: {expr}");
        assert_eq!(rule["labels"]["namespace"], "team-bound", "{name} speaks of its own namespace only");
    }
    assert_eq!((&loaded["Others"]["for"], &loaded["Others"]["labels"]["severity"]), (&json!("5m"), &json!("page")));

    let maps: Api<ConfigMap> = Api::namespaced(flag.client.clone(), "team-bound");
    let owners = maps.get("flagstaff-team-web").await?.metadata.owner_references.unwrap_or_default();
    assert_eq!(owners.len(), 1);
    assert_eq!(
        (owners[0].kind.as_str(), Some(&owners[0].uid)),
        ("ServiceObservability", service.metadata.uid.as_ref())
    );
    Ok(())
}

#[tokio::test]
async fn fault_23_one_bad_rule_is_refused_and_the_others_stay() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    let _operator = turn.operator().await?;
    flag.raise(ready_spec()).await?;
    let good = json!({"alert": "Down", "expr": "up == 0"});
    let also_good = json!({"alert": "Slow", "expr": "latency_seconds > 1"});
    raise(flag, "team-bad", json!([good, also_good])).await?;
    assert_eq!(judged(flag, "team-bad").await?.2, 2);

    for (bad, why) in [
        ("sum(rate(", "expr"),
        (r#"{job="x"}"#, "metric"),
        (r#"label_replace(up, "namespace", "other", "", "")"#, "namespace"),
    ] {
        raise(flag, "team-bad", json!([good, {"alert": "Bad", "expr": bad}, also_good])).await?;
        let (ready, message, count) = judged(flag, "team-bad").await?;
        ensure!(!ready && message.contains("/spec/rules/1/expr") && message.contains(why), "{bad}: {message}");
        assert_eq!(count, 2, "{bad}: {message}");
        let names: Vec<String> = loaded(flag, "team-bad").await?.into_keys().collect();
        assert_eq!(names, ["Down", "Slow"], "{bad}");
    }
    // The platform does not suffer from a team's mistake.
    let reason = flag.conditions().await?["Ready"].reason.clone();
    ensure!(reason == "Waiting" || reason == "NotReady", "{reason}");
    raise(flag, "team-bad", json!([good])).await?;
    let (ready, message, _) = judged(flag, "team-bad").await?;
    ensure!(ready, "{message}");
    Ok(())
}

#[tokio::test]
async fn its_objects_go_with_a_teams_flag() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    let rules = json!([{"alert": "Down", "expr": "up == 0"}]);
    let maps: Api<ConfigMap> = Api::namespaced(flag.client.clone(), "team-gone");
    let services: Api<ServiceObservability> = Api::namespaced(flag.client.clone(), "team-gone");
    for running in [true, false] {
        let operator = turn.operator().await?;
        flag.raise(ready_spec()).await?;
        raise(flag, "team-gone", rules.clone()).await?;
        eventually(SOON, "the team's rules", async || maps.get("flagstaff-team-web").await).await?;
        if !running {
            operator.kill()?;
        }
        services.delete("web", &Default::default()).await?;
        eventually(SOON, "they go with their owner", async || {
            check(maps.get_opt("flagstaff-team-web").await?.is_none(), running)
        })
        .await?;
        if running {
            ensure!(flag.members().await?.len() > 30, "the platform's stay");
        }
    }
    // The team's objects go when the platform is switched off, its flag stays.
    let _operator = turn.operator().await?;
    raise(flag, "team-gone", rules).await?;
    eventually(SOON, "the team's rules", async || maps.get("flagstaff-team-web").await).await?;
    flag.raise(json!({"enabled": false})).await?;
    flag.wait_for("Ready", "Disabled").await?;
    ensure!(maps.get_opt("flagstaff-team-web").await?.is_none());
    services.get("web").await?;
    Ok(())
}

#[tokio::test]
async fn a_teams_rights_end_at_its_namespace() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    let _operator = turn.operator().await?;
    flag.raise(ready_spec_with(json!({"rules": {"target": "configmap"}}))).await?;
    for namespace in ["team-own", "team-other"] {
        flag.create_namespace(namespace).await?;
    }
    let developer = turn.cluster.user("developer", Some("team-own")).await?;
    let all = ["get", "list", "create", "update", "patch", "delete"];
    developer.grant_in("team-own", vec![rule(&["flagstaff.dev"], &["serviceobservabilities"], &all)]).await?;
    let client = developer.client().await?;
    let own: Api<ServiceObservability> = Api::namespaced(client.clone(), "team-own");
    let service: ServiceObservability = serde_json::from_value(team_flag(
        "team-own",
        json!([{"alert": "Down", "expr": "up{namespace=\"kube-system\"} == 0"}]),
    ))?;
    eventually(SOON, "the developer's right", async || own.list(&ListParams::default()).await).await?;
    own.create(&PostParams::default(), &service).await?;
    let (ready, message, _) = judged(flag, "team-own").await?;
    ensure!(ready, "{message}");
    let expr = loaded(flag, "team-own").await?["Down"]["expr"].to_string();
    ensure!(expr.contains("team-own") && !expr.contains("kube-system"), "{expr}");

    // The operator works for the developer; it does not lend its rights.
    let forbidden = |what: &str, result: Result<(), kube::Error>| match result {
        Err(kube::Error::Api(status)) if status.code == 403 => Ok(()),
        other => Err(anyhow::anyhow!("{what}: {other:?}")),
    };
    let maps = |namespace: &str| Api::<ConfigMap>::namespaced(client.clone(), namespace);
    let secrets: Api<Secret> = Api::namespaced(client.clone(), NAMESPACE);
    forbidden("read the platform's namespace", maps(NAMESPACE).list(&ListParams::default()).await.map(drop))?;
    forbidden("read its Secrets", secrets.list(&ListParams::default()).await.map(drop))?;
    forbidden("read what was made for them", maps("team-own").get("flagstaff-team-web").await.map(drop))?;
    forbidden(
        "raise a flag elsewhere",
        Api::<ServiceObservability>::namespaced(client.clone(), "team-other")
            .create(&PostParams::default(), &service)
            .await
            .map(drop),
    )?;
    let off = json!({"spec": {"enabled": false}});
    let platform: Api<flagstaff_crds::ClusterObservability> = Api::all(client.clone());
    forbidden(
        "lower the platform's flag",
        platform.patch("cluster", &PatchParams::default(), &Patch::Merge(&off)).await.map(drop),
    )?;
    let others: Api<ConfigMap> = Api::namespaced(flag.client.clone(), "team-other");
    let there: Vec<_> = others.list(&ListParams::default().labels("applyset.kubernetes.io/part-of")).await?.items;
    ensure!(there.is_empty(), "{there:?}");
    Ok(())
}
