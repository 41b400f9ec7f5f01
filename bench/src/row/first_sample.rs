//! Row: the flag until its first sample is in the store, on a real node; where each second goes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{Flag, NAMESPACE};
use flagstaff_tests::observed::{self, Stores, flag as observed_flag};
use flagstaff_tests::store::Prometheus;
use flagstaff_tests::{Cluster, NodeCluster, eventually};
use futures::StreamExt;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::Timestamp;
use kube::Api;
use kube::ResourceExt;
use kube::api::ListParams;
use kube::runtime::watcher::{self, Event};
use tokio::task::JoinHandle;

use super::{Chapter, Headline};
use crate::progress::step;
use crate::record::{Recorder, Results};
use crate::report::format;

/// The row's name.
pub const NAME: &str = "first-sample";
const LIMIT: Duration = Duration::from_secs(180);

const APPLIED: &str = "flag → objects applied";
const SCHEDULED: &str = "flag → all pods scheduled";
const STARTED: &str = "flag → all containers started";
const READY: &str = "flag → all pods ready";
const HEALTHY: &str = "flag → healthy, as its status says";
const SCRAPED: &str = "flag → first sample taken";
const STORED: &str = "flag → first sample in the store";

/// What is between one of them and the next, from the flag on.
const STEPS: [&str; 6] = [
    "of these: kubectl, and the operator applying",
    "of these: scheduling",
    "of these: starting containers",
    "of these: until the last pod is ready",
    "of these: until the first target is scraped (less than nothing when that was before the last pod)",
    "of these: until the sample is in the store",
];

/// How it is measured.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How often the flag is raised
    #[arg(long, default_value_t = 5)]
    pub runs: usize,
}

/// What the report says of it.
pub fn chapter() -> Chapter {
    Chapter {
        row: NAME,
        title: "Flag → first sample in the store, on a real node",
        about: "One real node (containerd, kubelet, kube-proxy, CoreDNS) with Prometheus and Loki beside it; images are on the node already, so \
                no pull is in it. Helm has installed the operator, and a person applies the flag with `kubectl apply`; the clock starts with \
                kubectl. The operator tells when all objects were applied and when all was healthy; pods are seen by a watch on the API server, \
                samples by asking the store every 50 milliseconds. A sample's own time is when its target was scraped; what lies between \
                that and the store is the agent's queue. Every run has a cluster name of its own, so that each series is new, and begins when \
                nothing of the run before is left. Single agents can be ahead of the last pod, so a later line can have the smaller number. \
                At the end the memory of the programs on the node is what each tells of itself in the samples gathered of it.",
        aims: vec![],
        headlines: vec![Headline { work: "Flag → first sample in the store, on a real node", text: headline }],
        context: vec![],
    }
}

fn headline(results: &Results) -> Option<String> {
    let of = |what| results.median(what).map(|value| format::value(value, "s"));
    Some(format!(
        "{}: objects applied after {}, containers started after {}, all pods ready after {}",
        of(STORED)?,
        of(APPLIED)?,
        of(STARTED)?,
        of(READY)?
    ))
}

/// Measures it.
pub async fn measure(options: &Options) -> Result<()> {
    let mut recorder = Recorder::begin(NAME)?;
    let cluster = step("a cluster with a real node", 30, NodeCluster::lease()).await?;
    step("images of the agents and of the operator", 25, observed::load_images(&cluster)).await?;
    let stores = step("Prometheus, Alertmanager and Loki", 10, Stores::start(&cluster)).await?;
    step("the operator, by Helm", 15, async { observed::install(&cluster) }).await?;
    let flag = Flag { client: cluster.client().await? };
    for run in 1..=options.runs {
        let name = format!("run {run} of {}", options.runs);
        step(&name, 17, one(run, &cluster, &stores, &flag, &mut recorder)).await?;
        if run == options.runs {
            let rest = at_rest(run, &stores.prometheus, &mut recorder);
            step("what the agents and the operator take of the node", 100, rest).await?;
        }
        step("the flag removed, until nothing of it is left", 4, clear(&cluster, &flag)).await?;
    }
    recorder.finish()
}

