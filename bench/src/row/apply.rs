//! Row: the flag until fifty objects are applied, beside Helm installing the same manifests on the same API server.

use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, ensure};
use clap::Args;
use flagstaff_tests::flag::{SOON, ready_spec};
use flagstaff_tests::{Cluster, ControlPlane, ControlPlaneOptions, Operator, programs};
use k8s_openapi::jiff::Timestamp;
use serde_json::{Value, json};

use super::{Aim, Chapter, Headline};
use crate::audit::{Audit, Event};
use crate::chart::{Chart, timed};
use crate::process::{self, Usage, children_cpu_seconds};
use crate::progress::step;
use crate::record::{Recorder, Results};
use crate::report::format;
use crate::scene::Scene;

/// The row's name.
pub const NAME: &str = "apply";

const OBJECTS: &str = "objects";
const FLAG: &str = "flag: start of kubectl → last object written";
const FLAG_SERVER: &str = "flag: its write received → last object written";
const FLAG_TOLD: &str = "flag: its write received → the operator's status says applied";
const HELM: &str = "Helm: start of helm install → its end";
const HELM_LAST: &str = "Helm: start of helm install → last object written";
const HELM_SERVER: &str = "Helm: its first request → last object written";

/// How it is measured.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How often each of the two is run; the first run of each comes on top and is not counted
    #[arg(long, default_value_t = 7)]
    pub runs: usize,
}

/// What the report says of it.
pub fn chapter() -> Chapter {
    Chapter {
        row: NAME,
        title: "Flag → objects applied, beside Helm",
        about: "One API server (with its etcd and controllers, no nodes). The operator runs already, as it does in production; a person \
                applies the flag with `kubectl apply`. The manifests that the operator then applied are read back from its managed \
                fields and put into a Helm chart as they are, without owner references; `helm install --wait=hookOnly` installs \
                them, so it waits for no workload. The flag and as many teams' flags as are missing to fifty objects make up the \
                set. The two take turns, each on a cluster where nothing of it is left, each with caches as warm as a person's. \
                Times of single objects are the API server's own, from its audit log. A first run of each is not counted.",
        aims: vec![
            Aim::at_most("with the processes' starts, as a person waits", FLAG, HELM, 0.5),
            Aim::at_most("on the server's side alone", FLAG_SERVER, HELM_SERVER, 0.5),
        ],
        headlines: vec![Headline { work: "Flag → objects applied", text: headline }],
        context: vec![],
    }
}

fn headline(results: &Results) -> Option<String> {
    let ratio = results.median(FLAG)? / results.median(HELM)?;
    Some(format!(
        "{} for {} objects, {ratio:.2} × Helm's {}",
        format::value(results.median(FLAG)?, "s"),
        results.median(OBJECTS)?,
        format::value(results.median(HELM)?, "s")
    ))
}

/// Measures it.
pub async fn measure(options: &Options) -> Result<()> {
    let mut recorder = Recorder::begin(NAME)?;
    let bench = step("an API server, and what the operator applies there", 13, Bench::prepare()).await?;
    for run in 0..=options.runs {
        let name = if run == 0 { "a first run of each".to_owned() } else { format!("run {run} of {}", options.runs) };
        step(&name, 6, bench.run(run, &mut recorder)).await?;
    }
    recorder.finish()
}

struct Bench {
    audit: Audit,
    cluster: ControlPlane,
    operator: flagstaff_tests::User,
    helm: flagstaff_tests::User,
    scene: Scene,
    manifests: Vec<Value>,
    names: Vec<String>,
    chart: Chart,
}

impl Bench {
    async fn prepare() -> Result<Self> {
        let audit = Audit::new()?;
        let options = ControlPlaneOptions { apiserver_args: audit.args(), ..ControlPlaneOptions::default() };
        let cluster = ControlPlane::with(options).await?;
        let operator = cluster.user("operator", Some("system:masters")).await?;
        let helm = cluster.user("helm", Some("system:masters")).await?;
        let scene = Scene::install(&cluster).await?;
        let (_, manifests) = {
            let _running = Operator::start(operator.kubeconfig(), &["--no-election"], &[]).await?;
            scene.fifty().await?
        };
        let names = manifests.iter().map(|manifest| scene.audit_name(manifest)).collect::<Result<_>>()?;
        let chart = Chart::write(&manifests)?;
        let flag = json!({
            "apiVersion": "flagstaff.dev/v1alpha1", "kind": "ClusterObservability",
            "metadata": {"name": "cluster"}, "spec": ready_spec(),
        });
        std::fs::write(chart.home().join("flag.json"), flag.to_string()).context("write the flag")?;
        Ok(Self { audit, cluster, operator, helm, scene, manifests, names, chart })
    }

