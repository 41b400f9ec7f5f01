//! Row: memory and idle CPU among thousands of foreign ConfigMaps and Secrets, beside a controller-runtime program.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use flagstaff_tests::flag::{Flag, SOON, ready_spec};
use flagstaff_tests::protocol::Part;
use flagstaff_tests::{ControlPlaneOptions, FakeCluster, FakeOptions, Lease, Operator, User, http, ports, programs};
use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::Api;
use kube::api::{ObjectMeta, PostParams};
use rand::distr::{Alphanumeric, SampleString};

use super::{Aim, Chapter, Headline};
use crate::audit::Audit;
use crate::process::{self, Usage};
use crate::progress::step;
use crate::record::{Recorder, Results};
use crate::report::format;
use crate::settled::settle;

/// The row's name.
pub const NAME: &str = "memory";
/// What each of the foreign objects holds.
const BYTES: usize = 10_000;
const NAMESPACES: usize = 20;
/// Started programs are left alone for this long before they are looked at.
const SETTLE: Duration = Duration::from_secs(10);
const GRACE: Duration = Duration::from_secs(10);

const OPERATOR: &str = "operator: resident memory";
const DEFAULT: &str = "peer, default caches: resident memory";
const METADATA: &str = "peer, metadata-only caches: resident memory";
const SELECTED: &str = "peer, metadata of its own label only: resident memory";

/// How it is measured.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How often every program is started anew
    #[arg(long, default_value_t = 5)]
    pub runs: usize,
    /// How long an idle stretch is
    #[arg(long, default_value_t = 30)]
    pub idle_seconds: u64,
    /// How many ConfigMaps, and as many Secrets
    #[arg(long, default_value_t = 2000)]
    pub objects: usize,
}

/// What the report says of it.
pub fn chapter() -> Chapter {
    Chapter {
        row: NAME,
        title: "Memory and idle CPU among 2,000 foreign ConfigMaps and 2,000 foreign Secrets",
        about: "A cluster with three simulated nodes, the flag raised and settled, and 2,000 ConfigMaps and 2,000 Secrets of 10 KB of \
                somebody else. In each run the operator and the peer are started anew, with leader election, on the same API server at \
                the same time, left alone for ten seconds, and then watched for an idle stretch (30 seconds unless the command says \
                otherwise; the operator looks at everything again every 30 seconds). The peer is a small program on controller-runtime that \
                owns the kinds the operator owns; it applies nothing, so it does less. It runs with default caches, with metadata-only \
                caches, and with metadata-only caches of its own label, which few programs have. Memory is read at the end of the stretch: \
                resident, which is what a container is charged with; proportional, where the pages of the program that the three peers share \
                count a third for each; anonymous, which is heap and stacks. Megabytes are 10⁶ bytes. Simulated nodes run no agent, so what the \
                operator writes once its agents have taken their configuration is written for it: it is at rest.",
        aims: vec![
            Aim::at_most("the lean peer: metadata-only caches", OPERATOR, METADATA, 1.0 / 3.0),
            Aim::at_most("the peer with default caches", OPERATOR, DEFAULT, 1.0 / 3.0),
            Aim::at_most("the leanest peer: metadata of its own label only", OPERATOR, SELECTED, 1.0 / 3.0),
        ],
        headlines: vec![Headline {
            work: "Operator's memory among 2,000 foreign ConfigMaps and 2,000 Secrets",
            text: headline,
        }],
        context: vec![],
    }
}

fn headline(results: &Results) -> Option<String> {
    let ours = results.median(OPERATOR)?;
    let metadata = results.median(METADATA)?;
    Some(format!(
        "{}, {:.2} × a controller-runtime program with metadata-only caches ({}); with default caches that takes {}",
        format::value(ours, "MB"),
        ours / metadata,
        format::value(metadata, "MB"),
        format::value(results.median(DEFAULT)?, "MB")
    ))
}

/// Measures it.
pub async fn measure(options: &Options) -> Result<()> {
    let mut recorder = Recorder::begin(NAME)?;
    let audit = Audit::new()?;
    let plane = ControlPlaneOptions { apiserver_args: audit.args(), ..ControlPlaneOptions::default() };
    let fake = FakeOptions { control_plane: plane, ..FakeOptions::default() };
    let cluster = step("a cluster with three simulated nodes", 20, FakeCluster::with(fake)).await?;
    let flag = Flag::install(&cluster).await?;
    let mut programs = vec![];
    for (name, caches) in [
        ("operator", None),
        ("peer, default caches", Some("default")),
        ("peer, metadata-only caches", Some("metadata")),
        ("peer, metadata of its own label only", Some("selected")),
    ] {
        let user = cluster.control_plane().user(name, Some("system:masters")).await?;
        programs.push(Program { name, caches, user });
    }
    step("the flag raised and settled", 15, async {
        let operator = programs[0].start().await?;
        flag.raise(ready_spec()).await?;
        settle(&flag, SOON).await?;
        // Killed, its leadership would first have to run out before the next one begins its work.
        operator.stop()
    })
    .await?;
    let bench = Bench { programs, audit, idle: Duration::from_secs(options.idle_seconds) };
    step("the operator before there is anything foreign", 12, bench.alone(&mut recorder)).await?;
    step("foreign ConfigMaps and Secrets", 40, fill(&flag, options.objects)).await?;
    for run in 1..=options.runs {
        let name = format!("run {run} of {}", options.runs);
        step(&name, options.idle_seconds + 16, bench.run(run, &mut recorder)).await?;
    }
    recorder.finish()
}

