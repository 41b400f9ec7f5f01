//! The life of the meter: what is started, in which order, and how it ends.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use flagstaff_remote_write::Limits;
use flagstaff_serve::certificate::{self, Files};
use flagstaff_serve::{listener, logging};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::aggregate::Aggregate;
use crate::aggregate::flush::Flush;
use crate::clock::Clock;
use crate::count::Count;
use crate::count::rule::Rule;
use crate::enforce::Enforce;
use crate::enforce::order::Watch;
use crate::forward::{Config, ConfigError, Forward};
use crate::gate::Gate;
use crate::hours::Hours;
use crate::http::{App, Door, router};
use crate::metrics::Metrics;
use crate::receive::Receiver;
use crate::save::Save;
use crate::settings::{Mode, Settings};

/// What is under way may end by itself within this; a rollout gives 30 s.
const GRACE: Duration = Duration::from_secs(20);

/// Runs until SIGTERM or Ctrl-C.
pub async fn run(settings: Settings) -> Result<()> {
    logging::init(settings.log_format, &settings.log)?;
    let clock = Clock::System;
    let forward = forward(&settings).map_err(|error| anyhow::anyhow!("{error} ({})", error.code()))?;
    let metrics = Arc::new(Metrics::new());
    let save = settings.data_dir.as_deref().map(Save::open).transpose()?.map(Arc::new);
    let mut count = Count::new(Arc::new(Rule::new(settings.meaning())), settings.bounds(), clock.now());
    let saved_at = save.as_ref().and_then(|save| save.restore(&mut count, clock.now(), &metrics));
    let mut enforce = Enforce::new(settings.mode, saved_at, clock.now());
    let mut aggregate = Aggregate::new(settings.max_aggregated_series, settings.window_seconds);
    match &save {
        Some(save) => {
            save.restore_budgets(&mut enforce, &count.rule);
            save.restore_sums(&mut aggregate, &count.rule);
            enforce.go_on(aggregate.begun());
        }
        None => enforce.forbid_sums("sums have to outlive the meter: set --data-dir"),
    }
    let limits = Limits { unpacked_bytes: settings.max_unpacked_bytes, ..Limits::default() };
    let receiver = Arc::new(Receiver::new(count, (enforce, aggregate), limits, clock, metrics.clone()));
    let hours = Arc::new(Hours::open(settings.data_dir.as_deref(), metrics.clone())?);
    // An hour that ended while nobody counted.
    hours.collect(&receiver);
    let app = Arc::new(App {
        receiver: receiver.clone(),
        hours: hours.clone(),
        forward: Arc::new(forward),
        gate: Gate::new(settings.max_inflight_bytes),
        metrics: metrics.clone(),
        mode: settings.mode,
        door: Door::new(settings.bearer_file.clone(), settings.basic_file.clone()),
        max_body_bytes: settings.max_body_bytes,
        limits,
        ending: CancellationToken::new(),
    });
    let certificate = match (&settings.tls_cert, &settings.tls_key) {
        (Some(certificate), Some(key)) => Some(Files::load(certificate, key)?),
        _ => None,
    };
    let clients = settings.tls_client_ca.as_deref();
    let tls = certificate.clone().map(|files| certificate::server_config(files, clients)).transpose()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let listening = listener::bind(settings.listen).await?;
    let address = listening.local_addr().context("the address that the meter listens on")?;
    tracing::info!("{} on {scheme}://{address}", settings.mode.name());
    println!("ready: {scheme}://{address}");

    let certificate = certificate.map(|files| tokio::spawn(files.keep()));
    let mut budgets = settings.budgets.clone().map(Watch::new);
    follow(&mut budgets, &receiver, &metrics);
    let ticking = tokio::spawn(tick(receiver.clone(), hours.clone(), (budgets, metrics.clone()), app.ending.clone()));
    let keeping =
        save.clone().map(|save| tokio::spawn(save.keep(receiver.clone(), metrics.clone(), app.ending.clone())));
    let flush = |save: Arc<Save>| Flush {
        receiver: receiver.clone(),
        forward: app.forward.clone(),
        save,
        metrics: metrics.clone(),
        every: settings.aggregate_seconds,
    };
    let flushing = save.clone().map(|save| tokio::spawn(flush(save).keep(app.ending.clone())));
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let ending = app.ending.clone();
    let stop = tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("told to end"),
            _ = interrupt.recv() => tracing::info!("interrupted"),
        }
        ending.cancel();
    });
    listener::serve(listening, tls, router(app.clone()), app.ending.clone(), GRACE).await;
    stop.abort();
    if let Some(certificate) = certificate {
        certificate.abort();
    }
    ticking.await.context("the clock's task")?;
    if let Some(keeping) = keeping {
        keeping.await.context("the task that saves")?;
    }
    if let Some(flushing) = flushing {
        flushing.await.context("the task that sends sums")?;
    }
    // The last save comes after the last request.
    hours.collect(&receiver);
    if let Some(save) = save {
        save.end(&receiver, &metrics);
    }
    tracing::info!("ended");
    Ok(())
}

fn forward(settings: &Settings) -> Result<Forward, ConfigError> {
    let mut config = settings.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
    for written in &settings.destinations {
        config.add(written)?;
    }
    if settings.mode == Mode::Inline && config.destinations.is_empty() {
        return Err(ConfigError::Missing);
    }
    Forward::new(config)
}

/// Takes in which budgets are to be kept; what cannot be read changes nothing.
fn follow(budgets: &mut Option<Watch>, receiver: &Receiver, metrics: &Metrics) {
    let Some(watch) = budgets else { return };
    match watch.look() {
        Ok(None) => {}
        Ok(Some((orders, kept))) => {
            tracing::info!("{} budgets are kept", orders.budgets.len());
            metrics.budgets.set(i64::try_from(orders.budgets.len()).unwrap_or(i64::MAX));
            receiver.set_budgets(orders, kept);
        }
        Err(error) => {
            metrics.missed(error.code());
            tracing::error!(code = error.code(), "the budgets stay as they were: {error}");
        }
    }
}

/// Time goes on also when nothing arrives.
async fn tick(
    receiver: Arc<Receiver>,
    hours: Arc<Hours>,
    (mut budgets, metrics): (Option<Watch>, Arc<Metrics>),
    ending: CancellationToken,
) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {
                follow(&mut budgets, &receiver, &metrics);
                receiver.tick();
                let (hours, receiver) = (hours.clone(), receiver.clone());
                if let Err(error) = tokio::task::spawn_blocking(move || hours.collect(&receiver)).await {
                    tracing::error!(code = "meter.hour_not_kept", "an hour was not kept: {error}");
                }
            }
            () = ending.cancelled() => return,
        }
    }
}
