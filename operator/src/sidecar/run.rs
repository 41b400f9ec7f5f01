//! Puts the sidecar's parts together and runs them until a signal.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::registry::Registry;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::alloy::Alloy;
use super::content::Content;
use super::http::{Served, router};
use super::keeper::Keeper;
use super::meters::Meters;
use super::pace::Pace;
use super::source::follow;
use super::status::Status;
use super::target::Target;
use super::{Args, SidecarError, once};
use crate::telemetry::{Progress, init, listen, serve};

/// A step ends within this, or the sidecar is stuck: a reload a minute, twice, and some looks.
const STUCK: Duration = Duration::from_secs(300);

/// Runs the sidecar until SIGTERM or SIGINT; with `--once`, writes the configuration to start with and returns.
/// Sets logging up for the whole process.
pub async fn run(args: Args) -> Result<(), SidecarError> {
    init(args.log_format, &args.log)?;
    if args.once {
        return once(&args);
    }
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate()).map_err(SidecarError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(SidecarError::Signals)?;
    let running = run_until(args, stop.clone());
    tokio::pin!(running);
    tokio::select! {
        ended = &mut running => return ended,
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    stop.cancel();
    running.await
}

/// Runs the sidecar until `stop`. A try that this breaks off is taken back at the next start.
pub async fn run_until(args: Args, stop: CancellationToken) -> Result<(), SidecarError> {
    let agent = args.agent_name();
    let listener = listen(args.listen).await?;
    let mut registry = Registry::default();
    let meters = Meters::register(&mut registry, &agent);
    let (status, reported) = watch::channel(Status::new(agent));
    let (contents, content) = watch::channel(None);
    let keeper =
        Keeper::new(Alloy::new(&args.alloy)?, Target::new(&args.target), Pace::default(), status, meters.clone())?;
    let progress = Progress::new(STUCK);
    let served = Served { status: reported, progress: progress.clone(), registry: Arc::new(registry) };
    tokio::select! {
        ended = serve(listener, router(served), stop.clone()) => ended.map_err(SidecarError::Serve),
        () = follow(args, contents, meters) => Ok(()),
        () = keep(keeper, content, progress) => Ok(()),
        () = stop.cancelled() => Ok(()),
    }
}

async fn keep(mut keeper: Keeper, mut content: watch::Receiver<Option<Content>>, progress: Progress) {
    loop {
        progress.expect_within(Duration::from_secs(60));
        let newest = content.borrow_and_update().clone().unwrap_or_default();
        let pause = keeper.step(&newest).await;
        tokio::select! {
            () = sleep(pause) => {}
            changed = content.changed() => if changed.is_err() { return },
        }
    }
}
