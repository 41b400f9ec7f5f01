//! The main job whole, on a real node: the flag by kubectl, real agents as pods, real stores; every target, panel, rule and log line.

mod panel;

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::hub::Hub;
use flagstaff_tests::observed::rules::Loaded;
use flagstaff_tests::observed::{self, Stores, flag};
use flagstaff_tests::programs::repository;
use flagstaff_tests::{Cluster, Flag, NodeCluster, eventually};
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

const MINUTE: Duration = Duration::from_secs(60);
/// Alerts wait a hundredth of their time, so that one can be seen to fire.
const VALUES: &str = "  packs: [{name: base, values: {alerts: {for_scale: 0.01}, scrape: {interval_seconds: 15}}}]\n";

/// One node for the whole story: its parts come one after the other, because there is one flag in a cluster.
#[tokio::test(flavor = "multi_thread")]
async fn the_flag_observes_a_real_node() -> Result<()> {
    let cluster = NodeCluster::lease().await?;
    observed::load_images(&cluster).await?;
    cluster.load_image(&flagstaff_tests::images::busybox()?).await?;
    let stores = Stores::start(&cluster).await?;
    observed::install(&cluster)?;
    let client = cluster.client().await?;
    let folder = tempfile::tempdir().context("make a folder")?;
    let file = folder.path().join("flag.yaml");
    std::fs::write(&file, stores.flag(VALUES)).context("write the flag")?;
    let (_, way) = flag::apply(&client, cluster.kubeconfig(), &file).await?;
    ensure!(way.objects > 30, "{way:?}");
    let mut loaded = Loaded::default();
    ensure!(loaded.follow(&client, &stores.prometheus).await? >= 4);

    targets_are_up(&stores).await?;
    an_application_is_observed_and_let_go(&cluster, &stores).await?;
    panel::every_panel_has_data(&cluster, &stores).await?;
    every_rule_evaluates(&stores).await?;
    agents_log_only_listed_errors(&stores).await?;
    a_hub_sees_what_the_agents_send(&cluster).await?;
    a_missing_node_exporter_is_told(&cluster, &stores).await?;
    nothing_is_left(&cluster).await
}

/// The operator's pod joins a real hub over TLS; series and the last sample come from the agents' own metrics.
async fn a_hub_sees_what_the_agents_send(cluster: &NodeCluster) -> Result<()> {
    let hub = Hub::on_node(cluster, &[], &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "2")]).await?;
    let admin = hub.admin().await?;
    let token = admin.join_token(json!({})).await?;
    let flag = Flag { client: cluster.client().await? };
    flag.apply(json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "hub-join", "namespace": "flagstaff"},
        "stringData": {"token": token["token"]},
    }))
    .await?;
    let spec = json!({"spec": {"hub": {"url": hub.url_inside(), "joinTokenSecret": {"name": "hub-join"}}}});
    let params = PatchParams { field_manager: Some("ana".into()), ..PatchParams::default() };
    flag.api().patch("cluster", &params, &Patch::Merge(&spec)).await.context("name the hub")?;
    let seen = eventually(2 * MINUTE, "the hub shows the cluster as healthy with its series", async || {
        let seen = admin.cluster("demo").await?;
        let series = seen["gauges"]["series"].as_f64().unwrap_or_default();
        check(seen["state"] == "healthy" && series > 300.0, &seen)?;
        anyhow::Ok(seen)
    })
    .await?;
    ensure!(seen["gauges"]["last_sample_at"].is_string() && seen["simulated"] == false, "{seen}");
    ensure!(seen["gauges"]["agents_ready"] == seen["gauges"]["agents_wanted"], "{seen}");
    // Without its hub again: the flag forgets it, and the condition goes.
    let none = json!({"spec": {"hub": null}});
    flag.api().patch("cluster", &params, &Patch::Merge(&none)).await.context("forget the hub")?;
    eventually(MINUTE, "no condition of a hub any more", async || {
        let conditions = flag.conditions_now().await?;
        check(!conditions.contains_key("Hub"), conditions.keys().cloned().collect::<Vec<_>>())
    })
    .await
}