async fn fill(flag: &Flag, count: usize) -> Result<()> {
    for number in 0..NAMESPACES {
        flag.create_namespace(&format!("foreign-{number}")).await?;
    }
    stream::iter(0..count)
        .map(|number| async move {
            let namespace = format!("foreign-{}", number % NAMESPACES);
            let text = Alphanumeric.sample_string(&mut rand::rng(), BYTES);
            let metadata = ObjectMeta { name: Some(format!("object-{number}")), ..ObjectMeta::default() };
            let secret = Secret {
                metadata: metadata.clone(),
                data: Some([("value".to_owned(), ByteString(text.clone().into_bytes()))].into()),
                ..Secret::default()
            };
            let map = ConfigMap { metadata, data: Some([("value".to_owned(), text)].into()), ..ConfigMap::default() };
            let new = PostParams::default();
            let maps: Api<ConfigMap> = Api::namespaced(flag.client.clone(), &namespace);
            let secrets: Api<Secret> = Api::namespaced(flag.client.clone(), &namespace);
            maps.create(&new, &map).await.context("make a ConfigMap")?;
            secrets.create(&new, &secret).await.context("make a Secret").map(drop)
        })
        .buffer_unordered(16)
        .try_collect::<Vec<()>>()
        .await
        .map(drop)
}

struct Bench {
    programs: Vec<Program>,
    audit: Audit,
    idle: Duration,
}

impl Bench {
    async fn alone(&self, recorder: &mut Recorder) -> Result<()> {
        let program = &self.programs[0];
        let running = program.start().await?;
        process::idle(SETTLE).await;
        let usage = Usage::of(running.pid()?)?;
        recorder.add(1, "operator, before there is anything foreign: resident memory", "MB", usage.resident)?;
        running.stop()
    }

    async fn run(&self, run: usize, recorder: &mut Recorder) -> Result<()> {
        let running: Vec<Running> = stream::iter(&self.programs).then(Program::start).try_collect().await?;
        process::idle(SETTLE).await;
        let before: Vec<Usage> = running.iter().map(|one| Usage::of(one.pid()?)).collect::<Result<_>>()?;
        let mark = self.audit.mark();
        process::idle(self.idle).await;
        let events = self.audit.since(mark)?;
        for ((program, running), before) in self.programs.iter().zip(&running).zip(before) {
            let (name, usage) = (program.name, Usage::of(running.pid()?)?);
            let mut add =
                |what: &str, unit: &str, value: f64| recorder.add(run, &format!("{name}: {what}"), unit, value);
            add("resident memory", "MB", usage.resident)?;
            add("proportional memory", "MB", usage.proportional)?;
            add("anonymous memory", "MB", usage.anonymous)?;
            add("largest resident memory since its start", "MB", usage.peak)?;
            if let Some(heap) = running.go_heap().await? {
                add("heap in use, as Go says", "MB", heap)?;
            }
            let minute = 60.0 / self.idle.as_secs_f64();
            add("processor time in an idle minute", "s", (usage.cpu_seconds - before.cpu_seconds) * minute)?;
            let requests = events.iter().filter(|event| event.user.username == name).count();
            add("requests in an idle minute", "", requests as f64 * minute)?;
        }
        running.iter().try_for_each(Running::stop)
    }
}

/// One of the programs that are compared.
struct Program {
    name: &'static str,
    /// The peer's caches; none: the operator.
    caches: Option<&'static str>,
    user: User,
}

enum Running {
    Operator(Operator),
    Peer { lease: Arc<Lease>, metrics: String },
}

const PEER: &str = "controller-runtime-peer";

impl Program {
    async fn start(&self) -> Result<Running> {
        let Some(caches) = self.caches else {
            return Ok(Running::Operator(Operator::start(self.user.kubeconfig(), &[], &[]).await?));
        };
        let lease = Lease::new()?;
        let (metrics, health) = (format!("127.0.0.1:{}", ports::free()?), format!("127.0.0.1:{}", ports::free()?));
        let part = Part::new(PEER, programs::built("controller-runtime", PEER)?)
            .flag("kubeconfig", self.user.kubeconfig().display())
            .flag("caches", caches)
            .flag("metrics", &metrics)
            .flag("health", &health);
        lease.start(part)?;
        lease
            .ready(PEER, Duration::from_secs(60), async || {
                let answer =
                    http::client()?.get(format!("http://{health}/readyz")).send().await.context("ask the peer")?;
                if answer.status().is_success() { Ok(()) } else { bail!("the peer says {}", answer.status()) }
            })
            .await?;
        Ok(Running::Peer { lease, metrics })
    }
}

impl Running {
    fn pid(&self) -> Result<i32> {
        match self {
            Self::Operator(operator) => operator.pid().context("the operator has ended"),
            Self::Peer { lease, .. } => lease.pid_of(PEER).context("the peer has ended"),
        }
    }

    /// SIGTERM: each gives its leadership back, so that the next start need not wait for it.
    fn stop(&self) -> Result<()> {
        match self {
            Self::Operator(operator) => operator.stop(),
            Self::Peer { lease, .. } => lease.stop(PEER, GRACE),
        }
    }

    /// The heap that Go has in use, in megabytes.
    async fn go_heap(&self) -> Result<Option<f64>> {
        let Self::Peer { metrics, .. } = self else { return Ok(None) };
        let answer = http::client()?.get(format!("http://{metrics}/metrics")).send().await.context("ask the peer")?;
        let text = answer.text().await.context("read the peer's metrics")?;
        let line = text.lines().find_map(|line| line.strip_prefix("go_memstats_heap_inuse_bytes "));
        Ok(Some(line.context("the peer tells no heap")?.trim().parse::<f64>().context("a number")? / 1e6))
    }
}
