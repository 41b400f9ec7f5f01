//! On a real node what the first story leaves out: beside a foreign node-exporter, OTLP, the meter, a configuration that fails on loading, agents at their cap, no host access, the end.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::observed::{self, Stores, flag};
use flagstaff_tests::programs::{built, repository};
use flagstaff_tests::{Cluster, Flag, NodeCluster, eventually};
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

const MINUTE: Duration = Duration::from_secs(60);
const SPEC: &str = "  components: {otlp: \"on\"}\n  packs: [{name: base, values: {scrape: {interval_seconds: 15}}}]\n";

/// Somebody else's node-exporter, which holds port 9100 of the node.
const OTHERS: &str = r#"
apiVersion: v1
kind: Namespace
metadata: {name: monitoring}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: theirs, namespace: monitoring, labels: {app.kubernetes.io/name: prometheus-node-exporter}}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: prometheus-node-exporter}}
  template:
    metadata: {labels: {app.kubernetes.io/name: prometheus-node-exporter}}
    spec:
      hostNetwork: true
      tolerations: [{operator: Exists}]
      containers:
      - name: node-exporter
        image: IMAGE
        imagePullPolicy: Never
        args: ["--web.listen-address=:9100"]
        ports: [{name: metrics, containerPort: 9100, hostPort: 9100}]
"#;

/// A pod that logs.
const SENDER: &str = r#"
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: sender, namespace: shop}
spec:
  containers:
  - name: sender
    image: docker.io/library/busybox:1.35
    imagePullPolicy: Never
    command: [/bin/busybox, sh, -c, "while true; do echo the sender says $(/bin/busybox date +%s); /bin/busybox sleep 2; done"]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_first_story_leaves_out_on_a_real_node() -> Result<()> {
    let cluster = NodeCluster::lease().await?;
    observed::load_images(&cluster).await?;
    for image in [flagstaff_tests::images::busybox()?, flagstaff_tests::images::meter()?] {
        cluster.load_image(&image).await?;
    }
    let stores = Stores::start(&cluster).await?;
    cluster.apply(&OTHERS.replace("IMAGE", flagstaff_tests::images::NODE_EXPORTER))?;
    cluster.kubectl(&["-n", "monitoring", "rollout", "status", "daemonset/theirs", "--timeout=60s"])?;
    observed::install(&cluster)?;
    let client = cluster.client().await?;
    let folder = tempfile::tempdir().context("make a folder")?;
    let file = folder.path().join("flag.yaml");
    std::fs::write(&file, stores.flag(SPEC)).context("write the flag")?;
    flag::apply(&client, cluster.kubeconfig(), &file).await?;
    let flag = Flag { client };

    a_foreign_node_exporter_is_scraped_once(&cluster, &stores, &flag).await?;
    applications_send_otlp(&cluster, &stores).await?;
    super::node_meter::samples_go_through_the_meter(&cluster, &stores, &flag).await?;
    what_fails_on_loading_is_said_and_not_run(&cluster, &stores, &flag).await?;
    super::node_scale::agents_keep_below_their_cap(&cluster, &stores, &flag).await?;
    logs_come_without_host_access(&cluster, &stores, &flag).await?;
    nothing_of_ours_is_left(&cluster).await
}

async fn change(flag: &Flag, spec: Value) -> Result<()> {
    let params = PatchParams { field_manager: Some("person".into()), ..PatchParams::default() };
    flag.api().patch("cluster", &params, &Patch::Merge(&json!({"spec": spec}))).await.context("change the flag")?;
    Ok(())
}

async fn a_foreign_node_exporter_is_scraped_once(cluster: &NodeCluster, stores: &Stores, flag: &Flag) -> Result<()> {
    let said = flag.wait_for("BesideForeign", "BesideForeign").await?;
    ensure!(said.message.contains("DaemonSet monitoring/theirs"), "{}", said.message);
    eventually(2 * MINUTE, "their node-exporter as a target of ours", async || {
        let up = stores.prometheus.query("up{job=\"node-exporter\"} == 1").await?;
        check(up.len() == 1, &up)
    })
    .await?;
    let names = stores.prometheus.query("node_uname_info").await?;
    ensure!(names.len() == 1, "scraped twice: {names:?}");
    let daemons = cluster.kubectl(&["get", "daemonsets", "--all-namespaces", "-o", "name"])?;
    ensure!(!daemons.contains("flagstaff-node-exporter"), "{daemons}");
    let generation = ["-n", "monitoring", "get", "daemonset", "theirs", "-o", "jsonpath={.metadata.generation}"];
    assert_eq!(cluster.kubectl(&generation)?, "1", "theirs is as it was");
    Ok(())
}

