//! `make soak`: hours of random faults by a seed; after each one everything is as it was before, and memory does not grow.

mod fault;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::ready_spec;
use flagstaff_tests::{FakeCluster, Operator, eventually, programs};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;

use super::Chapter;
use crate::process::{self, Usage};
use crate::progress::step;
use crate::record::{Recorder, Results};
use crate::report;
use crate::scene::Scene;
use crate::statistics::slope_within;
use fault::{Fault, Faults};

/// The row's name.
pub const NAME: &str = "soak";
/// Everything is as it was again within this, also after the operator's leadership has run out.
const LIMIT: Duration = Duration::from_secs(180);
/// A process that was just started still grows: its first minute is no growth.
const WARM: Duration = Duration::from_secs(60);

/// How long and by which seed.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How long
    #[arg(long, env = "SOAK_MINUTES", default_value_t = 60)]
    pub minutes: u64,
    /// The seed of all chance; the same seed breaks the same things in the same order
    #[arg(long, env = "SOAK_SEED", default_value_t = 1)]
    pub seed: u64,
}

/// What the report says of it.
pub fn chapter() -> Chapter {
    Chapter {
        row: NAME,
        title: "Soak: random faults, the same objects after each",
        about: "A real control plane with three simulated nodes, the flag raised, teams' flags beside it, fifty objects. By a seed, one thing \
                after the other is broken: the operator killed (SIGKILL) and started again, the API server killed and started again, an object \
                changed or deleted by hand, the flag switched off and on. After each one it is waited for until every object is, field for \
                field, what it was at the beginning, nothing else is there, and the flag is healthy; the time of that is measured, and one that \
                takes longer than three minutes ends the soak as failed. A killed operator's leadership has to run out \
                before the next one acts, some 15 seconds: a kill breaks nothing by itself, and it is the fault after it that waits for that. No object is changed by hand twice within eleven minutes, because the operator then rightly leaves it \
                alone. Growth is the slope of a line through all readings of one process's resident memory after its first minute, common to \
                all of the operator's lives.",
        aims: vec![],
        headlines: vec![],
        context: vec![],
    }
}

/// Soaks, and writes bench/SOAK.md.
pub async fn measure(options: &Options) -> Result<()> {
    let mut recorder = Recorder::begin(NAME)?;
    println!("soaking for {} minutes with seed {}", options.minutes, options.seed);
    let mut soak = step("a cluster with three simulated nodes, the flag healthy", 20, Soak::begin()).await?;
    recorder.add(1, "objects", "", soak.expected.len() as f64)?;
    recorder.add(1, "seed", "", options.seed as f64)?;
    let end = Instant::now() + Duration::from_secs(options.minutes * 60);
    let mut chance = StdRng::seed_from_u64(options.seed);
    let mut number = 0;
    while Instant::now() < end {
        number += 1;
        let fault = soak.faults.choose(&mut chance, &soak.manifests);
        let name = format!("{number}: {fault}");
        let seconds = step(&name, fault.expected_seconds(), soak.survive(&fault)).await?;
        recorder.add(number, &format!("{}: until all is as it was", fault.kind()), "s", seconds)?;
        soak.read_memory(number, &mut recorder)?;
        process::idle(Duration::from_millis(chance.random_range(500..5000))).await;
    }
    soak.tell_growth(&mut recorder)?;
    recorder.add(1, "faults survived", "", number as f64)?;
    recorder.finish()?;
    write()
}

/// Writes bench/SOAK.md from the raw results, if a soak has come to its end yet.
pub fn write() -> Result<()> {
    let Some(results) = Results::read(NAME)? else { return Ok(()) };
    let path = programs::repository().join("bench/SOAK.md");
    std::fs::write(&path, report::alone(&chapter(), &results)).with_context(|| format!("write {}", path.display()))?;
    println!("written: {}", path.display());
    Ok(())
}

struct Soak {
    cluster: FakeCluster,
    scene: Scene,
    operator: Operator,
    manifests: Vec<Value>,
    /// Every object, field for field.
    expected: BTreeMap<String, Value>,
    faults: Faults,
    begun: Instant,
    life_begun: Instant,
    /// How often a part of the control plane had ended by itself.
    mended: Cell<usize>,
    /// For each life of the operator: seconds since the beginning, and megabytes.
    lives: Vec<Vec<(f64, f64)>>,
}

impl Soak {
    async fn begin() -> Result<Self> {
        let cluster = FakeCluster::lease().await?;
        let scene = Scene::install(&cluster).await?;
        // Simulated nodes run no agent that could say how it took its configuration: it is not waited for.
        let kubeconfig = flagstaff_tests::Cluster::kubeconfig(&cluster);
        let operator = Operator::start(kubeconfig, &["--health-seconds=3"], &[]).await?;
        let (_, manifests) = scene.fifty().await?;
        scene.flag.wait_until_ready().await?;
        let expected = as_it_is(&scene).await?;
        ensure!(expected.len() == manifests.len(), "{} objects, {} applied", expected.len(), manifests.len());
        let (begun, life_begun) = (Instant::now(), Instant::now());
        let (faults, mended, lives) = (Faults::default(), Cell::new(0), vec![vec![]]);
        Ok(Self { cluster, scene, operator, manifests, expected, faults, begun, life_begun, mended, lives })
    }

