//! The charts by the real Helm: what they render and refuse, and that installing, upgrading and uninstalling do no more than they say.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::programs::{built, repository};
use flagstaff_tests::{Cluster, ControlPlane, Helm, eventually};
use serde_json::Value;

const CRDS: &str = "flagstaff-crds";
const OPERATOR: &str = "flagstaff-operator";
const ACCOUNT: &str = "--as=system:serviceaccount:flagstaff:flagstaff-operator";

fn install(helm: &Helm) -> Result<()> {
    helm.run(&["install", CRDS, CRDS, "--create-namespace"])?;
    helm.run(&["install", OPERATOR, OPERATOR, "--take-ownership", "--set", "flag.create=true"]).map(drop)
}

fn json(text: &str) -> Result<Value> {
    serde_json::from_str(text).with_context(|| format!("read {text}"))
}

fn file(path: &str) -> Result<String> {
    let path = repository().join("charts").join(path);
    std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))
}

fn yaml(path: &str) -> Result<Value> {
    serde_yaml::from_str(&file(path)?).with_context(|| format!("parse {path}"))
}

#[test]
fn charts_lint_and_render_the_same_twice() -> Result<()> {
    let helm = Helm::new(None)?;
    let everything = "flag.create=true,networkPolicy.create=true,serviceMonitor.create=true,proxy.https=http://proxy:3128,\
                      caBundle.configMap=ca,image.registry=mirror.example.com/hub,image.pullSecrets={mirror}";
    for (chart, values) in [(CRDS, "annotations.a=b"), (OPERATOR, "replicas=1"), (OPERATOR, everything)] {
        helm.run(&["lint", "--strict", chart, "--set", values])?;
        let first = helm.run(&["template", "release", chart, "--set", values])?;
        let second = helm.run(&["template", "release", chart, "--set", values])?;
        assert_eq!(first, second);
        assert!(!first.contains("helm.sh/hook"), "a hook is not part of a release");
    }
    let text = helm.run(&["template", "release", OPERATOR, "--set", everything])?;
    for expected in [
        "image: mirror.example.com/hub/flagstaff-dev/flagstaff-operator:",
        "$(KUBERNETES_SERVICE_HOST),.svc,.cluster.local",
        "readOnlyRootFilesystem: true",
        "drop: [ALL]",
    ] {
        assert!(text.contains(expected), "{expected} is missing in:\n{text}");
    }
    Ok(())
}

#[test]
fn wrong_values_are_refused_with_their_place() -> Result<()> {
    let helm = Helm::new(None)?;
    let twice = r#"destinations=[{"name":"a","signal":"metrics","url":"https://a","sigv4":{"region":"r"},"bearer":{"token":{"name":"s","key":"k"}}}]"#;
    let inline =
        r#"destinations=[{"name":"a","signal":"metrics","url":"https://a","bearer":{"token":"not-a-secret"}}]"#;
    for (flag, value, said) in [
        ("--set", "replica=1", "'replica' not allowed"),
        ("--set", "replicas=two", "/replicas"),
        ("--set", "image.digest=sha256:12", "/image/digest"),
        ("--set", "image.repository=flagstaff-operator", "/image/repository"),
        ("--set", "image.registry=https://mirror", "/image/registry"),
        ("--set", "log.format=xml", "/log/format"),
        ("--set", "flag.spec=null", "'spec'"),
        ("--set", "destinations[0].name=a", "'signal', 'url'"),
        ("--set-json", inline, "/destinations/0/bearer/token"),
        ("--set-json", twice, "at most one of basic, bearer, oauth2 and sigv4"),
    ] {
        let refusal = helm.refusal(&["template", "release", OPERATOR, flag, value])?;
        assert!(refusal.contains(said), "{value}: {refusal}");
    }
    Ok(())
}

