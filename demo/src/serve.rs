//! The demo in the background: makes everything step by step, and holds it until it is told to end.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use flagstaff_tests::hub::PASSWORD;
use flagstaff_tests::observed::flag::{self, Way};
use flagstaff_tests::observed::rules::Loaded;
use flagstaff_tests::observed::{self, Stores};
use flagstaff_tests::store::{Loki, Prometheus};
use flagstaff_tests::{Cluster, NodeCluster, NodeOptions, programs};
use k8s_openapi::jiff::Timestamp;
use kube::Client;
use tokio::signal::unix::{SignalKind, signal};

use crate::events::{Event, Teller};
use crate::figures::{self, thousands};
use crate::fleet::{self, Fleet};
use crate::folder::{self, State};

/// Runs the demo until SIGTERM; tells what failed where it does not come up.
pub async fn serve() -> Result<()> {
    let mut end = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
    let teller = Teller::new()?;
    let demo = tokio::select! {
        demo = Demo::start(&teller) => demo,
        _ = end.recv() => return Ok(()),
    };
    let mut demo = match demo {
        Ok(demo) => demo,
        Err(error) => {
            let hint = "make demo-stop, then make demo; the logs of each part are named above".to_owned();
            teller.tell(&Event::Failed { step: teller.current(), message: format!("{error:#}"), hint })?;
            return Err(error);
        }
    };
    teller.tell(&Event::Up { lines: demo.state.summary.clone() })?;
    loop {
        tokio::select! {
            _ = end.recv() => return Ok(()),
            () = tokio::time::sleep(Duration::from_secs(5)) => {
                if let Err(error) = demo.loaded.follow(&demo.client, &demo.stores.prometheus).await {
                    eprintln!("rules were not carried over: {error:#}");
                }
            }
        }
    }
}

/// Everything that runs. Dropping it ends all of it: stores before the cluster whose namespaces they are in.
struct Demo {
    client: Client,
    loaded: Loaded,
    stores: Stores,
    state: State,
    _fleet: Fleet,
    _cluster: NodeCluster,
}

impl Demo {
    async fn start(teller: &Teller) -> Result<Self> {
        let folder = folder::folder()?.join("cluster");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)
                .with_context(|| format!("remove what an earlier demo left in {}", folder.display()))?;
        }
        let options = NodeOptions { folder: Some(folder), ..NodeOptions::default() };
        let cluster = teller.step("a cluster with a real node", 20, NodeCluster::with(options)).await?;
        let client = cluster.client().await?;
        teller.step("images of the agents and of the operator", 25, observed::load_images(&cluster)).await?;
        let stores = teller.step("Prometheus, Alertmanager and Loki", 10, Stores::start(&cluster)).await?;
        let kubeconfig = cluster.kubeconfig().to_owned();
        teller.step("the operator, by Helm", 15, async { observed::install(&cluster) }).await?;
        let file = folder::folder()?.join("flag.yaml");
        std::fs::write(&file, stores.flag("")).context("write the flag")?;
        let follow = async {
            let (begun, way) = flag::apply(&client, &kubeconfig, &file).await?;
            let first = first_sample(&stores.prometheus, begun).await?;
            Ok((way, first))
        };
        let (way, first) = teller.step("the flag: agents, dashboards and rules", 40, follow).await?;
        let mut loaded = Loaded::default();
        let measured = async {
            loaded.follow(&client, &stores.prometheus).await?;
            settled(&stores.prometheus, &stores.loki).await
        };
        let count = fleet::wanted()?;
        let step = format!("hub, console and {count} clusters; figures after every target was scraped");
        let fleet = Fleet::start(&cluster, &client, &stores, count);
        let both = async { tokio::try_join!(measured, fleet) };
        let (measured, fleet) = teller.step(&step, 90 + 12 * u64::try_from(count)?, both).await?;
        let mut state = State {
            pid: std::process::id(),
            started: folder::start_time(std::process::id()).context("this process's start time")?,
            kubeconfig: kubeconfig.display().to_string(),
            kubectl_folder: programs::built("kubernetes", "kubectl")?
                .parent()
                .context("kubectl's folder")?
                .display()
                .to_string(),
            prometheus: stores.prometheus.url().to_owned(),
            loki: stores.loki.url().to_owned(),
            alertmanager: stores.alertmanager.url().to_owned(),
            console: fleet.console().to_owned(),
            hub_authority: fleet.authority().display().to_string(),
            email: fleet::EMAIL.to_owned(),
            password: PASSWORD.to_owned(),
            network: fleet.network().to_owned(),
            regions: fleet.regions(),
            meters: fleet.meters(),
            summary: vec![],
        };
        state.summary = summary(&way, first, &measured, &state, &fleet);
        folder::write(&state)?;
        Ok(Self { client, loaded, stores, state, _fleet: fleet, _cluster: cluster })
    }
}

/// Seconds from the flag to the first sample in the store.
async fn first_sample(prometheus: &Prometheus, begun: Timestamp) -> Result<f64> {
    let limit = Instant::now() + Duration::from_secs(120);
    while Instant::now() < limit {
        // The store says itself when the oldest sample of the cluster was taken.
        if let Ok(oldest) = prometheus.value("min(min_over_time(timestamp(up{cluster=\"demo\"})[5m:1s]))").await {
            return Ok((oldest - begun.as_millisecond() as f64 / 1000.0).max(0.0));
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    bail!("no sample reached Prometheus within 120 s of a ready flag")
}

/// Figures once every target was scraped: after more than one scrape interval, when nothing new has come for a while.
async fn settled(prometheus: &Prometheus, loki: &Loki) -> Result<figures::Figures> {
    let begun = Instant::now();
    let mut last = figures::ask(prometheus.url(), loki.url()).await?;
    while begun.elapsed() < Duration::from_secs(180) {
        tokio::time::sleep(Duration::from_secs(10)).await;
        let now = figures::ask(prometheus.url(), loki.url()).await?;
        let still = (now.series - last.series).abs() < 0.01 * now.series.max(1.0) && now.targets == last.targets;
        let scraped = begun.elapsed() > Duration::from_secs(75);
        last = now;
        if scraped && still && last.down == 0.0 && last.lines > 0.0 {
            break;
        }
    }
    Ok(last)
}

fn summary(way: &Way, first: f64, figures: &figures::Figures, state: &State, fleet: &Fleet) -> Vec<String> {
    vec![
        format!(
            "flag → objects applied {:.1} s → healthy {:.0} s → first sample {first:.0} s",
            way.applied, way.healthy
        ),
        format!(
            "1 cluster, {} objects, {} series, {} targets, {} down, {} rules, {} failing",
            way.objects,
            thousands(figures.series),
            figures.targets,
            figures.down,
            figures.rules,
            figures.failing
        ),
        format!(
            "{} clusters in the hub, {} healthy; on all but `demo` the nodes are simulated and a generator sends the samples",
            fleet.healthy.0, fleet.healthy.1
        ),
        format!("{} active series in {} meters, most of them generated and in no store", thousands(fleet.series), state.meters.len()),
        format!("Console     {}   sign in: {} / {}", state.console, state.email, state.password),
        figures::addresses(state),
        "Try: kubectl delete clusterobservability cluster · make demo-outage · make demo-flood · make demo-status · make demo-stop"
            .to_owned(),
    ]
}
