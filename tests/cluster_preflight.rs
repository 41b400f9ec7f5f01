//! `flagstaff preflight` against a real API server: what it finds, what it says of rights, and that it changes nothing.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::control_plane::rule;
use flagstaff_tests::programs::{ours, repository};
use flagstaff_tests::{Cluster, ControlPlane, ControlPlaneOptions};
use serde_json::{Value, json};

/// What one run said.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    checks: Vec<Value>,
}

impl Said {
    /// Level, message and fix of each line on `check`.
    fn on(&self, check: &str) -> Vec<String> {
        let of = self.checks.iter().filter(|line| line["check"] == check);
        of.map(|line| format!("{} {} {}", line["level"], line["message"], line["fix"]).replace('"', "")).collect()
    }

    /// Every line on `check` begins with `level`, and one of them has all the words.
    fn expect(&self, check: &str, level: &str, words: &[&str]) -> Result<()> {
        let lines = self.on(check);
        let fits = |line: &&String| line.starts_with(level) && words.iter().all(|word| line.contains(word));
        ensure!(lines.iter().any(|line| fits(&line)), "{check} should be {level} with {words:?}: {lines:#?}");
        Ok(())
    }
}

fn preflight(kubeconfig: &Path) -> Result<Said> {
    let out = Command::new(ours("flagstaff")?)
        .args(["preflight", "--output", "json", "--kubeconfig"])
        .arg(kubeconfig)
        .output()
        .context("run flagstaff preflight")?;
    let text = String::from_utf8_lossy(&out.stdout);
    let said: Value = serde_json::from_str(&text)
        .with_context(|| format!("read {text} and {}", String::from_utf8_lossy(&out.stderr)))?;
    Ok(Said { code: out.status.code(), checks: said["checks"].as_array().cloned().unwrap_or_default() })
}

async fn cluster() -> Result<ControlPlane> {
    ControlPlane::with(ControlPlaneOptions { controllers: false, ..ControlPlaneOptions::default() }).await
}

/// Applies objects with kubectl.
fn apply(cluster: &ControlPlane, objects: &[Value]) -> Result<()> {
    let folder = tempfile::tempdir().context("make a folder")?;
    let file = folder.path().join("objects.json");
    std::fs::write(&file, json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string())?;
    cluster.kubectl(&["apply", "--server-side", "-f", &file.to_string_lossy()]).map(drop)
}

fn install_definitions(cluster: &ControlPlane) -> Result<()> {
    let folder = repository().join("crds");
    cluster.kubectl(&["apply", "--server-side", "-f", &folder.to_string_lossy()])?;
    cluster.kubectl(&["wait", "--for=condition=Established", "crd", "--all"]).map(drop)
}

#[tokio::test]
async fn preflight_from_an_empty_cluster_to_an_installed_one() -> Result<()> {
    let cluster = cluster().await?;
    let before = cluster.kubectl(&["get", "namespaces,clusterroles,crds", "-o", "name"])?;
    let said = preflight(cluster.kubeconfig())?;
    assert_eq!(said.code, Some(0), "warnings are no problems: {said:#?}");
    said.expect("server", "ok", &["v1.36"])?;
    said.expect("definitions", "warning", &["not installed yet", "helm install flagstaff-crds"])?;
    said.expect("namespace", "ok", &["does not exist yet"])?;
    said.expect("rights to install", "ok", &["admin may do everything"])?;
    said.expect("nodes", "warning", &["there are no nodes"])?;
    said.expect("rules", "warning", &["ConfigMaps"])?;
    assert_eq!(cluster.kubectl(&["get", "namespaces,clusterroles,crds", "-o", "name"])?, before, "nothing is changed");

    install_definitions(&cluster)?;
    preflight(cluster.kubeconfig())?.expect("definitions", "ok", &["installed and current"])?;
    let crd = "clusterobservabilities.flagstaff.dev";
    let path = "/spec/versions/0/schema/openAPIV3Schema/description";
    let patch = json!([{"op": "replace", "path": path, "value": "of last year"}]).to_string();
    cluster.kubectl(&["patch", "crd", crd, "--type=json", "-p", &patch])?;
    preflight(cluster.kubeconfig())?.expect("definitions", "warning", &["another version", crd, "helm upgrade"])?;

    cluster.kubectl(&["create", "namespace", "flagstaff"])?;
    preflight(cluster.kubeconfig())?.expect("namespace", "warning", &["no Pod Security level of its own"])?;
    cluster.kubectl(&["label", "namespace", "flagstaff", "pod-security.kubernetes.io/enforce=restricted"])?;
    let said = preflight(cluster.kubeconfig())?;
    assert_eq!(said.code, Some(1));
    said.expect("namespace", "problem", &["restricted", "enforce=privileged"])
}