    /// Breaks something and waits until all is as it was; seconds from when the fault was over.
    async fn survive(&mut self, fault: &Fault) -> Result<f64> {
        match fault {
            Fault::KillOperator => {
                self.operator.kill()?;
                self.operator.start_again().await?;
                self.life_begun = Instant::now();
                self.lives.push(vec![]);
            }
            Fault::RestartApiServer => {
                self.cluster.control_plane().kill_apiserver()?;
                self.cluster.control_plane().start_apiserver().await?;
            }
            Fault::Change { object, patch } => self.scene.patch(&self.manifests[*object], patch).await?,
            Fault::Delete { object } => self.scene.delete(&self.manifests[*object]).await?,
            Fault::OffAndOn => {
                let mut off = ready_spec();
                off["enabled"] = false.into();
                self.scene.flag.raise(off).await?;
                self.scene.flag.wait_for("Ready", "Disabled").await?;
                self.scene.flag.raise(ready_spec()).await?;
            }
        }
        let over = Instant::now();
        eventually(LIMIT, format!("all as it was after: {fault}"), async || {
            self.mend()?;
            let found = as_it_is(&self.scene).await?;
            check(found == self.expected, differences(&self.expected, &found))?;
            let conditions = self.scene.flag.conditions_now().await?;
            let ready = conditions.get("Ready").context("no condition Ready")?;
            check(ready.reason == "Healthy", ready)
        })
        .await?;
        Ok(over.elapsed().as_secs_f64())
    }

    /// Starts again what has ended by itself, as the kubelet of a control plane does: a scheduler ends itself when the API server
    /// was killed between two of its writes.
    fn mend(&self) -> Result<()> {
        let parts = self.cluster.control_plane().processes();
        for part in ["kube-scheduler", "kube-controller-manager", "kwok"] {
            if parts.exited(part).is_some() {
                parts.start_again(part)?;
                self.mended.set(self.mended.get() + 1);
            }
        }
        Ok(())
    }

    fn read_memory(&mut self, number: usize, recorder: &mut Recorder) -> Result<()> {
        if let Some(status) = self.operator.exited() {
            anyhow::bail!("the operator has ended by itself: {status}");
        }
        let usage = Usage::of(self.operator.pid().context("the operator's process")?)?;
        recorder.add(number, "operator: resident memory after each fault", "MB", usage.resident)?;
        recorder.add(number, "operator: anonymous memory after each fault", "MB", usage.anonymous)?;
        if self.life_begun.elapsed() > WARM
            && let Some(life) = self.lives.last_mut()
        {
            life.push((self.begun.elapsed().as_secs_f64(), usage.resident));
        }
        Ok(())
    }

    fn tell_growth(&self, recorder: &mut Recorder) -> Result<()> {
        recorder.add(
            1,
            "scheduler, controllers or simulated nodes started again, having ended by themselves",
            "",
            self.mended.get() as f64,
        )?;
        recorder.add(1, "lives of the operator", "", self.lives.len() as f64)?;
        for (number, life) in self.lives.iter().enumerate() {
            if let (Some(first), Some(last)) = (life.first(), life.last()) {
                recorder.add(number + 1, "operator: a life after its first minute", "s", last.0 - first.0)?;
                recorder.add(number + 1, "operator: growth over such a life", "MB", last.1 - first.1)?;
            }
        }
        if let Some(slope) = slope_within(&self.lives) {
            recorder.add(1, "operator: growth (slope)", "MB/h", slope * 3600.0)?;
        }
        Ok(())
    }
}

/// Every object, field for field, without the number of its roll-outs that Kubernetes itself keeps on a Deployment.
async fn as_it_is(scene: &Scene) -> Result<BTreeMap<String, Value>> {
    let mut objects = scene.flag.canonical().await?;
    for object in objects.values_mut() {
        let metadata = &mut object["metadata"];
        let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) else { continue };
        annotations.remove("deployment.kubernetes.io/revision");
        if annotations.is_empty()
            && let Some(metadata) = metadata.as_object_mut()
        {
            metadata.remove("annotations");
        }
    }
    Ok(objects)
}

/// Names of objects that are missing, too many, or other than they should be.
fn differences(expected: &BTreeMap<String, Value>, found: &BTreeMap<String, Value>) -> Vec<String> {
    let missing = expected.keys().filter(|name| !found.contains_key(*name)).map(|name| format!("missing: {name}"));
    let other = found.iter().filter_map(|(name, value)| match expected.get(name) {
        None => Some(format!("too many: {name}")),
        Some(wanted) if wanted != value => Some(format!("other than it was: {name}")),
        Some(_) => None,
    });
    missing.chain(other).collect()
}