#[test]
fn files_agree_with_what_they_come_from() -> Result<()> {
    let check =
        Command::new(repository().join("charts/generate")).arg("--check").output().context("run charts/generate")?;
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
    for chart in [CRDS, OPERATOR] {
        let about = yaml(&format!("{chart}/Chart.yaml"))?;
        assert_eq!([&about["version"], &about["appVersion"]], [env!("CARGO_PKG_VERSION"); 2], "{chart}");
        let values = yaml(&format!("{chart}/values.yaml"))?;
        let readme = file(&format!("{chart}/README.md"))?;
        for (name, value) in values.as_object().context("values")? {
            let inner = value.as_object().filter(|_| readme.contains(&format!("`{name}.")));
            let paths =
                inner.map_or_else(|| vec![name.clone()], |o| o.keys().map(|key| format!("{name}.{key}")).collect());
            for path in paths {
                assert!(readme.contains(&format!("`{path}`")), "{chart}/README.md does not tell of {path}");
            }
        }
    }
    // A destination in the chart's values is the same thing as one in the flag.
    let schema = json(&file("flagstaff-operator/values.schema.json")?)?;
    let crd: Value = serde_yaml::from_str(&file("../crds/clusterobservabilities.flagstaff.dev.yaml")?)?;
    let spec = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/destinations/items/properties";
    let names =
        |value: Option<&Value>| value.and_then(Value::as_object).map(|o| o.keys().cloned().collect::<BTreeSet<_>>());
    let of_the_flag = names(crd.pointer(spec)).context("the flag's destinations")?;
    assert_eq!(Some(of_the_flag), names(schema.pointer("/definitions/destination/properties")));
    Ok(())
}

#[tokio::test]
async fn installs_upgrades_and_uninstalls() -> Result<()> {
    let cluster = ControlPlane::lease().await?;
    let helm = Helm::new(Some(&cluster))?;
    install(&helm)?;
    let space = json(&cluster.kubectl(&["get", "namespace", "flagstaff", "--output=json"])?)?;
    assert_eq!(space["metadata"]["labels"]["pod-security.kubernetes.io/enforce"], "privileged");
    let flag = json(&cluster.kubectl(&["get", "clusterobservability", "cluster", "--output=json"])?)?;
    assert_eq!(flag["spec"]["enabled"], true);
    // The API server has admitted the pods, which hold to the strictest level although the namespace would take any.
    let limit = Duration::from_secs(30);
    eventually(limit, "two pods", async || {
        let pods = cluster.kubectl(&["--namespace=flagstaff", "get", "pods", "--output=name"])?;
        ensure!(pods.lines().count() == 2, "{pods}");
        Ok(())
    })
    .await?;
    let label = "pod-security.kubernetes.io/enforce=restricted";
    let dry =
        kubectl_warnings(&cluster, &["label", "--dry-run=server", "--overwrite", "namespace", "flagstaff", label])?;
    assert!(!dry.contains("violate"), "{dry}");

    helm.run(&["upgrade", CRDS, CRDS])?;
    helm.run(&["upgrade", OPERATOR, OPERATOR, "--set", "flag.create=true,replicas=1"])?;
    let deployment = ["--namespace=flagstaff", "get", "deployment", OPERATOR, "--output=jsonpath={.spec.replicas}"];
    assert_eq!(cluster.kubectl(&deployment)?, "1");
    let refusal = helm.refusal(&["upgrade", OPERATOR, OPERATOR, "--set", "flag.create=true,flag.spec.enabeld=true"])?;
    assert!(refusal.contains(".spec.enabeld: field not declared in schema"), "{refusal}");

    cluster.kubectl(&["--namespace=flagstaff", "create", "secret", "generic", "mine"])?;
    helm.run(&["uninstall", OPERATOR])?;
    assert_eq!(cluster.kubectl(&["get", "clusterobservabilities", "--output=name"])?, "");
    helm.run(&["uninstall", CRDS])?;
    eventually(limit, "nothing but what is kept", async || {
        let kinds = "deployments,pods,services,serviceaccounts,configmaps,roles,rolebindings,clusterroles,clusterrolebindings,poddisruptionbudgets";
        let left = cluster.kubectl(&["--namespace=flagstaff", "get", kinds, "--output=name"])?;
        let ours: Vec<_> = left.lines().filter(|name| name.contains("flagstaff")).collect();
        ensure!(ours.is_empty(), "{ours:?}");
        Ok(())
    })
    .await?;
    cluster.kubectl(&["--namespace=flagstaff", "get", "secret", "mine"])?;
    cluster.kubectl(&["get", "crd", "clusterobservabilities.flagstaff.dev", "serviceobservabilities.flagstaff.dev"])?;

    // What was kept is taken over by the next installation without being told.
    helm.run(&["install", CRDS, CRDS])?;
    helm.run(&["install", OPERATOR, OPERATOR])?;
    Ok(())
}