#[tokio::test]
async fn preflight_names_the_rights_that_are_missing() -> Result<()> {
    let cluster = cluster().await?;
    let nobody = cluster.user("nobody", None).await?;
    let said = preflight(nobody.kubeconfig())?;
    assert_eq!(said.code, Some(1), "{said:#?}");
    said.expect(
        "rights to install",
        "problem",
        &["nobody may not", "clusterroles.rbac.authorization.k8s.io", "secrets in flagstaff"],
    )?;
    said.expect("rights to install", "problem", &["nobody can give on what they lack", "cluster-admin"])?;
    said.expect("nodes", "warning", &["could not be looked at"])?;
    said.expect("definitions", "warning", &["could not be looked at"])?;

    let installer = cluster.user("installer", None).await?;
    installer.grant(vec![rule(&["*"], &["*"], &["get", "list", "create", "patch", "update", "delete"])]).await?;
    let said = preflight(installer.kubeconfig())?;
    assert_eq!(said.on("rights to install").len(), 1, "only what cannot be given on is missing: {said:#?}");
    said.expect("rights to install", "problem", &["rights that installer does not have", "watch"])?;
    installer.grant(vec![rule(&["rbac.authorization.k8s.io"], &["*"], &["escalate", "bind"])]).await?;
    let said = preflight(installer.kubeconfig())?;
    said.expect("rights to install", "ok", &["installer has every right"])
}

#[tokio::test]
async fn preflight_says_what_the_installed_operator_may_not_do() -> Result<()> {
    let cluster = cluster().await?;
    install_definitions(&cluster)?;
    let account = cluster.service_account("flagstaff", "flagstaff-operator").await?;
    let labels = json!({"app.kubernetes.io/name": "flagstaff-operator"});
    apply(
        &cluster,
        &[json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "flagstaff-operator", "namespace": "flagstaff"},
            "spec": {"replicas": 0, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels},
                "spec": {"containers": [{"name": "operator", "image": "example.org/operator:1"}]}}},
        })],
    )?;
    let said = preflight(cluster.kubeconfig())?;
    assert_eq!(said.code, Some(1));
    said.expect("rights of operator", "problem", &["system:serviceaccount:flagstaff:flagstaff-operator may not"])?;
    account.grant(vec![rule(&["*"], &["*"], &["*"])]).await?;
    let said = preflight(cluster.kubeconfig())?;
    said.expect("rights of operator", "problem", &["may not get /metrics", "helm upgrade flagstaff-operator"])?;
    let metrics = k8s_openapi::api::rbac::v1::PolicyRule {
        non_resource_urls: Some(vec!["/metrics".into()]),
        verbs: vec!["get".into()],
        ..Default::default()
    };
    account.grant(vec![metrics]).await?;
    let said = preflight(cluster.kubeconfig())?;
    said.expect("rights of operator", "ok", &["every right of the chart"])?;
    assert_eq!(said.code, Some(0), "{said:#?}");
    Ok(())
}

fn definition(kind: &str, plural: &str) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.monitoring.coreos.com"),
                     "annotations": {"api-approved.kubernetes.io": "https://example.org/for-a-test"}},
        "spec": {"group": "monitoring.coreos.com", "scope": "Namespaced", "names": {"kind": kind, "plural": plural},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema":
                {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]},
    })
}

