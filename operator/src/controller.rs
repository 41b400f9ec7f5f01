//! Decides when a pass is due: at every change of the flag, of a team's flag, of a namespace's label or of our objects.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Api, PartialObjectMeta};
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event};
use kube::{Resource, ResourceExt};
use rand::Rng;
use serde::de::DeserializeOwned;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use flagstaff_crds::{ClusterObservability, ServiceObservability};

use crate::context::Context;
use crate::pass::{self, Next};
use crate::status;
use crate::telemetry::{Outcome, Progress};

/// Passes that are not caused by a person's change are at least this far apart.
const BREATH: Duration = Duration::from_millis(500);
/// How soon a pass is repeated while something is waited for.
const SOON: Duration = Duration::from_secs(2);
/// A pass that has not begun so long after it was due is missed by the liveness probe.
const RESYNC_GRACE: Duration = Duration::from_secs(120);
/// The longest pause after failed passes.
const LONGEST: Duration = Duration::from_secs(60);

/// Runs passes until `stop`.
pub async fn run(context: Arc<Context>, progress: Progress, stop: CancellationToken) {
    let flags = Arc::new(Notify::new());
    let client = &context.client;
    notify_of_generations::<ClusterObservability>(
        Api::all(client.clone()),
        watcher::Config::default(),
        flags.clone(),
        stop.clone(),
    );
    notify_of_generations::<ServiceObservability>(
        Api::all(client.clone()),
        watcher::Config::default(),
        flags.clone(),
        stop.clone(),
    );
    let observed = watcher::Config::default().labels("flagstaff.dev/observe");
    notify_of_generations::<Namespace>(Api::all(client.clone()), observed, flags.clone(), stop.clone());
    let mut failures = 0_u32;
    loop {
        let work = progress.begin();
        let begun = Instant::now();
        let result = tokio::select! {
            () = stop.cancelled() => return,
            result = pass::run(&context, &stop) => result,
        };
        drop(work);
        let outcome = result.as_ref().map_or(Outcome::Error, |(_, outcome)| *outcome);
        context.metrics.reconciled("ClusterObservability", outcome, begun.elapsed());
        let pause = match result {
            Ok((next, _)) => {
                failures = 0;
                match next {
                    Next::Now => Duration::ZERO,
                    Next::Soon => SOON,
                    Next::Later => Duration::from_secs(context.settings.resync_seconds),
                }
            }
            Err(error) => {
                failures += 1;
                let pause = backoff(failures);
                tracing::warn!(
                    code = error.code(),
                    pause_seconds = pause.as_secs_f32(),
                    "the pass failed and is tried again: {error}"
                );
                // One failure is often a conflict that ends by itself; a person is told of the second in a row.
                if failures > 1 {
                    status::say_failed(&context, &error).await;
                }
                pause
            }
        };
        progress.expect_within(pause + RESYNC_GRACE);
        let failed = failures > 0;
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
            // After a failure a change of our objects does not shorten the pause; a person's change does.
            () = context.live.changed(), if !failed => tokio::time::sleep(BREATH).await,
            () = context.nudge.notified() => {}
            () = flags.notified() => {
                context.memory().survey = None;
            }
        }
    }
}

/// A pause between half of and the whole of a doubling bound: jitter survives the cap.
fn backoff(failures: u32) -> Duration {
    let bound = Duration::from_secs(1).saturating_mul(1 << failures.min(6)).min(LONGEST);
    bound.mul_f64(rand::rng().random_range(0.5..=1.0))
}

/// Notifies of objects that come, go, or change in more than their status.
fn notify_of_generations<K>(
    api: Api<PartialObjectMeta<K>>,
    config: watcher::Config,
    notify: Arc<Notify>,
    stop: CancellationToken,
) where
    K: Resource + Clone + std::fmt::Debug + DeserializeOwned + Send + Sync + 'static,
    K::DynamicType: Default + Clone,
{
    tokio::spawn(async move {
        let stream = watcher::watcher(api, config).default_backoff();
        let mut stream = std::pin::pin!(stream);
        let mut known: HashMap<(String, String), String> = HashMap::new();
        loop {
            let event = tokio::select! {
                () = stop.cancelled() => return,
                event = stream.next() => event,
            };
            let changed = match event {
                None => return,
                Some(Err(error)) => {
                    tracing::debug!(%error, "the watch is begun again");
                    false
                }
                Some(Ok(Event::Init | Event::InitDone)) => true,
                Some(Ok(Event::Apply(object) | Event::InitApply(object))) => {
                    let state = format!(
                        "{:?} {:?} {:?} {:?}",
                        object.uid(),
                        object.metadata.generation,
                        object.metadata.deletion_timestamp,
                        object.metadata.labels
                    );
                    known.insert((object.namespace().unwrap_or_default(), object.name_any()), state.clone())
                        != Some(state)
                }
                Some(Ok(Event::Delete(object))) => {
                    known.remove(&(object.namespace().unwrap_or_default(), object.name_any()));
                    true
                }
            };
            if changed {
                notify.notify_one();
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fault_02_jitter_survives_the_cap() {
        let pauses: Vec<Duration> = (0..50).map(|_| backoff(30)).collect();
        assert!(pauses.iter().all(|pause| (LONGEST / 2..=LONGEST).contains(pause)));
        let distinct: std::collections::HashSet<_> = pauses.iter().collect();
        assert!(distinct.len() > 40, "at the cap too, no two operators come back at once");
    }
}