/// Every job of the pack is there, and no target of it is down.
async fn targets_are_up(stores: &Stores) -> Result<()> {
    let wanted: BTreeSet<&str> = [
        "kubelet",
        "cadvisor",
        "node-exporter",
        "kube-state-metrics",
        "apiserver",
        "coredns",
        "alloy",
        "flagstaff-operator",
    ]
    .into();
    eventually(2 * MINUTE, "every job of the pack, with no target down", async || {
        let up = stores.prometheus.query("up{cluster=\"demo\"}").await?;
        let jobs: BTreeSet<&str> =
            up.iter().filter_map(|sample| sample.labels.get("job")).map(String::as_str).collect();
        let down: Vec<_> = up.iter().filter(|sample| sample.value != 1.0).map(|sample| &sample.labels).collect();
        let missing: Vec<_> = wanted.difference(&jobs).collect();
        check(down.is_empty() && missing.is_empty(), (down, missing))
    })
    .await
}

const APPLICATION: &str = r#"
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: page, namespace: shop}
data: {metrics: "shop_orders_total 42\n"}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  containers:
  - name: web
    image: docker.io/library/busybox:1.35
    imagePullPolicy: Never
    command: [/bin/busybox, sh, -c, "echo 'level=warn msg=\"the shop is open\"'; /bin/busybox httpd -f -p 8080 -h /www"]
    ports: [{name: metrics, containerPort: 8080}]
    volumeMounts: [{name: page, mountPath: /www}]
  volumes: [{name: page, configMap: {name: page}}]
"#;

const TEAM: &str = r#"
apiVersion: flagstaff.dev/v1alpha1
kind: ServiceObservability
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  rules:
  - {alert: ShopHasOrders, expr: 'shop_orders_total{namespace="flagstaff"} > 1', labels: {severity: info}}
"#;

/// A labelled namespace is scraped, its logs are found, a team's rule is loaded; without the label all of it goes.
async fn an_application_is_observed_and_let_go(cluster: &NodeCluster, stores: &Stores) -> Result<()> {
    cluster.apply(APPLICATION)?;
    cluster.kubectl(&["-n", "shop", "wait", "--for=condition=Ready", "pod/web", "--timeout=60s"])?;
    cluster.kubectl(&["label", "namespace", "shop", "flagstaff.dev/observe=true"])?;
    eventually(2 * MINUTE, "a sample of the shop", async || {
        stores.prometheus.value("shop_orders_total{namespace=\"shop\"}").await
    })
    .await?;
    eventually(MINUTE, "the shop's log line by namespace", async || {
        let lines = stores.loki.lines("{namespace=\"shop\"} |= `the shop is open`", 10 * MINUTE).await?;
        check(!lines.is_empty(), lines.len())
    })
    .await?;
    cluster.apply(TEAM)?;
    let rule = eventually(MINUTE, "the team's rule", async || {
        cluster.kubectl(&["-n", "shop", "get", "configmap", "flagstaff-team-web", "-o", "yaml"])
    })
    .await?;
    ensure!(
        rule.contains("namespace=\"shop\"") && !rule.contains("namespace=\"flagstaff\""),
        "the selector is bound to the namespace: {rule}"
    );

    cluster.kubectl(&["-n", "shop", "delete", "serviceobservability", "web"])?;
    cluster.kubectl(&["label", "namespace", "shop", "flagstaff.dev/observe-"])?;
    eventually(MINUTE, "the end of the team's rule", async || {
        let left = cluster.kubectl(&[
            "-n",
            "shop",
            "get",
            "configmap",
            "flagstaff-team-web",
            "--ignore-not-found",
            "-o",
            "name",
        ])?;
        check(left.is_empty(), left)
    })
    .await?;
    // A target that is let go leaves a stale marker: an instant query finds nothing from then on.
    eventually(2 * MINUTE, "the end of the shop's samples", async || {
        let left = stores.prometheus.query("shop_orders_total{namespace=\"shop\"}").await?;
        check(left.is_empty(), left)
    })
    .await
}

/// Each rule of the pack was evaluated, and none failed.
async fn every_rule_evaluates(stores: &Stores) -> Result<()> {
    eventually(MINUTE, "every rule evaluated without an error", async || {
        let rules = stores.prometheus.rules().await?;
        let bad: Vec<&Value> = rules
            .iter()
            .flat_map(|group| group["rules"].as_array().into_iter().flatten())
            .filter(|rule| rule["health"] != "ok")
            .collect();
        check(bad.is_empty() && rules.len() >= 4, (rules.len(), bad))
    })
    .await
}