/// Removes the flag; a pod that is still ending would be taken for one of the next run, and keep its port.
async fn clear(cluster: &NodeCluster, flag: &Flag) -> Result<()> {
    cluster.kubectl(&["delete", "clusterobservability", "cluster", "--timeout=60s"])?;
    flag.wait_until_gone().await?;
    let pods: Api<Pod> = Api::namespaced(flag.client.clone(), NAMESPACE);
    eventually(LIMIT, "the end of the flag's pods", async || {
        let all = pods.list(&ListParams::default()).await?;
        let left: Vec<String> = all.iter().filter(|pod| !is_operator(pod)).map(ResourceExt::name_any).collect();
        check(left.is_empty(), left)
    })
    .await
}

fn is_operator(pod: &Pod) -> bool {
    pod.labels().get("app.kubernetes.io/name").is_some_and(|name| name == "flagstaff-operator")
}

async fn one(run: usize, cluster: &NodeCluster, stores: &Stores, flag: &Flag, recorder: &mut Recorder) -> Result<()> {
    let name = format!("run-{run}");
    let folder = tempfile::tempdir().context("make a folder")?;
    let file = folder.path().join("flag.yaml");
    let text = stores.flag("").replace("name: demo", &format!("name: {name}"));
    std::fs::write(&file, text).context("write the flag")?;
    let watched = Watched::begin(flag);
    let begun = Timestamp::now();
    let first = first_sample(&stores.prometheus, &name, begun);
    let apply = observed_flag::apply(&flag.client, cluster.kubeconfig(), &file);
    let ((begun_inside, way), (scraped, stored)) = tokio::try_join!(apply, first)?;
    // Both begin with kubectl; what lies between is this program's own.
    let ahead = begun_inside.duration_since(begun).as_secs_f64();
    let pods = eventually(LIMIT, "all pods of the flag ready", async || watched.all_ready()).await?;
    let last = |of: fn(&Seen) -> Option<Timestamp>| -> Result<f64> {
        let times: Option<Vec<Timestamp>> = pods.values().map(of).collect();
        let last = times.context("a pod that was never seen so")?.into_iter().max().context("no pods")?;
        Ok(last.duration_since(begun).as_secs_f64())
    };
    let reached = [
        (APPLIED, way.applied + ahead),
        (SCHEDULED, last(|seen| seen.scheduled)?),
        (STARTED, last(|seen| seen.started)?),
        (READY, last(|seen| seen.ready)?),
        (SCRAPED, scraped),
        (STORED, stored),
    ];
    for (what, value) in reached {
        recorder.add(run, what, "s", value)?;
    }
    recorder.add(run, HEALTHY, "s", way.healthy + ahead)?;
    for ((name, (_, end)), begin) in
        STEPS.into_iter().zip(reached).zip([0.0].into_iter().chain(reached.map(|(_, end)| end)))
    {
        recorder.add(run, name, "s", end - begin)?;
    }
    for (pod, seen) in &pods {
        for (what, time) in [("scheduled", seen.scheduled), ("started", seen.started), ("ready", seen.ready)] {
            let time = time.with_context(|| format!("{pod} was never {what}"))?;
            recorder.add(run, &format!("{pod}: {what}"), "s", time.duration_since(begun).as_secs_f64())?;
        }
    }
    recorder.add(run, "objects", "", way.objects as f64)
}

/// Memory as each program tells it of itself in the samples that were gathered, once both agents were scraped twice.
async fn at_rest(run: usize, prometheus: &Prometheus, recorder: &mut Recorder) -> Result<()> {
    let of = format!("process_resident_memory_bytes{{cluster=\"run-{run}\"}}");
    let found = eventually(LIMIT, "the memory of both agents, scraped twice", async || {
        let found = prometheus.query(&format!("{of} and count_over_time({of}[10m]) >= 2")).await?;
        let agents = found.iter().filter(|sample| sample.labels.get("job").is_some_and(|job| job == "alloy")).count();
        check(agents >= 2, &found)?;
        Ok::<_, anyhow::Error>(found)
    })
    .await?;
    let mut lines: Vec<(String, f64)> = found
        .iter()
        .map(|sample| {
            let label = |name: &str| sample.labels.get(name).map(String::as_str).unwrap_or_default();
            let agent =
                Some(label("agent")).filter(|agent| !agent.is_empty()).map(|agent| format!(" of agent {agent}"));
            (format!("on the node: {}{}: resident memory", label("job"), agent.unwrap_or_default()), sample.value / 1e6)
        })
        .collect();
    lines.sort_by(|one, other| one.0.cmp(&other.0));
    lines.iter().try_for_each(|(what, megabytes)| recorder.add(run, what, "MB", *megabytes))
}