#[tokio::test]
async fn the_operator_may_do_its_work_and_no_more() -> Result<()> {
    let cluster = ControlPlane::lease().await?;
    install(&Helm::new(Some(&cluster))?)?;
    let may = |question: &str| -> Result<bool> {
        let mut args = vec!["auth", "can-i", "--quiet", ACCOUNT];
        args.extend(question.split(' '));
        // `no` is an exit status as well, and so is a question that the server does not understand.
        Ok(cluster.kubectl(&args).is_ok())
    };
    for question in [
        "get secrets --namespace=flagstaff",
        "create secrets --namespace=flagstaff",
        "patch secrets/flagstaff-hub --namespace=flagstaff",
        "create daemonsets.apps --namespace=flagstaff",
        "patch leases.coordination.k8s.io --namespace=flagstaff",
        "patch configmaps --namespace=default",
        "patch clusterobservabilities.flagstaff.dev --subresource=status",
        "create events.events.k8s.io --namespace=default",
        "list pods --all-namespaces",
    ] {
        assert!(may(question)?, "it may not: {question}");
    }
    for question in [
        "list secrets --namespace=flagstaff",
        "watch secrets --namespace=flagstaff",
        "get secrets --namespace=kube-system",
        "create secrets --namespace=default",
        "patch secrets/store --namespace=flagstaff",
        "delete secrets/flagstaff-hub --namespace=flagstaff",
        "get nodes --subresource=proxy",
        "create pods --namespace=flagstaff",
        "create pods --subresource=exec --namespace=flagstaff",
        "create serviceaccounts --subresource=token --namespace=flagstaff",
        "create deployments.apps --namespace=default",
        "delete namespaces",
        "delete clusterobservabilities.flagstaff.dev",
        "escalate clusterroles.rbac.authorization.k8s.io",
        "bind clusterroles.rbac.authorization.k8s.io",
        "impersonate users",
    ] {
        assert!(!may(question)?, "it may: {question}");
    }

    let grant = |name: &str, rule: &str| {
        let rule = format!("--{rule}");
        let mut args = vec![ACCOUNT, "create", "clusterrole", name];
        args.extend(rule.split(' '));
        cluster.kubectl(&args)
    };
    grant("agent", "verb=get,list,watch --resource=pods,services,endpointslices.discovery.k8s.io")?;
    grant("kubelet", "verb=get --resource=nodes/metrics,pods/log")?;
    grant("metrics", "verb=get --non-resource-url=/metrics")?;
    cluster.kubectl(&[
        ACCOUNT,
        "create",
        "clusterrolebinding",
        "agent",
        "--clusterrole=agent",
        "--serviceaccount=flagstaff:agent",
    ])?;
    let secret = ["--verb=get", "--resource=secrets", "--resource-name=store"];
    cluster.kubectl(&[&[ACCOUNT, "--namespace=flagstaff", "create", "role", "store"], &secret[..]].concat())?;
    for (name, rule) in [("all-secrets", "verb=list --resource=secrets"), ("proxy", "verb=get --resource=nodes/proxy")]
    {
        let refusal = grant(name, rule).expect_err(name).to_string();
        assert!(refusal.contains("attempting to grant RBAC permissions not currently held"), "{refusal}");
    }
    let admin =
        ["create", "clusterrolebinding", "admin", "--clusterrole=cluster-admin", "--serviceaccount=flagstaff:agent"];
    assert!(cluster.kubectl(&[&[ACCOUNT], &admin[..]].concat()).is_err());
    Ok(())
}

/// What kubectl said on both streams: the API server's warnings are on the second.
fn kubectl_warnings(cluster: &ControlPlane, args: &[&str]) -> Result<String> {
    let out = Command::new(built("kubernetes", "kubectl")?)
        .env("KUBECONFIG", cluster.kubeconfig())
        .args(args)
        .output()
        .context("run kubectl")?;
    ensure!(out.status.success(), "kubectl {}: {}", args.join(" "), String::from_utf8_lossy(&out.stderr));
    Ok(String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned())
}
