//! On a real node: cluster agents at their memory cap become more, leave monitors out by name, and take them back when there is room.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::observed::Stores;
use flagstaff_tests::{Cluster, Flag, NodeCluster, eventually};
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

const MINUTES: Duration = Duration::from_secs(180);

/// The definition of ServiceMonitor, as far as an agent needs it.
const MONITORS: &str = r#"
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: servicemonitors.monitoring.coreos.com}
spec:
  group: monitoring.coreos.com
  scope: Namespaced
  names: {kind: ServiceMonitor, listKind: ServiceMonitorList, plural: servicemonitors, singular: servicemonitor}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"#;

/// A pod with a page of metrics; by its ending the server says that it is text.
const TEAM: &str = r#"
apiVersion: v1
kind: Namespace
metadata: {name: NAME}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: page, namespace: NAME}
data: {metrics.txt: "NAME_rows_total 42\n"}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: NAME, labels: {app: NAME}}
spec:
  containers:
  - name: web
    image: docker.io/library/busybox:1.35
    imagePullPolicy: Never
    command: [/bin/busybox, httpd, -f, -p, "8080", -h, /www]
    ports: [{name: http, containerPort: 8080}]
    volumeMounts: [{name: page, mountPath: /www}]
  volumes: [{name: page, configMap: {name: page}}]
---
apiVersion: v1
kind: Service
metadata: {name: NAME, namespace: NAME, labels: {app: NAME}}
spec: {selector: {app: NAME}, ports: [{name: http, port: 8080}]}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: web, namespace: NAME}
spec: {selector: {matchLabels: {app: NAME}}, endpoints: [{port: http, path: /metrics.txt, interval: 15s}]}
"#;

/// The whole of it, on a cluster whose flag is raised and healthy.
pub async fn agents_keep_below_their_cap(cluster: &NodeCluster, stores: &Stores, flag: &Flag) -> Result<()> {
    cluster.apply(MONITORS)?;
    cluster.kubectl(&["wait", "--for=condition=Established", "crd/servicemonitors.monitoring.coreos.com"])?;
    for team in ["batch", "search"] {
        cluster.apply(&TEAM.replace("NAME", team))?;
    }
    let pace = ["-n", "flagstaff", "set", "env", "deployment/flagstaff-operator", "FLAGSTAFF_OPERATOR_SCALE_SECONDS=1"];
    cluster.kubectl(&pace)?;
    cluster.kubectl(&["-n", "flagstaff", "rollout", "status", "deployment/flagstaff-operator", "--timeout=120s"])?;
    for team in ["batch", "search"] {
        is_read(stores, team, true).await?;
    }
    // No agent fits into this, so that it is pressed from the first look on; limits of memory do not bind on this node.
    change(flag, "64Mi").await?;
    let said = flag.wait_for("Shedding", "Shedding").await?;
    ensure!(said.message.contains("serviceMonitor/batch/web"), "{}", said.message);
    ensure!(!said.message.contains("search"), "what must stay is named: {}", said.message);
    ensure!(replicas(cluster)? == "2", "there are as many as there may be before anything is left out");
    is_read(stores, "batch", false).await?;
    is_read(stores, "search", true).await?;
    let events = [
        "-n",
        "default",
        "get",
        "events",
        "--field-selector",
        "reason=Shed",
        "-o",
        "jsonpath={.items[*].note}{.items[*].message}",
    ];
    let events = cluster.kubectl(&events)?;
    ensure!(events.contains("serviceMonitor/batch/web"), "no event says it: {events}");

    change(flag, "2Gi").await?;
    flag.wait_for("Shedding", "NothingShed").await?;
    is_read(stores, "batch", true).await?;
    eventually(MINUTES, "one replica again", async || {
        let replicas = replicas(cluster)?;
        check(replicas == "1", replicas)
    })
    .await?;
    for team in ["batch", "search"] {
        cluster.kubectl(&["delete", "namespace", team, "--wait=false"])?;
    }
    cluster.kubectl(&["delete", "crd", "servicemonitors.monitoring.coreos.com"])?;
    flag.wait_until_ready().await
}

async fn change(flag: &Flag, memory: &str) -> Result<()> {
    let shed = json!({"first": ["batch"], "never": ["search/web"]});
    let values = json!({"scrape": {"interval_seconds": 15}, "cluster_agent": {"most_replicas": 2, "shed": shed}});
    let spec: Value = json!({
        "packs": [{"name": "base", "values": values}],
        "resources": {"clusterAgent": {"memory": memory}},
    });
    let params = PatchParams { field_manager: Some("person".into()), ..PatchParams::default() };
    flag.api().patch("cluster", &params, &Patch::Merge(&json!({"spec": spec}))).await.context("change the flag")?;
    Ok(())
}

fn replicas(cluster: &NodeCluster) -> Result<String> {
    cluster.kubectl(&[
        "-n",
        "flagstaff",
        "get",
        "statefulset",
        "flagstaff-agent-cluster",
        "-o",
        "jsonpath={.spec.replicas}",
    ])
}

async fn is_read(stores: &Stores, team: &str, wanted: bool) -> Result<()> {
    let what = format!("{team} {}", if wanted { "is read" } else { "is not read any more" });
    eventually(MINUTES, &what, async || {
        let age = stores.prometheus.query(&format!("time() - timestamp({team}_rows_total)")).await?;
        let fresh = age.iter().any(|sample| sample.value < 40.0);
        check(fresh == wanted, age)
    })
    .await
}
