//! The chart of the hub by the real Helm: what it renders and refuses, and that a real API server takes it under the strictest Pod Security.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::programs::{ours, repository};
use flagstaff_tests::{Cluster, ControlPlane, Helm, eventually};
use serde_json::Value;

const CHART: &str = "flagstaff-hub";
const TRIAL: [&str; 2] = ["--values", "flagstaff-hub/values-trial.yaml"];
const EVERYTHING: [&str; 2] = [
    "--set",
    "publicUrl=https://hub.example.com:8443,tls.mode=certManager,tls.certManager.issuerName=le,tls.trustBundle.configMap=ca,\
     ingress.create=true,ingress.tlsSecretName=web,serviceMonitor.create=true,image.registry=mirror.example.com/hub,\
     image.pullSecrets={mirror},priorityClassName=high,replicas=3",
];

fn documents(text: &str) -> Result<Vec<Value>> {
    let parsed = text.split("\n---\n").map(|part| serde_yaml::from_str(part).with_context(|| format!("parse {part}")));
    Ok(parsed.collect::<Result<Vec<Value>>>()?.into_iter().filter(Value::is_object).collect())
}

/// Helm with the arguments of a rendering.
fn render(helm: &Helm, values: &[&str]) -> Result<Vec<Value>> {
    documents(&helm.run(&[&["template", CHART, CHART], values].concat())?)
}

fn one<'a>(objects: &'a [Value], kind: &str) -> Result<&'a Value> {
    objects.iter().find(|object| object["kind"] == kind).with_context(|| format!("there is no {kind}"))
}

fn kinds(objects: &[Value]) -> BTreeSet<&str> {
    objects.iter().filter_map(|object| object["kind"].as_str()).collect()
}

#[test]
fn it_lints_renders_the_same_twice_and_says_what_it_needs() -> Result<()> {
    let helm = Helm::new(None)?;
    for values in [&[][..], &TRIAL, &EVERYTHING] {
        helm.run(&[&["lint", "--strict", CHART], values].concat())?;
        let first = helm.run(&[&["template", CHART, CHART], values].concat())?;
        assert_eq!(first, helm.run(&[&["template", CHART, CHART], values].concat())?);
        ensure!(!first.contains("helm.sh/hook"), "a hook is not part of a release");
    }
    let usual = render(&helm, &[])?;
    assert_eq!(
        kinds(&usual),
        BTreeSet::from(["Deployment", "Service", "ServiceAccount", "PodDisruptionBudget", "NetworkPolicy"])
    );
    let deployment = one(&usual, "Deployment")?;
    assert_eq!(deployment["spec"]["replicas"], 2);
    let text = deployment.to_string();
    for part in ["flagstaff-hub-database", "/etc/flagstaff/keys/identity.key", "\"automountServiceAccountToken\":false"]
    {
        ensure!(text.contains(part), "no {part} in {text}");
    }
    let trial = render(&helm, &TRIAL)?;
    ensure!(kinds(&trial).contains("PersistentVolumeClaim"), "a trial keeps its keys");
    let text = one(&trial, "Deployment")?.to_string();
    ensure!(text.contains("host=/var/run/postgresql") && text.contains("listen_addresses=\""), "{text}");
    let all = render(&helm, &EVERYTHING)?;
    assert_eq!(one(&all, "Certificate")?["spec"]["dnsNames"][0], "hub.example.com");
    assert_eq!(one(&all, "Ingress")?["spec"]["rules"][0]["host"], "hub.example.com");
    ensure!(
        one(&all, "Deployment")?.to_string().contains("mirror.example.com/hub/flagstaff-dev/flagstaff-hub:"),
        "a mirror"
    );
    for (values, said) in [
        ("replica=1", "'replica' not allowed"),
        ("publicUrl=http://hub", "/publicUrl"),
        ("tls.mode=maybe", "/tls/mode"),
        ("image.digest=sha256:12", "/image/digest"),
        ("database.secretName=", "values-trial.yaml"),
        ("database.bundled.create=true", "exclude each other"),
        ("keys.secretName=", "there can be one only"),
        ("tls.mode=certManager", "issuerName"),
    ] {
        let refusal = helm.refusal(&["template", CHART, CHART, "--set", values])?;
        ensure!(refusal.contains(said), "{values}: {refusal}");
    }
    Ok(())
}

