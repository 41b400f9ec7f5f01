//! Wires the operator: client, telemetry, election, controller; and ends them in order.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use k8s_openapi::jiff::SignedDuration;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::runtime::events::{Recorder, Reporter};
use kube::{Client, Config};
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

use crate::context::Context;
use crate::leader::{Clock, Election, LEASE, Timing, identity};
use crate::live::Live;
use crate::settings::Settings;
use crate::{controller, hub, scale, telemetry};

/// A pass that takes longer than this has hung.
const STUCK: Duration = Duration::from_secs(600);

/// Runs until SIGTERM or SIGINT.
///
/// # Errors
/// When the cluster cannot be reached at all, the address cannot be listened on, or leadership was lost.
pub async fn run(settings: Settings) -> anyhow::Result<()> {
    telemetry::init(settings.log_format, &settings.log)?;
    let stop = CancellationToken::new();
    stop_on_signals(stop.clone())?;
    let mut registry = Registry::default();
    let metrics = telemetry::Metrics::register(&mut registry);
    let progress = telemetry::Progress::new(STUCK);
    let readiness = telemetry::Readiness::waiting("the API server was not reached yet");
    let router =
        telemetry::Telemetry { progress: progress.clone(), readiness: readiness.clone(), registry: Arc::new(registry) }
            .router();
    let listener = telemetry::listen(settings.listen).await?;
    let server = tokio::spawn(telemetry::serve(listener, router, stop.clone()));
    let client = connect(&settings).await?;
    let name = identity();
    let reporter = Reporter { controller: "flagstaff-operator".into(), instance: Some(name.clone()) };
    let recorder = Recorder::new(client.clone(), reporter);
    let context = Arc::new(Context::new(client.clone(), settings.clone(), Live::default(), recorder, metrics.clone())?);
    readiness.ready();
    if settings.no_election {
        metrics.leads(true);
        lead(context, progress, stop.clone()).await;
    } else {
        let clock = Clock::skewed(SignedDuration::from_secs(settings.clock_skew_seconds));
        let election = Election::new(client, &settings.namespace, LEASE, name, Timing::default(), clock)?;
        let gauge = metrics.clone();
        election
            .run(stop.clone(), move |leading| async move {
                gauge.leads(true);
                lead(context, progress, leading).await;
                gauge.leads(false);
            })
            .await?;
    }
    stop.cancel();
    let _ = tokio::time::timeout(Duration::from_secs(5), server).await;
    Ok(())
}

/// What only the leader does: passes, speaking with the hub, carrying what meters counted to it, and watching what the agents use.
async fn lead(context: Arc<Context>, progress: telemetry::Progress, stop: CancellationToken) {
    // A new word each time that this process leads: the hub tells a failover from two operators with one identity by it.
    let instance = hub::new_instance();
    let speaking = tokio::spawn(hub::run(context.clone(), instance, stop.clone()));
    let carrying = tokio::spawn(hub::series::run(context.clone(), stop.clone()));
    let scaling = tokio::spawn(scale::run(context.clone(), stop.clone()));
    controller::run(context, progress, stop).await;
    speaking.abort();
    carrying.abort();
    scaling.abort();
}

async fn connect(settings: &Settings) -> anyhow::Result<Client> {
    let config = match &settings.kubeconfig {
        Some(path) => {
            let kubeconfig = Kubeconfig::read_from(path)
                .with_context(|| format!("cannot read the kubeconfig {}", path.display()))?;
            Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default())
                .await
                .with_context(|| format!("cannot use the kubeconfig {}", path.display()))?
        }
        None => Config::infer().await.context("no cluster: outside of one give --kubeconfig")?,
    };
    Client::try_from(config).context("cannot make a client for the API server")
}

fn stop_on_signals(stop: CancellationToken) -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("asked to stop");
        stop.cancel();
    });
    Ok(())
}
