//! What the operator finds out of a cluster, asked of a real API server: every page, and no list that failed as empty.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Result;
use flagstaff_survey::foreign::{Component, Question, Setting, decide};
use flagstaff_survey::{facts, foreign};
use flagstaff_tests::control_plane::rule;
use flagstaff_tests::eventually::check;
use flagstaff_tests::{Cluster, ControlPlane, ControlPlaneOptions, eventually};
use futures::{StreamExt, TryStreamExt, stream};
use kube::api::{DynamicObject, PostParams};
use kube::core::{ApiResource, GroupVersionKind};
use kube::{Api, Client};
use serde_json::{Value, json};

async fn create(client: &Client, group: &str, kind: &str, namespace: Option<&str>, object: Value) -> Result<()> {
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, "v1", kind));
    let api: Api<DynamicObject> = match namespace {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
        None => Api::all_with(client.clone(), &resource),
    };
    let mut object: DynamicObject = serde_json::from_value(object)?;
    object.types = Some(kube::core::TypeMeta { api_version: resource.api_version, kind: resource.kind });
    api.create(&PostParams::default(), &object).await?;
    Ok(())
}

fn workload(name: &str, labels: &Value, pod: Value) -> Value {
    json!({
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "selector": {"matchLabels": {"it": name}},
            "template": {"metadata": {"labels": {"it": name}}, "spec": pod},
        },
    })
}

#[tokio::test]
async fn everything_is_found_and_a_list_that_fails_is_an_error() -> Result<()> {
    let options = ControlPlaneOptions { controllers: false, ..ControlPlaneOptions::default() };
    let cluster = ControlPlane::with(options).await?;
    let client = cluster.client().await?;
    for (name, observed) in [("seen", "true"), ("unseen", "false"), ("monitoring", "false")] {
        let labels = json!({"flagstaff.dev/observe": observed});
        create(&client, "", "Namespace", None, json!({"metadata": {"name": name, "labels": labels}})).await?;
    }
    for number in 0..250 {
        let region = if number % 5 == 0 { "eu-west-1" } else { "eu-central-1" };
        let labels = json!({"topology.kubernetes.io/region": region, "kubernetes.io/os": "linux", "kubernetes.io/arch": "arm64"});
        let node = json!({
            "metadata": {"name": format!("n{number}"), "labels": labels},
            "spec": {"providerID": format!("aws:///{region}a/i-{number}")},
        });
        create(&client, "", "Node", None, node).await?;
    }
    let plain = |number: usize| {
        let pod = json!({"containers": [{"name": "it", "image": "example.org/it:v1"}]});
        (format!("d{number:04}"), pod)
    };
    stream::iter(0..1100)
        .map(|number| {
            let (name, pod) = plain(number);
            let client = client.clone();
            async move { create(&client, "apps", "Deployment", Some("seen"), workload(&name, &json!({}), pod)).await }
        })
        .buffer_unordered(16)
        .try_collect::<Vec<()>>()
        .await?;

    // On the last page by its name.
    let theirs = json!({"containers": [{
        "name": "it", "image": "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.15.0", "args": ["--port=8082"],
    }]});
    create(&client, "apps", "Deployment", Some("seen"), workload("zz-state", &json!({}), theirs)).await?;
    let guarded = json!({"hostNetwork": true, "containers": [
        {"name": "it", "image": "quay.io/prometheus/node-exporter:v1.9.1", "args": ["--web.listen-address=127.0.0.1:9101"]},
        {"name": "proxy", "image": "quay.io/brancz/kube-rbac-proxy:v0.18.0",
         "ports": [{"name": "https", "containerPort": 9101, "hostPort": 9101}]},
    ]});
    let labels = json!({"app.kubernetes.io/name": "node-exporter"});
    create(&client, "apps", "DaemonSet", Some("monitoring"), workload("exporter", &labels, guarded)).await?;
    let ours = json!({"hostNetwork": true, "containers": [{
        "name": "it", "image": "quay.io/prometheus/node-exporter:v1", "ports": [{"containerPort": 19100, "hostPort": 19100}],
    }]});
    let labels = json!({"app.kubernetes.io/name": "node-exporter", "app.kubernetes.io/managed-by": "flagstaff"});
    create(&client, "apps", "DaemonSet", Some("monitoring"), workload("ours", &labels, ours)).await?;
    create(&client, "", "ServiceAccount", Some("monitoring"), json!({"metadata": {"name": "default"}})).await?;
    let lone = json!({
        "metadata": {"name": "lone"},
        "spec": {"hostNetwork": true, "containers": [{"name": "it", "image": "x", "args": ["--listen=:9100"]}]},
    });
    create(&client, "", "Pod", Some("monitoring"), lone).await?;

    let gathered = facts::gather(&client).await?;
    let facts = &gathered.facts;
    assert_eq!((facts.nodes.count, facts.cluster.region.as_str()), (250, "eu-central-1"));
    assert_eq!((facts.cluster.provider.as_str(), facts.kubernetes_minor), ("aws", 36));
    assert_eq!(facts.observed_namespaces, BTreeSet::from(["seen".to_owned()]));
    assert!(facts.cluster.uid.len() == 36 && facts.cluster.name.starts_with("cluster-"), "{:?}", facts.cluster);
    let state = facts.foreign_kube_state_metrics.as_ref().expect("kube-state-metrics");
    assert_eq!((state.name.as_str(), state.namespace.as_str(), state.port), ("zz-state", "seen", 8082));
    assert_eq!(facts.foreign_node_exporter, None, "one behind a proxy cannot be used");
    assert_eq!(gathered.foreign.node_exporter.len(), 1, "ours is none of somebody else's");
    assert_eq!(gathered.foreign.host_ports[&9100], "Pod monitoring/lone");
    assert!(!gathered.foreign.host_ports.contains_key(&19100), "ours is not in its own way");
    let decided = decide(&Question {
        component: Component::NodeExporter,
        setting: Setting::Auto,
        foreign: gathered.foreign.of(Component::NodeExporter),
        host_ports: &gathered.foreign.host_ports,
        current: None,
    });
    assert_eq!((decided.install, decided.port), (true, 19100), "{}", decided.reason);

    // Whoever may list all but one kind finds nothing, rather than too little.
    let person = cluster.user("half-blind", None).await?;
    person.grant(vec![rule(&["apps"], &["daemonsets", "deployments"], &["list"])]).await?;
    person.grant(vec![rule(&[""], &["pods", "nodes", "namespaces"], &["get", "list"])]).await?;
    let client = person.client().await?;
    eventually(Duration::from_secs(10), "its rights", async || {
        let error = foreign::find(&client).await.expect_err("statefulsets may not be listed");
        assert_eq!(error.code(), "operator.list_forbidden");
        check(error.to_string().contains("statefulsets.apps") && error.fix().contains("statefulsets.apps"), error)
    })
    .await?;
    assert_eq!(facts::gather(&client).await.expect_err("nor facts be gathered").code(), "operator.list_forbidden");
    Ok(())
}