/// Sent from this machine through the Service: the static busybox of Debian dies of asking for an address, so no pod sends.
async fn applications_send_otlp(cluster: &NodeCluster, stores: &Stores) -> Result<()> {
    let address = ["-n", "flagstaff", "get", "service", "flagstaff-otlp", "-o", "jsonpath={.spec.clusterIP}"];
    let address = cluster.forward(&format!("{}:4318", cluster.kubectl(&address)?))?;
    let client = flagstaff_tests::http::client()?;
    eventually(2 * MINUTE, "what was sent by OTLP", async || {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_nanos().to_string();
        let points = json!([{"timeUnixNano": now, "asDouble": 21.5}]);
        let metrics = json!([{"name": "shop_temperature", "gauge": {"dataPoints": points}}]);
        let body = json!({"resourceMetrics": [{"resource": {}, "scopeMetrics": [{"metrics": metrics}]}]});
        let answer = client.post(format!("http://{address}/v1/metrics")).json(&body).send().await?;
        ensure!(answer.status().is_success(), "{}", answer.status());
        let found = stores.prometheus.query("shop_temperature == 21.5").await?;
        check(found.len() == 1 && found[0].labels.get("cluster").is_some_and(|cluster| cluster == "demo"), found)
    })
    .await
}

/// An expression that parses as Alloy and is no regular expression: only loading finds it.
async fn what_fails_on_loading_is_said_and_not_run(cluster: &NodeCluster, stores: &Stores, flag: &Flag) -> Result<()> {
    let values = |keep: Value| json!({"packs": [{"name": "base", "values": {"scrape": {"interval_seconds": 15}, "metrics": {"apiserver": {"keep": keep}}}}]});
    change(flag, values(json!(["("]))).await?;
    let refused = flag.wait_for("ConfigurationAccepted", "ConfigurationRefused").await?;
    ensure!(refused.message.contains("flagstaff-agent-"), "the pod is named: {}", refused.message);
    // An agent that starts again meanwhile starts with the last good one.
    cluster.kubectl(&["-n", "flagstaff", "delete", "pod", "flagstaff-agent-cluster-0"])?;
    let rollout = ["-n", "flagstaff", "rollout", "status", "statefulset/flagstaff-agent-cluster", "--timeout=120s"];
    cluster.kubectl(&rollout)?;
    eventually(2 * MINUTE, "samples of the agent that started again", async || {
        let age = stores.prometheus.value("min(time() - timestamp(up{job=\"apiserver\"}))").await?;
        check(age < 30.0, age)
    })
    .await?;
    change(flag, json!({"packs": [{"name": "base", "values": {"scrape": {"interval_seconds": 15}}}]})).await?;
    flag.wait_for("ConfigurationAccepted", "ConfigurationAccepted").await?;
    flag.wait_until_ready().await
}

async fn logs_come_without_host_access(cluster: &NodeCluster, stores: &Stores, flag: &Flag) -> Result<()> {
    cluster.apply(SENDER)?;
    change(flag, json!({"profile": "no-host"})).await?;
    flag.wait_until_ready().await?;
    let paths = "jsonpath={.items[*].spec.template.spec.volumes[*].hostPath.path}";
    eventually(2 * MINUTE, "no path of the host in any DaemonSet of ours", async || {
        let found = cluster.kubectl(&["-n", "flagstaff", "get", "daemonsets", "-o", paths])?;
        check(found.trim().is_empty(), found)
    })
    .await?;
    let since = eventually(MINUTE, "the time of the sender", async || {
        let last = cluster.kubectl(&["-n", "shop", "logs", "sender", "--tail=1"])?;
        last.trim().rsplit(' ').next().and_then(|word| word.parse::<i64>().ok()).context(last)
    })
    .await?;
    eventually(2 * MINUTE, "a line that was written after the change", async || {
        let lines = stores.loki.lines("{namespace=\"shop\"} |= `the sender says`", 10 * MINUTE).await?;
        let newest = lines.iter().filter_map(|line| line.line.trim().rsplit(' ').next()?.parse::<i64>().ok()).max();
        check(newest.is_some_and(|newest| newest > since + 10), (newest, since))
    })
    .await
}

/// The flag deleted and the operator uninstalled by Helm: nothing of ours, all of the others'.
async fn nothing_of_ours_is_left(cluster: &NodeCluster) -> Result<()> {
    cluster.kubectl(&["delete", "flag", "cluster", "--timeout=60s"])?;
    let out = std::process::Command::new(built("helm", "helm")?)
        .args(["uninstall", "flagstaff-operator", "--namespace", "flagstaff", "--wait", "--timeout", "120s"])
        .current_dir(repository())
        .env("KUBECONFIG", cluster.kubeconfig())
        .output()
        .context("run helm")?;
    ensure!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let kinds = "configmaps,services,serviceaccounts,daemonsets,deployments,statefulsets,roles,rolebindings,networkpolicies,clusterroles,clusterrolebindings,priorityclasses";
    eventually(2 * MINUTE, "nothing of ours", async || {
        let ours = ["get", kinds, "--all-namespaces", "-l", "app.kubernetes.io/managed-by=flagstaff", "-o", "name"];
        let left = cluster.kubectl(&ours)?;
        let operator =
            ["get", kinds, "--all-namespaces", "-l", "app.kubernetes.io/name=flagstaff-operator", "-o", "name"];
        let operator = cluster.kubectl(&operator)?;
        check(left.is_empty() && operator.is_empty(), (left, operator))
    })
    .await?;
    let others = cluster.kubectl(&["get", "daemonset/theirs", "-n", "monitoring", "-o", "name"])?;
    let sender = cluster.kubectl(&["get", "pod/sender", "-n", "shop", "-o", "name"])?;
    ensure!(others.contains("theirs") && sender.contains("sender"), "something of others is gone");
    Ok(())
}
