//! Row: the operator in a cluster of hundreds of nodes and thousands of pods: memory, idle CPU, requests, bytes.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{Flag, ready_spec};
use flagstaff_tests::{ControlPlaneOptions, FakeCluster, FakeOptions, Operator, eventually};
use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::Timestamp;
use kube::Api;
use kube::api::{ListParams, PostParams};
use serde_json::json;

use super::{Chapter, Headline};
use crate::audit::Audit;
use crate::process::{self, Usage};
use crate::progress::step;
use crate::record::{Recorder, Results};
use crate::report::format;
use crate::settled::settle;
use crate::wire::Wire;

/// The row's name.
pub const NAME: &str = "nodes";
const NAMESPACES: usize = 50;
const LIMIT: Duration = Duration::from_secs(600);

const MEMORY: &str = "operator: resident memory";
const REQUESTS: &str = "operator: requests to the API server";
const RECEIVED: &str = "operator: received from the API server";
const CPU: &str = "operator: processor time in an idle minute";
const NODES: &str = "nodes";
const PODS: &str = "pods of others";

/// How it is measured.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How many idle stretches are watched
    #[arg(long, default_value_t = 5)]
    pub runs: usize,
    /// How long an idle stretch is
    #[arg(long, default_value_t = 30)]
    pub idle_seconds: u64,
    /// How many simulated nodes
    #[arg(long, default_value_t = 500)]
    pub nodes: usize,
    /// How many pods on them
    #[arg(long, default_value_t = 15_000)]
    pub pods: usize,
}

/// What the report says of it.
pub fn chapter() -> Chapter {
    Chapter {
        row: NAME,
        title: "500 nodes and 15,000 pods",
        about: "A real control plane with simulated nodes (kwok) and as many pods, all running. The operator is started with leader election, \
                the flag raised, and everything waited for until the flag is healthy: two DaemonSets put a pod on every node, so that the \
                time to healthy is that of Kubernetes' own controllers. Then it is watched for idle stretches one after the other (30 seconds \
                unless the command says otherwise), nothing changing but the nodes' heartbeats. Requests are counted in the API server's \
                audit log by user, watches that are begun included; bytes on the operator's own connections, as they are on the wire: TLS, \
                compressed. Simulated nodes run no agent, so what the operator writes once its agents have taken their configuration is written \
                for it: it is at rest. It looks at what it applied every 30 seconds and surveys the cluster every 60, so the stretches \
                differ.",
        aims: vec![],
        headlines: vec![Headline { work: "Operator in a large cluster, idle", text: headline }],
        context: vec![],
    }
}

fn headline(results: &Results) -> Option<String> {
    Some(format!(
        "{} with {} nodes and {} pods; {} requests and {} of answers a second",
        format::value(results.median(MEMORY)?, "MB"),
        results.median(NODES)?,
        format::thousands(results.median(PODS)?),
        format::value(results.median(REQUESTS)?, "/s").replace(" /s", ""),
        format::value(results.median(RECEIVED)?, "KB/s").replace("/s", "")
    ))
}

/// Measures it.
pub async fn measure(options: &Options) -> Result<()> {
    let mut recorder = Recorder::begin(NAME)?;
    let audit = Audit::new()?;
    let plane = ControlPlaneOptions { apiserver_args: audit.args(), ..ControlPlaneOptions::default() };
    let fake = FakeOptions { control_plane: plane, nodes: 0, ..FakeOptions::default() };
    let cluster = step("a control plane", 10, FakeCluster::with(fake)).await?;
    let flag = Flag::install(&cluster).await?;
    step("simulated nodes", 20, async {
        for first in (0..options.nodes).step_by(100) {
            cluster.add_nodes(first..(first + 100).min(options.nodes)).await?;
        }
        Ok(())
    })
    .await?;
    step("pods on them", 120, add_pods(&flag, options.nodes, options.pods)).await?;
    recorder.add(1, NODES, "", options.nodes as f64)?;
    recorder.add(1, PODS, "", options.pods as f64)?;

    let user = cluster.control_plane().user("operator", Some("system:masters")).await?;
    let folder = tempfile::tempdir().context("make a folder")?;
    let kubeconfig = folder.path().join("kubeconfig");
    let wire = Wire::to_server_of(user.kubeconfig(), &kubeconfig).await?;
    let operator = Operator::start(&kubeconfig, &[], &[]).await?;
    let pid = operator.pid().context("the operator's process")?;
    let (applied, ready) = step("the flag raised and healthy on every node", 25, async {
        let begun = Timestamp::now();
        flag.raise(ready_spec()).await?;
        settle(&flag, LIMIT).await?;
        let ready = Timestamp::now().duration_since(begun);
        let status = flag.get().await?.status.context("a status")?;
        let applied: Timestamp = status.reached.get("applied").context("no time of applying")?.parse()?;
        Ok((applied.duration_since(begun).as_secs_f64(), ready.as_secs_f64()))
    })
    .await?;
    recorder.add(1, "flag → objects applied", "s", applied)?;
    recorder.add(1, "flag → healthy on every node", "s", ready)?;
    for run in 1..=options.runs {
        let name = format!("idle stretch {run} of {}", options.runs);
        let stretch = Duration::from_secs(options.idle_seconds);
        step(&name, options.idle_seconds, watch(run, stretch, pid, &audit, &wire, &mut recorder)).await?;
    }
    recorder.finish()
}