#[test]
fn what_it_sets_the_hub_knows_and_the_readme_tells() -> Result<()> {
    let helm = Helm::new(None)?;
    let help = Command::new(ours("flagstaff-hub")?).arg("--help").output().context("run flagstaff-hub")?;
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let mut names = BTreeSet::new();
    for values in [&[][..], &TRIAL, &EVERYTHING, &["--set", "tls.mode=none"]] {
        let rendered = helm.run(&[&["template", CHART, CHART], values].concat())?;
        let named = rendered.lines().filter_map(|line| line.trim().strip_prefix("- name: FLAGSTAFF_HUB_"));
        names.extend(named.map(|name| format!("FLAGSTAFF_HUB_{name}")));
    }
    ensure!(names.len() > 12, "{names:?}");
    for name in names {
        ensure!(help.contains(&name), "flagstaff-hub --help does not tell of {name}");
    }
    let read = |name: &str| std::fs::read_to_string(repository().join("charts").join(CHART).join(name));
    let (about, values): (Value, Value) =
        (serde_yaml::from_str(&read("Chart.yaml")?)?, serde_yaml::from_str(&read("values.yaml")?)?);
    assert_eq!([&about["version"], &about["appVersion"]], [env!("CARGO_PKG_VERSION"); 2]);
    let readme = read("README.md")?;
    for (name, value) in values.as_object().context("values")? {
        let inner = value.as_object().filter(|_| readme.contains(&format!("`{name}.")));
        let paths = inner.map_or_else(|| vec![name.clone()], |o| o.keys().map(|key| format!("{name}.{key}")).collect());
        for path in paths {
            ensure!(readme.contains(&format!("`{path}`")), "README.md does not tell of {path}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_real_api_server_takes_it_upgrades_it_and_lets_it_go() -> Result<()> {
    let cluster = ControlPlane::lease().await?;
    let helm = Helm::new(Some(&cluster))?;
    cluster.kubectl(&["create", "namespace", "flagstaff"])?;
    cluster.kubectl(&["label", "namespace", "flagstaff", "pod-security.kubernetes.io/enforce=restricted"])?;
    // The server reads every object first, without keeping any.
    helm.run(
        &[
            &["install", CHART, CHART, "--dry-run=server"],
            &EVERYTHING[..],
            &["--set", "tls.mode=own,serviceMonitor.create=false"],
        ]
        .concat(),
    )?;
    helm.run(&["install", CHART, CHART, "--set", "ingress.create=true"])?;
    let pods = async |count: usize| {
        eventually(Duration::from_secs(30), format!("{count} pods"), async || {
            let pods = cluster.kubectl(&["--namespace=flagstaff", "get", "pods", "--output=name"])?;
            let events = cluster.kubectl(&["--namespace=flagstaff", "get", "events", "--output=wide"])?;
            ensure!(pods.lines().count() == count, "{pods}\n{events}");
            Ok(())
        })
        .await
    };
    // Admitted at the level `restricted`.
    pods(2).await?;
    helm.run(&["uninstall", CHART])?;
    pods(0).await?;
    helm.run(&[&["install", CHART, CHART], &TRIAL[..]].concat())?;
    pods(1).await?;
    helm.run(&["upgrade", CHART, CHART, "--set", "statusEverySeconds=30", TRIAL[0], TRIAL[1]])?;
    let get = ["--namespace=flagstaff", "get", "deployment", CHART, "--output=json"];
    let deployment: Value = serde_json::from_str(&cluster.kubectl(&get)?)?;
    ensure!(deployment.to_string().contains("\"value\":\"30\""), "{deployment}");
    helm.run(&["uninstall", CHART])?;
    let kept = cluster.kubectl(&["--namespace=flagstaff", "get", "persistentvolumeclaims", "--output=name"])?;
    assert_eq!(kept.trim(), "persistentvolumeclaim/flagstaff-hub", "the volume with the keys stays");
    Ok(())
}
