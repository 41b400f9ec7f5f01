//! What the API server itself refuses of a flag, in both supported versions, and what it tells a person who asks.

use anyhow::{Context, Result, ensure};
use flagstaff_tests::flag::{NAMESPACE, ready_spec_with};
use flagstaff_tests::{Cluster, ControlPlane, ControlPlaneOptions, Flag, Turn, Version};
use kube::api::ListParams;
use rstest::rstest;
use serde_json::{Value, json};

/// What kubectl says to an object, validated strictly.
fn refusal(cluster: &impl Cluster, object: &Value) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("object.json");
    std::fs::write(&file, object.to_string())?;
    let file = file.to_str().context("a path")?;
    match cluster.kubectl(&["create", "--validate=strict", "-f", file]) {
        Ok(said) => anyhow::bail!("it was not refused: {said}"),
        Err(error) => Ok(format!("{error:#}")),
    }
}

fn flag_named(name: &str, spec: Value) -> Value {
    json!({"apiVersion": "flagstaff.dev/v1alpha1", "kind": "ClusterObservability", "metadata": {"name": name}, "spec": spec})
}

/// A spec with destinations of these names, each with more fields or others.
fn sending_to(destinations: &[(&str, Value)]) -> Value {
    let destination = |(name, more): &(&str, Value)| {
        let mut destination = json!({"name": name, "signal": "metrics", "url": "http://store"});
        if let (Some(destination), Value::Object(more)) = (destination.as_object_mut(), more) {
            destination.extend(more.clone());
        }
        destination
    };
    json!({"enabled": true, "destinations": destinations.iter().map(destination).collect::<Vec<_>>()})
}

fn two_ways() -> Value {
    json!({"sigv4": {"region": "x"}, "bearer": {"token": {"name": "a", "key": "b"}}})
}

#[rstest]
#[case::a_second_flag("second", json!({"enabled": true}), &["its name is 'cluster'"])]
#[case::an_unknown_field("cluster", json!({"enabled": true, "destination": []}), &["unknown field", "spec.destination"])]
#[case::a_wrong_type("cluster", json!({"enabled": "yes"}), &["spec.enabled", "boolean"])]
#[case::no_such_choice("cluster", json!({"enabled": true, "rules": {"target": "elsewhere"}}), &["spec.rules.target", "elsewhere"])]
#[case::no_such_meter("cluster", json!({"enabled": true, "meter": {"mode": "sideways"}}), &["spec.meter.mode", "sideways"])]
#[case::a_ruler_without_its_url("cluster", json!({"enabled": true, "rules": {"target": "ruler"}}), &["spec.rules", "target ruler needs spec.rules.ruler"])]
#[case::a_url_without_scheme("cluster", sending_to(&[("a", json!({"url": "mimir:9009"}))]), &["spec.destinations[0].url"])]
#[case::two_ways_to_log_in("cluster", sending_to(&[("a", two_ways())]), &["spec.destinations[0]", "at most one of basic, bearer, oauth2 and sigv4"])]
#[case::one_name_twice("cluster", sending_to(&[("a", json!({})), ("a", json!({}))]), &["spec.destinations[1]", "Duplicate", "\"a\""])]
#[case::no_quantity("cluster", json!({"enabled": true, "resources": {"nodeAgent": {"memory": "much"}}}), &["spec.resources.nodeAgent.memory"])]
#[tokio::test]
async fn refused_with_its_place(#[case] name: &str, #[case] spec: Value, #[case] words: &[&str]) -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let said = refusal(turn.cluster, &flag_named(name, spec))?;
    for word in words {
        ensure!(said.contains(word), "no `{word}` in: {said}");
    }
    assert_eq!(turn.flag.api().list(&ListParams::default()).await?.items.len(), 0);
    Ok(())
}

#[tokio::test]
async fn a_teams_flag_is_refused_with_its_place() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let team = |spec: Value| {
        let metadata = json!({"name": "web", "namespace": "default"});
        json!({"apiVersion": "flagstaff.dev/v1alpha1", "kind": "ServiceObservability", "metadata": metadata, "spec": spec})
    };
    let both = refusal(turn.cluster, &team(json!({"rules": [{"alert": "A", "record": "b", "expr": "up"}]})))?;
    ensure!(both.contains("spec.rules[0]") && both.contains("either alert or record"), "{both}");
    let neither = refusal(turn.cluster, &team(json!({"endpoints": [{"path": "/metrics"}]})))?;
    ensure!(neither.contains("spec.endpoints[0]") && neither.contains("either port"), "{neither}");
    Ok(())
}

#[tokio::test]
async fn kubectl_explains_every_field_of_the_spec() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let text = turn.cluster.kubectl(&["explain", "clusterobservability.spec"])?;
    for words in ["Whether this cluster is observed", "Where telemetry is sent", "enabled\t<boolean>", "profile"] {
        ensure!(text.contains(words), "no `{words}` in: {text}");
    }
    let deep = turn.cluster.kubectl(&["explain", "clusterobservability.spec.destinations.basic.password.key"])?;
    ensure!(deep.contains("Key within the Secret"), "{deep}");
    let team = turn.cluster.kubectl(&["explain", "serviceobservability.spec.rules.expr"])?;
    ensure!(team.contains("PromQL"), "{team}");
    for short in ["flag", "clobs", "svcobs"] {
        turn.cluster.kubectl(&["get", short])?;
    }
    Ok(())
}

#[tokio::test]
async fn the_oldest_supported_api_server_takes_definitions_flag_and_objects() -> Result<()> {
    let options = ControlPlaneOptions { version: Version::Oldest, ..ControlPlaneOptions::default() };
    let cluster = ControlPlane::with(options).await?;
    assert_eq!(cluster.client().await?.apiserver_version().await?.minor, "34");
    let flag = Flag::install(&cluster).await?;
    let said = refusal(&cluster, &flag_named("second", json!({"enabled": true})))?;
    ensure!(said.contains("its name is 'cluster'"), "{said}");
    let _operator = flagstaff_tests::turn::operator(cluster.kubeconfig(), &["--health-seconds=300"]).await?;
    flag.raise(ready_spec_with(json!({}))).await?;
    // There are no nodes: everything is applied and waited for.
    flag.wait_for("Ready", "Waiting").await?;
    let status = flag.get().await?.status.context("a status")?;
    let members = flag.members().await?;
    assert_eq!(status.objects.context("objects")?.applied, i64::try_from(members.len())?);
    ensure!(members.len() > 30 && members.iter().any(|member| member.metadata.namespace.as_deref() == Some(NAMESPACE)));
    Ok(())
}