async fn watch(
    run: usize,
    stretch: Duration,
    pid: i32,
    audit: &Audit,
    wire: &Wire,
    recorder: &mut Recorder,
) -> Result<()> {
    let (before, mark) = (Usage::of(pid)?, audit.mark());
    let (received, sent) = (wire.received(), wire.sent());
    process::idle(stretch).await;
    let seconds = stretch.as_secs_f64();
    let (after, events) = (Usage::of(pid)?, audit.since(mark)?);
    let ours: Vec<_> = events.iter().filter(|event| event.user.username == "operator").collect();
    recorder.add(run, MEMORY, "MB", after.resident)?;
    recorder.add(run, "operator: anonymous memory", "MB", after.anonymous)?;
    recorder.add(run, "operator: largest resident memory since its start", "MB", after.peak)?;
    recorder.add(run, CPU, "s", (after.cpu_seconds - before.cpu_seconds) * 60.0 / seconds)?;
    recorder.add(run, REQUESTS, "/s", ours.len() as f64 / seconds)?;
    let mut verbs: BTreeMap<&str, usize> = ["get", "list", "watch", "patch", "update"].map(|verb| (verb, 0)).into();
    for event in &ours {
        *verbs.entry(event.verb.as_str()).or_default() += 1;
    }
    for (verb, count) in verbs {
        recorder.add(run, &format!("operator: of these {verb}"), "/s", count as f64 / seconds)?;
    }
    recorder.add(run, RECEIVED, "KB/s", (wire.received() - received) as f64 / 1000.0 / seconds)?;
    recorder.add(run, "operator: sent to the API server", "KB/s", (wire.sent() - sent) as f64 / 1000.0 / seconds)?;
    recorder.add(run, "requests of everybody", "/s", events.len() as f64 / seconds)
}

/// Pods that are bound to their nodes already, so that the scheduler's pace is not waited for.
async fn add_pods(flag: &Flag, nodes: usize, count: usize) -> Result<()> {
    for number in 0..NAMESPACES {
        flag.create_namespace(&format!("shop-{number}")).await?;
    }
    stream::iter(0..count)
        .map(|number| async move {
            let pod = json!({
                "metadata": {
                    "name": format!("web-{number}"),
                    "labels": {"app.kubernetes.io/name": "web", "app.kubernetes.io/instance": format!("web-{}", number % 500)},
                },
                "spec": {
                    "nodeName": format!("fake-{}", number % nodes),
                    "containers": [{
                        "name": "web", "image": "example.test/web:1", "ports": [{"name": "metrics", "containerPort": 8080}],
                        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
                    }],
                },
            });
            let pod: Pod = serde_json::from_value(pod).context("write a pod")?;
            let pods: Api<Pod> = Api::namespaced(flag.client.clone(), &format!("shop-{}", number % NAMESPACES));
            // A namespace's first service account may be a moment late.
            eventually(Duration::from_secs(60), "a pod is taken", async || {
                match pods.create(&PostParams::default(), &pod).await {
                    Err(kube::Error::Api(status)) if status.code == 409 => Ok(()),
                    other => other.map(drop),
                }
            })
            .await
        })
        .buffer_unordered(16)
        .try_collect::<Vec<()>>()
        .await?;
    let pods: Api<Pod> = Api::all(flag.client.clone());
    eventually(LIMIT, "all pods run", async || {
        let pending = pods.list_metadata(&ListParams::default().fields("status.phase=Pending").limit(1)).await?;
        check(pending.items.is_empty(), pending.metadata.remaining_item_count)
    })
    .await
}