/// When the first sample of a cluster was taken, and when it was in the store, in seconds after the beginning.
async fn first_sample(prometheus: &Prometheus, cluster: &str, begun: Timestamp) -> Result<(f64, f64)> {
    let limit = Instant::now() + LIMIT;
    let query = format!("min(timestamp(up{{cluster=\"{cluster}\"}}))");
    while Instant::now() < limit {
        let found = prometheus.query(&query).await?;
        if let [sample] = &found[..] {
            let stored = Timestamp::now().duration_since(begun).as_secs_f64();
            return Ok((sample.value - begun.as_millisecond() as f64 / 1000.0, stored));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("no sample of {cluster} reached Prometheus within {LIMIT:?}")
}

/// When a pod was first seen in each state.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    scheduled: Option<Timestamp>,
    started: Option<Timestamp>,
    ready: Option<Timestamp>,
}

/// The pods of the platform's namespace, by the workload they belong to, as a watch sees them.
struct Watched {
    pods: Arc<Mutex<BTreeMap<String, Seen>>>,
    task: JoinHandle<()>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Watched {
    fn begin(flag: &Flag) -> Self {
        let api: Api<Pod> = Api::namespaced(flag.client.clone(), NAMESPACE);
        let pods: Arc<Mutex<BTreeMap<String, Seen>>> = Arc::default();
        let seen = pods.clone();
        let task = tokio::spawn(async move {
            let mut stream = std::pin::pin!(watcher::watcher(api, watcher::Config::default()));
            while let Some(event) = stream.next().await {
                // A watch that ends is begun again and lists.
                if let Ok(Event::Apply(pod) | Event::InitApply(pod)) = event {
                    note(&mut seen.lock().unwrap_or_else(PoisonError::into_inner), &pod);
                }
            }
        });
        Self { pods, task }
    }

    /// All pods when all of them are ready; a flag has at least the two agents'.
    fn all_ready(&self) -> Result<BTreeMap<String, Seen>> {
        let pods = self.pods.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let ready = pods.values().all(|seen| seen.ready.is_some());
        if pods.len() >= 2 && ready { Ok(pods) } else { bail!("{pods:?}") }
    }
}

fn note(pods: &mut BTreeMap<String, Seen>, pod: &Pod) {
    let name = pod.name_any();
    if is_operator(pod) || pod.metadata.deletion_timestamp.is_some() {
        return;
    }
    let workload = pod.owner_references().first().map_or(name, |owner| owner.name.clone());
    // A Deployment's ReplicaSet has a hash at its end, which is another one in each run.
    let is_replica_set = pod.owner_references().first().is_some_and(|owner| owner.kind == "ReplicaSet");
    let workload = match workload.rsplit_once('-') {
        Some((deployment, _)) if is_replica_set => deployment.to_owned(),
        _ => workload,
    };
    let now = Timestamp::now();
    let seen = pods.entry(workload).or_default();
    let status = pod.status.clone().unwrap_or_default();
    let is = |type_: &str| status.conditions.iter().flatten().any(|one| one.type_ == type_ && one.status == "True");
    let containers = status.container_statuses.unwrap_or_default();
    let running = |one: &k8s_openapi::api::core::v1::ContainerStatus| {
        one.state.as_ref().is_some_and(|state| state.running.is_some())
    };
    let wanted = pod.spec.as_ref().map_or(0, |spec| spec.containers.len());
    if is("PodScheduled") {
        seen.scheduled.get_or_insert(now);
    }
    if wanted > 0 && containers.iter().filter(|one| running(one)).count() == wanted {
        seen.started.get_or_insert(now);
    }
    if is("Ready") {
        seen.ready.get_or_insert(now);
    }
}
