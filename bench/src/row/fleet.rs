//! Row: many control planes at once, each with its operator, from raised flags to fifty objects on each.

use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, ensure};
use clap::Args;
use flagstaff_tests::flag::ready_spec;
use flagstaff_tests::{Cluster, ControlPlane, ControlPlaneOptions, Etcd, Operator};
use futures::{StreamExt, TryStreamExt, future, stream};
use k8s_openapi::jiff::Timestamp;
use serde_json::Value;

use super::{Chapter, Headline};
use crate::process::{Usage, available_megabytes, machine_cpu_seconds};
use crate::progress::step;
use crate::record::{Recorder, Results};
use crate::report::format;
use crate::scene::{OBJECTS, Scene};

/// The row's name.
pub const NAME: &str = "fleet";
/// One API server with its operator takes this much, in megabytes, with something to spare.
const EACH_MEGABYTES: f64 = 350.0;
const LIMIT: Duration = Duration::from_secs(300);

const ALL: &str = "all flags raised → everything applied on the last cluster";
const ONE: &str = "the same for one cluster among them";
const CLUSTERS: &str = "control planes";

/// How it is measured.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How often all flags are raised
    #[arg(long, default_value_t = 5)]
    pub runs: usize,
    /// How many control planes
    #[arg(long, default_value_t = 24)]
    pub clusters: usize,
}

/// What the report says of it.
pub fn chapter() -> Chapter {
    Chapter {
        row: NAME,
        title: "Many control planes × 50 objects",
        about: "So many real API servers on one etcd, each with its own operator, all on this one machine. All flags are raised at the \
                same moment; the clock stops when the last operator's status says that everything is applied. The control planes have no \
                nodes and no controllers, so no workload starts: this is the time to objects, not to running agents. Between the runs every \
                object is removed. All of it shares the machine's cores, so that the figure is bound by the API servers' processor time \
                (the row below it).",
        aims: vec![],
        headlines: vec![Headline { work: "Many control planes × 50 objects, all at once", text: headline }],
        context: vec![
            "Rancher Fleet, 50 bundles on each of 50 clusters: 49 s from the GitRepo's creation to all bundles ready, in a run that its \
             developers published (github.com/rancher/fleet, in the thread 'Some bundle deployments are not deployed / do not contain status \
             release when running many clusters', comment of 2026-02-27, an image of 0.15.0). Other hardware, other work (a bundle is a Helm \
             release, fetched from Git and sent from a central cluster), other count: context, not a comparison.",
        ],
    }
}

fn headline(results: &Results) -> Option<String> {
    let clusters = results.median(CLUSTERS)?;
    Some(format!("{} for {clusters} clusters on one machine", format::value(results.median(ALL)?, "s")))
}

struct Member {
    cluster: ControlPlane,
    scene: Scene,
    operator: Operator,
}

/// Measures it.
pub async fn measure(options: &Options) -> Result<()> {
    let free = available_megabytes()?;
    let needed = options.clusters as f64 * EACH_MEGABYTES;
    ensure!(
        free > needed + 1500.0,
        "{free:.0} MB of memory are free and {} control planes take {needed:.0}: end something, or give --clusters",
        options.clusters
    );
    let mut recorder = Recorder::begin(NAME)?;
    let etcd = step("etcd", 2, Etcd::shared_by_many()).await?;
    let (members, manifests) =
        step("control planes with their operators", 60, prepare(&etcd, options.clusters)).await?;
    recorder.add(1, CLUSTERS, "", members.len() as f64)?;
    for run in 1..=options.runs {
        let name = format!("run {run} of {}", options.runs);
        step(&name, 15, one(run, &members, &manifests, &mut recorder)).await?;
    }
    recorder.finish()
}

async fn prepare(etcd: &std::sync::Arc<Etcd>, count: usize) -> Result<(Vec<Member>, Vec<Value>)> {
    let first = member(etcd.clone()).await?;
    let (teams, manifests) = first.scene.fifty().await?;
    let others: Vec<Member> = stream::iter(1..count)
        .map(|_| async {
            let member = member(etcd.clone()).await?;
            member.scene.add_teams(teams).await?;
            anyhow::Ok(member)
        })
        .buffer_unordered(3)
        .try_collect()
        .await?;
    let mut members = vec![first];
    members.extend(others);
    Ok((members, manifests))
}

async fn member(etcd: std::sync::Arc<Etcd>) -> Result<Member> {
    let options = ControlPlaneOptions { controllers: false, etcd: Some(etcd), ..ControlPlaneOptions::default() };
    let cluster = ControlPlane::with(options).await?;
    let scene = Scene::install(&cluster).await?;
    let operator = Operator::start(cluster.kubeconfig(), &["--no-election"], &[]).await?;
    Ok(Member { cluster, scene, operator })
}

async fn one(run: usize, members: &[Member], manifests: &[Value], recorder: &mut Recorder) -> Result<()> {
    stream::iter(members)
        .map(|member| member.scene.clear(manifests))
        .buffer_unordered(4)
        .try_collect::<Vec<()>>()
        .await
        .context("clear")?;
    let used = Used::now(members)?;
    let begun = Timestamp::try_from(SystemTime::now()).context("a time")?;
    future::try_join_all(members.iter().map(|member| member.scene.flag.raise(ready_spec()))).await?;
    // One after the other: those that wait for their turn are not asked, and the answer holds the operator's own time.
    let mut times = vec![];
    for member in members {
        let (at, count) = member.scene.applied(LIMIT).await?;
        ensure!(count >= OBJECTS, "{count} objects");
        times.push(at.duration_since(begun).as_secs_f64());
    }
    let used = Used::now(members)?.since(used);
    recorder.add(run, ALL, "s", times.iter().copied().fold(0.0, f64::max))?;
    for time in times {
        recorder.add(run, ONE, "s", time)?;
    }
    recorder.add(run, "processor time of all API servers meanwhile", "s", used.servers)?;
    recorder.add(run, "processor time of all operators meanwhile", "s", used.operators)?;
    recorder.add(run, "processor time of everything on the machine meanwhile", "s", used.machine)?;
    for member in members {
        let usage = Usage::of(member.operator.pid().context("an operator has ended")?)?;
        recorder.add(run, "proportional memory of one operator", "MB", usage.proportional)?;
        recorder.add(run, "resident memory of one operator", "MB", usage.resident)?;
    }
    Ok(())
}

/// Processor time in seconds.
struct Used {
    servers: f64,
    operators: f64,
    machine: f64,
}

impl Used {
    fn now(members: &[Member]) -> Result<Self> {
        let mut used = Self { servers: 0.0, operators: 0.0, machine: machine_cpu_seconds()? };
        for member in members {
            let server = member.cluster.processes().pid_of("kube-apiserver").context("an API server has ended")?;
            used.servers += Usage::of(server)?.cpu_seconds;
            used.operators += Usage::of(member.operator.pid().context("an operator has ended")?)?.cpu_seconds;
        }
        Ok(used)
    }

    fn since(self, before: Self) -> Self {
        Self {
            servers: self.servers - before.servers,
            operators: self.operators - before.operators,
            machine: self.machine - before.machine,
        }
    }
}