fn workload(kind: &str, name: &str, image: &str, args: &[&str]) -> Value {
    let labels = json!({"app": name});
    json!({
        "apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": "monitoring"},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {
            "containers": [{"name": "main", "image": image, "args": args, "ports": [{"containerPort": 9100, "hostPort": 9100}]}]}}},
    })
}

fn node(name: &str, labels: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}, "spec": {"providerID": "gce://p/z/n"}})
}

#[tokio::test]
async fn preflight_beside_a_prometheus_operator_and_on_hosts_that_refuse_agents() -> Result<()> {
    let cluster = cluster().await?;
    cluster.kubectl(&["create", "namespace", "monitoring"])?;
    let kinds =
        [("Prometheus", "prometheuses"), ("PrometheusRule", "prometheusrules"), ("ServiceMonitor", "servicemonitors")];
    apply(&cluster, &kinds.map(|(kind, plural)| definition(kind, plural)))?;
    cluster.kubectl(&["wait", "--for=condition=Established", "crd", "--all"])?;
    let linux = |arch: &str| json!({"kubernetes.io/os": "linux", "kubernetes.io/arch": arch});
    let custom = |kind: &str, spec: Value| json!({"apiVersion": "monitoring.coreos.com/v1", "kind": kind, "metadata": {"name": "k8s", "namespace": "monitoring"}, "spec": spec});
    apply(
        &cluster,
        &[
            workload("Deployment", "operator", "quay.io/prometheus-operator/prometheus-operator:v0.85.0", &[]),
            workload("StatefulSet", "prometheus-k8s", "quay.io/prometheus/prometheus:v3.8.1", &[]),
            workload("DaemonSet", "promtail", "grafana/promtail:3.0.0", &[]),
            workload(
                "DaemonSet",
                "exporter",
                "quay.io/prometheus/node-exporter:v1.9.1",
                &["--web.config.file=/tls.yaml"],
            ),
            custom("ServiceMonitor", json!({})),
            custom(
                "Prometheus",
                json!({"ruleSelector": {"matchLabels": {"release": "kps"}}, "ruleNamespaceSelector": {}}),
            ),
            node("gk3-shop-1", linux("amd64")),
            node("plain", linux("arm64")),
        ],
    )?;
    let said = preflight(cluster.kubeconfig())?;
    assert_eq!(said.code, Some(1), "Autopilot needs the profile no-host: {said:#?}");
    said.expect("nodes", "ok", &["1 linux/amd64 of gce (GKE Autopilot)", "1 linux/arm64 of gce"])?;
    said.expect("nodes", "problem", &["1 of 2 nodes are GKE Autopilot", "spec.profile: no-host"])?;
    said.expect("nodes", "warning", &["arm64"])?;
    said.expect("node-exporter", "warning", &["DaemonSet monitoring/exporter is not used: it asks for TLS"])?;
    said.expect("kube-state-metrics", "ok", &["port 8080"])?;
    said.expect("collectors", "ok", &["the Prometheus operator runs here"])?;
    said.expect("collectors", "warning", &["Promtail gathers logs here", "spec.components.logs: off"])?;
    said.expect("collectors", "warning", &["Prometheus scrapes here (StatefulSet monitoring/prometheus-k8s)"])?;
    said.expect("monitors", "warning", &["ServiceMonitor: 1", "prometheusOperatorObjects: off"])?;
    said.expect("rules", "warning", &["Prometheus monitoring/k8s", "spec.rules.labels: {release: kps}"])
}

#[tokio::test]
async fn preflight_without_an_api_server_is_no_answer() -> Result<()> {
    let cluster = cluster().await?;
    cluster.kill_apiserver()?;
    let out =
        Command::new(ours("flagstaff")?).arg("preflight").arg("--kubeconfig").arg(cluster.kubeconfig()).output()?;
    assert_eq!(out.status.code(), Some(2));
    let said = String::from_utf8_lossy(&out.stderr);
    ensure!(said.contains("the API server did not say its version"), "{said}");
    Ok(())
}
