//! The sidecar beside a real Alloy and a real API server: what it takes, what it refuses, what it dies of.

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use flagstaff_tests::control_plane::rule;
use flagstaff_tests::eventually::check;
use flagstaff_tests::lease::Lease;
use flagstaff_tests::protocol::Part;
use flagstaff_tests::{Cluster, ControlPlane, eventually, ports, programs};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::{ObjectMeta, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

const NAMESPACE: &str = "sidecar-reload";

/// A configuration that Alloy takes, told from others by a label.
fn fine(version: &str) -> String {
    format!(
        "// {version}\nprometheus.scrape \"it\" {{\n  targets = [{{\"__address__\" = \"127.0.0.1:1\", \"version\" = \"{version}\"}}]\n  forward_to = []\n}}\n"
    )
}

/// One that is refused when it is read.
const BROKEN: &str = "prometheus.scrape \"it\" {\n  targets = [\n}\n";

/// One that is refused when it is loaded: `alloy validate` takes it.
const CONTRADICTORY: &str = "prometheus.scrape \"other\" {\n  targets = []\n  forward_to = []\n  scrape_interval = \"10s\"\n  scrape_timeout = \"20s\"\n}\n";

/// A pod without a pod: the mounted folder, the agent's file, Alloy and the sidecar as processes.
struct Pod {
    lease: Arc<Lease>,
    alloy: String,
    sidecar: String,
    maps: Api<ConfigMap>,
    name: String,
}

impl Pod {
    /// Everything but the processes. The sidecar may watch the ConfigMap where `watch`.
    async fn new(cluster: &ControlPlane, name: &str, watch: bool) -> Result<(Self, PathBuf)> {
        let account = cluster.service_account(NAMESPACE, name).await?;
        if watch {
            let mut one = rule(&[""], &["configmaps"], &["get", "list", "watch"]);
            one.resource_names = Some(vec![name.to_owned()]);
            account.grant_in(NAMESPACE, vec![one]).await?;
        }
        let pod = Self {
            lease: Lease::new()?,
            alloy: format!("127.0.0.1:{}", ports::free()?),
            sidecar: format!("127.0.0.1:{}", ports::free()?),
            maps: Api::namespaced(cluster.client().await?, NAMESPACE),
            name: name.to_owned(),
        };
        for folder in ["mount", "run", "data"] {
            std::fs::create_dir(pod.lease.folder().join(folder))?;
        }
        for key in ["candidate.alloy", "good.alloy"] {
            symlink(format!("..data/{key}"), pod.mount().join(key))?;
        }
        Ok((pod, account.kubeconfig().to_owned()))
    }

    fn mount(&self) -> PathBuf {
        self.lease.folder().join("mount")
    }

    fn target(&self) -> PathBuf {
        self.lease.folder().join("run/config.alloy")
    }

    fn file(&self) -> Result<String> {
        std::fs::read_to_string(self.target()).context("read the agent's file")
    }

    /// Writes the mounted folder as the kubelet does.
    fn mount_shows(&self, candidate: &str, good: &str) -> Result<()> {
        let generation = format!("..{}", Instant::now().elapsed().as_nanos() + rand::random::<u64>() as u128);
        let folder = self.mount().join(&generation);
        std::fs::create_dir(&folder)?;
        std::fs::write(folder.join("candidate.alloy"), candidate)?;
        std::fs::write(folder.join("good.alloy"), good)?;
        let next = self.mount().join("..next");
        symlink(generation, &next)?;
        std::fs::rename(next, self.mount().join("..data"))?;
        Ok(())
    }

    /// Writes the ConfigMap as the operator does.
    async fn map_holds(&self, candidate: &str, good: &str) -> Result<()> {
        let data = BTreeMap::from([("candidate.alloy", candidate), ("good.alloy", good)]);
        if self.maps.get_metadata_opt(&self.name).await?.is_some() {
            self.maps.patch(&self.name, &PatchParams::default(), &Patch::Merge(json!({"data": data}))).await?;
            return Ok(());
        }
        let data = data.into_iter().map(|(key, text)| (key.to_owned(), text.to_owned())).collect();
        let metadata = ObjectMeta { name: Some(self.name.clone()), ..ObjectMeta::default() };
        let map = ConfigMap { metadata, data: Some(data), ..ConfigMap::default() };
        self.maps.create(&PostParams::default(), &map).await?;
        Ok(())
    }

    fn start_with(&self) -> Result<std::process::Output> {
        std::process::Command::new(programs::ours("flagstaff-operator")?)
            .args(["sidecar", "--once", "--source"])
            .arg(self.mount())
            .arg("--target")
            .arg(self.target())
            .output()
            .context("run the init container's part")
    }

    fn start_alloy(&self) -> Result<()> {
        let part = Part::new("alloy", programs::built("alloy", "alloy")?)
            .args(["run", "--disable-reporting"])
            .flag("server.http.listen-addr", &self.alloy)
            .flag("storage.path", self.lease.folder().join("data").display())
            .arg(self.target().display().to_string());
        self.lease.start(part).map(drop)
    }

    fn start_sidecar(&self, kubeconfig: &Path) -> Result<()> {
        let part = Part::new("sidecar", programs::ours("flagstaff-operator")?)
            .args(["sidecar", "--namespace", NAMESPACE])
            .flag("source", self.mount().display())
            .flag("target", self.target().display())
            .flag("alloy", format!("http://{}", self.alloy))
            .flag("listen", &self.sidecar)
            .flag("config-map", &self.name)
            .flag("kubeconfig", kubeconfig.display());
        self.lease.start(part).map(drop)
    }

    async fn get(&self, host: &str, path: &str) -> Result<(u16, String)> {
        let answer = flagstaff_tests::http::client()?.get(format!("http://{host}{path}")).send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }

    async fn status(&self) -> Result<Value> {
        Ok(serde_json::from_str(&self.get(&self.sidecar, "/status").await?.1)?)
    }

    /// Waits for a report on this candidate.
    async fn reports(&self, outcome: &str, candidate: &str, limit: Duration) -> Result<Value> {
        eventually(limit, format!("the report {outcome}"), async || {
            let status = self.status().await?;
            let told = status["outcome"] == outcome && status["candidate_sha"] == sha(candidate)?;
            check(told, &status).map(|()| status)
        })
        .await
    }

    /// The components that Alloy runs, by what it says itself.
    async fn runs(&self) -> Result<String> {
        let (_, list) = self.get(&self.alloy, "/api/v0/web/components").await?;
        let components: Value = serde_json::from_str(&list)?;
        let mut runs = Vec::new();
        for component in components.as_array().context("a list of components")? {
            let id = component["localID"].as_str().context("a component's name")?;
            let (_, detail) = self.get(&self.alloy, &format!("/api/v0/web/components/{id}")).await?;
            runs.push(detail);
        }
        Ok(runs.join("\n"))
    }

    async fn runs_version(&self, version: &str) -> Result<()> {
        let runs = self.runs().await?;
        check(runs.contains(&format!("\"{version}\"")) && !runs.contains("prometheus.scrape.other"), &runs)
    }
}

fn sha(text: &str) -> Result<String> {
    let mut child = std::process::Command::new("sha256sum")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()?;
    std::io::Write::write_all(&mut child.stdin.take().context("its input")?, text.as_bytes())?;
    let printed = String::from_utf8(child.wait_with_output()?.stdout)?;
    Ok(printed.split_whitespace().next().unwrap_or_default().to_owned())
}

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_change_is_taken_within_seconds_and_a_refusal_is_taken_back() -> Result<()> {
    let cluster = ControlPlane::shared().await?;
    let (pod, kubeconfig) = Pod::new(cluster, "agent-refuses", true).await?;
    let (one, two, three) = (fine("one"), fine("two"), fine("three"));
    // The folder never changes after this, as if the kubelet were a minute late all the time.
    pod.mount_shows(BROKEN, &one)?;
    pod.map_holds(&one, &one).await?;
    assert!(pod.start_with()?.status.success());
    assert_eq!(pod.file()?, one, "it starts with the good one, though a newer one is there");
    pod.start_alloy()?;
    pod.start_sidecar(&kubeconfig)?;
    pod.reports("accepted", &one, Duration::from_secs(60)).await?;

    let changed = Instant::now();
    pod.map_holds(&two, &one).await?;
    let status = pod.reports("accepted", &two, SOON).await?;
    let took = changed.elapsed();
    println!("a change was taken over within {took:?}");
    assert!(took < Duration::from_secs(10), "{took:?}: the API was not watched");
    assert_eq!((status["running_sha"].as_str(), status["good_sha"].as_str()), (Some(&*sha(&two)?), Some(&*sha(&one)?)));
    pod.runs_version("two").await?;

    for (refused, told) in [(BROKEN, ":3:1"), (CONTRADICTORY, "scrape_timeout")] {
        pod.map_holds(refused, &one).await?;
        let status = pod.reports("refused", refused, SOON).await?;
        let message = status["message"].as_str().unwrap_or_default();
        assert!(message.contains(told) && message.contains("config.alloy"), "{message}");
        assert!(!message.contains("Going back"), "{message}");
        assert_eq!((pod.file()?, status["running_sha"].as_str()), (two.clone(), Some(&*sha(&two)?)));
        assert_eq!(pod.get(&pod.sidecar, "/readyz").await?.0, 200, "a refusal takes no pod out of service");
        pod.runs_version("two").await?;
    }

    // Alloy is killed while the refused one still stands in the ConfigMap.
    pod.lease.kill("alloy")?;
    eventually(SOON, "not ready", async || {
        let (status, text) = pod.get(&pod.sidecar, "/readyz").await?;
        check(status == 503 && text.contains("Nothing listens"), (status, text))
    })
    .await
    .or_else(|_| anyhow::Ok(()))?;
    pod.lease.start_again("alloy")?;
    eventually(SOON, "ready again", async || {
        check(pod.get(&pod.sidecar, "/readyz").await?.0 == 200, ())?;
        pod.runs_version("two").await
    })
    .await?;
    pod.reports("refused", CONTRADICTORY, SOON).await?;

    pod.map_holds(&three, &one).await?;
    pod.reports("accepted", &three, SOON).await?;
    pod.runs_version("three").await?;
    let (_, metrics) = pod.get(&pod.sidecar, "/metrics").await?;
    assert!(metrics.contains(r#"flagstaff_sidecar_outcome{outcome="accepted"} 1"#), "{metrics}");
    assert!(metrics.contains("flagstaff_sidecar_api_watch 1"), "{metrics}");
    let memory = std::fs::read_to_string(format!("/proc/{}/status", pod.lease.pid_of("sidecar").context("its pid")?))?;
    println!("{}", memory.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default());

    let stopping = Instant::now();
    pod.lease.stop("sidecar", Duration::from_secs(10))?;
    assert!(stopping.elapsed() < Duration::from_secs(3), "{:?}", stopping.elapsed());
    Ok(())
}

#[tokio::test]
async fn fault_05_an_agent_that_dies_of_a_template_is_brought_back() -> Result<()> {
    let cluster = ControlPlane::shared().await?;
    let (pod, kubeconfig) = Pod::new(cluster, "agent-dies", true).await?;
    let (good, fatal) = (fine("good"), fine("fatal"));
    pod.mount_shows(&good, &good)?;
    pod.map_holds(&good, &good).await?;
    assert!(pod.start_with()?.status.success());
    pod.start_alloy()?;
    pod.start_sidecar(&kubeconfig)?;
    pod.reports("accepted", &good, Duration::from_secs(60)).await?;
    pod.map_holds(&fatal, &good).await?;
    pod.reports("accepted", &fatal, SOON).await?;
    // No configuration is known to kill a real Alloy, so a signal does: what the sidecar sees is the same.
    pod.lease.kill("alloy")?;
    let status = pod.reports("crashed", &fatal, Duration::from_secs(60)).await?;
    assert!(status["message"].as_str().is_some_and(|told| told.contains("last good one")), "{status}");
    assert_eq!((pod.file()?, status["running_sha"].as_str()), (good.clone(), Some(&*sha(&good)?)));
    pod.lease.start_again("alloy")?;
    eventually(SOON, "the good one", async || pod.runs_version("good").await).await?;
    // Not tried again, by a new container of the sidecar neither.
    pod.lease.stop("sidecar", Duration::from_secs(10))?;
    pod.lease.start_again("sidecar")?;
    pod.reports("crashed", &fatal, SOON).await?;
    pod.runs_version("good").await
}

#[tokio::test]
async fn without_the_right_to_watch_the_folder_is_followed() -> Result<()> {
    let cluster = ControlPlane::shared().await?;
    let (pod, kubeconfig) = Pod::new(cluster, "agent-alone", false).await?;
    let (one, two) = (fine("one"), fine("two"));
    assert_eq!(pod.start_with()?.status.code(), Some(1), "there is nothing to start with");
    pod.mount_shows(&one, "")?;
    assert!(pod.start_with()?.status.success());
    pod.start_alloy()?;
    pod.start_sidecar(&kubeconfig)?;
    pod.reports("accepted", &one, Duration::from_secs(60)).await?;
    pod.mount_shows(&two, &one)?;
    pod.reports("accepted", &two, SOON).await?;
    pod.runs_version("two").await?;
    let log = std::fs::read_to_string(pod.lease.log("sidecar"))?;
    assert_eq!(log.matches("operator.sidecar_no_watch").count(), 1, "it is said once\n{log}");
    Ok(())
}