/// Every error line of an agent is one that the pack's README lists.
async fn agents_log_only_listed_errors(stores: &Stores) -> Result<()> {
    let readme =
        std::fs::read_to_string(repository().join("templates/base/README.md")).context("read the pack's README")?;
    let listed = table(&readme, "## Errors that are expected");
    let lines =
        stores.loki.lines("{namespace=\"flagstaff\", container=\"alloy\"} |= `level=error`", 20 * MINUTE).await?;
    let unlisted: Vec<&str> = lines
        .iter()
        .map(|line| line.line.as_str())
        .filter(|line| !listed.iter().any(|text| line.contains(text.as_str())))
        .collect();
    ensure!(
        unlisted.is_empty(),
        "{} error lines are not listed in the pack's README, such as {}",
        unlisted.len(),
        unlisted[0]
    );
    Ok(())
}

/// The first column of the table below a heading, without its code marks.
fn table(text: &str, heading: &str) -> Vec<String> {
    text.lines()
        .skip_while(|line| !line.starts_with(heading))
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .filter(|line| line.starts_with("| `"))
        .filter_map(|line| line.split('`').nth(1))
        .map(str::to_owned)
        .collect()
}

/// With the operator told to leave things as they are, node-exporter is taken away: its alert reaches Alertmanager.
async fn a_missing_node_exporter_is_told(cluster: &NodeCluster, stores: &Stores) -> Result<()> {
    cluster.kubectl(&["patch", "flag", "cluster", "--type=merge", "-p", "{\"spec\":{\"suspend\":true}}"])?;
    eventually(MINUTE, "a suspended flag", async || {
        let reason = cluster.kubectl(&[
            "get",
            "flag",
            "cluster",
            "-o",
            "jsonpath={.status.conditions[?(@.type=='Ready')].reason}",
        ])?;
        check(reason == "Suspended", reason)
    })
    .await?;
    cluster.kubectl(&["-n", "flagstaff", "delete", "daemonset", "flagstaff-node-exporter"])?;
    eventually(4 * MINUTE, "the alert about node-exporter in Alertmanager", async || {
        let alerts = stores.alertmanager.alerts().await?;
        let names: Vec<&str> = alerts.iter().filter_map(|alert| alert["labels"]["alertname"].as_str()).collect();
        check(names.contains(&"NodeExporterDown"), names)
    })
    .await?;
    cluster.kubectl(&["patch", "flag", "cluster", "--type=merge", "-p", "{\"spec\":{\"suspend\":false}}"])?;
    eventually(2 * MINUTE, "node-exporter back, because the operator corrects drift again", async || {
        cluster.kubectl(&["-n", "flagstaff", "rollout", "status", "daemonset/flagstaff-node-exporter", "--timeout=5s"])
    })
    .await
    .map(drop)
}

/// `kubectl delete` of the flag takes back everything, and only that.
async fn nothing_is_left(cluster: &NodeCluster) -> Result<()> {
    cluster.kubectl(&["delete", "flag", "cluster", "--timeout=60s"])?;
    let kinds = "configmaps,services,serviceaccounts,daemonsets,deployments,statefulsets,roles,rolebindings,networkpolicies,clusterroles,clusterrolebindings,priorityclasses";
    let list = ["get", kinds, "--all-namespaces", "-l", "app.kubernetes.io/managed-by=flagstaff", "-o", "name"];
    // The garbage collector follows the owner references in its own time.
    eventually(2 * MINUTE, "nothing of ours", async || {
        let left = cluster.kubectl(&list)?;
        check(left.is_empty(), left)
    })
    .await?;
    eventually(MINUTE, "what was remembered of the hub is gone too", async || {
        let left = cluster.kubectl(&["get", "secrets", "-n", "flagstaff", "-o", "name"])?;
        check(!left.contains("secret/flagstaff-hub\n"), left)
    })
    .await?;
    let others = cluster.kubectl(&[
        "get",
        "namespace/shop",
        "deployment/flagstaff-operator",
        "-n",
        "flagstaff",
        "-o",
        "name",
    ])?;
    ensure!(others.lines().count() == 2, "something of others is gone: {others}");
    Ok(())
}