    /// One run of each. Who comes first changes from run to run.
    async fn run(&self, run: usize, recorder: &mut Recorder) -> Result<()> {
        let helm_first = run.is_multiple_of(2);
        for helm in [helm_first, !helm_first] {
            self.scene.clear(&self.manifests).await?;
            self.scene.flag.wait_until_gone().await?;
            let values = if helm { self.run_helm()? } else { self.run_flag().await? };
            if run > 0 {
                for (what, unit, value) in values {
                    recorder.add(run, what, unit, value)?;
                }
            }
        }
        Ok(())
    }

    async fn run_flag(&self) -> Result<Vec<(&'static str, &'static str, f64)>> {
        let operator = Operator::start(self.operator.kubeconfig(), &["--no-election"], &[]).await?;
        process::idle(Duration::from_secs(2)).await;
        let pid = operator.pid().context("the operator's process")?;
        let (used, server) = (Usage::of(pid)?, self.server()?);
        let mark = self.audit.mark();
        let begun = now()?;
        let file = self.chart.home().join("flag.json");
        let mut kubectl = Command::new(programs::built("kubernetes", "kubectl")?);
        timed(kubectl.arg("apply").arg("-f").arg(&file), self.cluster.kubeconfig(), &self.chart.home())?;
        let (told, count) = self.scene.applied(SOON).await?;
        ensure!(count == self.names.len(), "{count} objects, and {} before", self.names.len());
        let (used, server) =
            (Usage::of(pid)?.cpu_seconds - used.cpu_seconds, self.server()?.cpu_seconds - server.cpu_seconds);
        let events = self.audit.since(mark)?;
        let raised = events
            .iter()
            .find(|event| event.wrote_object() && event.object() == "clusterobservabilities /cluster")
            .context("the flag's write is not in the audit log")?
            .request_received_timestamp;
        let last = last_written(&events, "operator", &self.names)?;
        let requests = events.iter().filter(|event| event.user.username == "operator" && event.stage_timestamp <= last);
        Ok(vec![
            (OBJECTS, "", count as f64),
            (FLAG, "s", seconds(begun, last)),
            (FLAG_SERVER, "s", seconds(raised, last)),
            (FLAG_TOLD, "s", seconds(raised, told)),
            ("flag: requests of the operator until then", "", requests.count() as f64),
            ("flag: processor time of the operator", "s", used),
            ("flag: processor time of the API server", "s", server),
        ])
    }

    fn run_helm(&self) -> Result<Vec<(&'static str, &'static str, f64)>> {
        let (used, server) = (children_cpu_seconds()?, self.server()?);
        let mark = self.audit.mark();
        let begun = now()?;
        let took = self.chart.install(self.helm.kubeconfig())?;
        let (used, server) = (children_cpu_seconds()? - used, self.server()?.cpu_seconds - server.cpu_seconds);
        let events = self.audit.since(mark)?;
        let last = last_written(&events, "helm", &self.names)?;
        let requests: Vec<&Event> = events.iter().filter(|event| event.user.username == "helm").collect();
        let first =
            requests.iter().map(|event| event.request_received_timestamp).min().context("Helm asked nothing")?;
        self.chart.uninstall(self.helm.kubeconfig())?;
        Ok(vec![
            (HELM, "s", took.as_secs_f64()),
            (HELM_LAST, "s", seconds(begun, last)),
            (HELM_SERVER, "s", seconds(first, last)),
            ("Helm: requests", "", requests.len() as f64),
            ("Helm: processor time of helm install", "s", used),
            ("Helm: processor time of the API server", "s", server),
        ])
    }

    fn server(&self) -> Result<Usage> {
        Usage::of(self.cluster.processes().pid_of("kube-apiserver").context("the API server's process")?)
    }
}

/// When the last of these objects was written first by a user; an error when one of them was not.
fn last_written(events: &[Event], user: &str, names: &[String]) -> Result<Timestamp> {
    let mut last = Timestamp::MIN;
    for name in names {
        let written = events
            .iter()
            .filter(|event| event.user.username == user && event.wrote_object() && event.object() == *name)
            .map(|event| event.stage_timestamp)
            .min()
            .with_context(|| format!("{user} has not written {name}"))?;
        last = last.max(written);
    }
    Ok(last)
}

fn now() -> Result<Timestamp> {
    Timestamp::try_from(SystemTime::now()).context("a time")
}

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}
