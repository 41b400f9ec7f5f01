//! Carries what this cluster's meters counted to the hub, hour by hour: beside the session, so that neither waits for the other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::client::HubClient;
use super::error::HubError;
use super::meter::{self, Hour, Meter, Source};
use super::{memory, pace};
use crate::context::Context;

/// A hub that does not know the route is older: it is left alone this long.
const OLDER_HUB: Duration = Duration::from_secs(3600);
/// As long as this cluster has not joined, it is looked so often whether it has.
const JOINING_SECONDS: u64 = 30;
/// No meter has older hours: what was sent of them is forgotten.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(30);

/// What was sent, and how it went.
#[derive(Default)]
struct Relay {
    /// The newest revision of each hour and instance that the hub has taken. In memory only: a repeat is harmless.
    sent: BTreeMap<(Timestamp, String), u64>,
    failures: u32,
    /// The hub that does not know the route, and until when it is not asked again.
    left_alone: Option<(String, Instant)>,
    /// Meters that did not answer last time, so that each is said once.
    silent: BTreeSet<String>,
}

/// Carries for as long as this operator leads.
pub async fn run(context: Arc<Context>, stop: CancellationToken) {
    let mut relay = Relay::default();
    loop {
        let pause = tokio::select! {
            () = stop.cancelled() => return,
            pause = relay.round(&context) => pause,
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

impl Relay {
    /// One round; says when the next is due.
    async fn round(&mut self, context: &Context) -> Duration {
        let every = context.settings.series_seconds;
        let (client, credential, url) = match joined(context).await {
            Ok(Some(joined)) => joined,
            Ok(None) => return pace::interval(every.min(JOINING_SECONDS)),
            Err(error) => return self.paused(Err(error), "", every),
        };
        if self.is_left_alone(&url) {
            return pace::interval(every);
        }
        let meters = match meter::find(context).await {
            Ok(meters) => meters,
            Err(error) => {
                tracing::warn!(code = "operator.meter_unreachable", "{error}");
                return pace::interval(every);
            }
        };
        let from = Source { http: &context.http, client: Some(&context.client) };
        let carried = self.carry(&from, &meters, &client, &credential).await;
        self.paused(carried, &url, every)
    }

    fn is_left_alone(&self, url: &str) -> bool {
        self.left_alone.as_ref().is_some_and(|(left, until)| left == url && Instant::now() < *until)
    }

    /// When the next round is due after this one.
    fn paused(&mut self, carried: Result<(), HubError>, url: &str, every: u64) -> Duration {
        match carried {
            Ok(()) => {
                (self.failures, self.left_alone) = (0, None);
                pace::interval(every)
            }
            Err(HubError::Refused { status: 404, .. }) => {
                tracing::info!("the hub {url} is older than this operator: it is told no series for an hour");
                self.left_alone = Some((url.to_owned(), Instant::now() + OLDER_HUB));
                pace::interval(every)
            }
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                tracing::warn!(code = error.code(), "the hub was not told what the meters counted: {error}");
                pace::backoff(self.failures)
            }
        }
    }

    /// Sends what the hub has not had yet, the oldest first. What the hub refuses for itself is not sent again.
    async fn carry(
        &mut self,
        from: &Source<'_>,
        meters: &[Meter],
        hub: &HubClient,
        credential: &str,
    ) -> Result<(), HubError> {
        for meter in meters {
            let hours = match meter.hours(from).await {
                Ok(hours) => hours,
                Err(error) => {
                    self.note_silent(meter, &error);
                    continue;
                }
            };
            self.silent.remove(meter.name());
            for hour in hours.iter().filter(|hour| self.is_new(hour)).collect::<Vec<_>>() {
                let report = match meter.report(from, hour.hour).await {
                    Ok(Some(report)) => report,
                    Ok(None) => continue,
                    Err(error) => {
                        self.note_silent(meter, &error);
                        break;
                    }
                };
                match hub.series(credential, report).await {
                    Ok(answer) => tracing::debug!(hour = %hour.hour, hour.revision, answer.kept, "the hub was told"),
                    Err(error) if is_of_the_report(&error) => {
                        tracing::warn!(code = error.code(), hour = %hour.hour, "a report of {}: {error}", meter.name());
                    }
                    Err(error) => return Err(error),
                }
                self.sent.insert((hour.hour, hour.instance.clone()), hour.revision);
            }
            if let Some(newest) = hours.iter().map(|hour| hour.hour).max() {
                self.sent.retain(|(hour, _), _| newest.duration_since(*hour) < REMEMBERED);
            }
        }
        Ok(())
    }

    fn is_new(&self, hour: &Hour) -> bool {
        self.sent.get(&(hour.hour, hour.instance.clone())).is_none_or(|sent| *sent < hour.revision)
    }

    fn note_silent(&mut self, meter: &Meter, error: &meter::MeterError) {
        if self.silent.insert(meter.name().to_owned()) {
            tracing::warn!(code = "operator.meter_unreachable", "{error}; it is asked again");
        }
    }
}

/// Whether the hub refused what was said, rather than who says it or when.
fn is_of_the_report(error: &HubError) -> bool {
    matches!(error, HubError::Refused { status: 400 | 409 | 413 | 422, .. })
}

/// The hub that this cluster has joined, with the credential as it is now.
async fn joined(context: &Context) -> Result<Option<(HubClient, String, String)>, HubError> {
    let Some((_, setting)) = super::setting(context).await? else { return Ok(None) };
    let memory = memory::load(&context.client, &context.settings.namespace).await?;
    if !memory.can_report(&setting.url) {
        return Ok(None);
    }
    Ok(Some((HubClient::trusting(&memory)?, memory.credential.clone(), memory.url)))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use axum::Router;
    use axum::extract::{Path, State};
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::{get, post};

    use super::memory::Memory;
    use super::*;

    /// Stand-ins for meter and hub, that say what they are told to: how an operator goes on with an older or a broken hub.
    #[derive(Default)]
    struct Said {
        status: u16,
        revision: u64,
        had: Vec<String>,
    }

    type Shared = Arc<Mutex<Said>>;

    fn said(shared: &Shared) -> std::sync::MutexGuard<'_, Said> {
        shared.lock().expect("nobody panicked")
    }

    async fn listen() -> (Shared, String) {
        let shared = Shared::default();
        let hours = async |State(shared): State<Shared>| {
            let revision = said(&shared).revision;
            axum::Json(serde_json::json!({"hours": [
                {"instance": "m", "hour": "2026-11-22T09:00:00Z", "revision": 241, "closed": true},
                {"instance": "m", "hour": "2026-11-22T10:00:00Z", "revision": revision, "closed": false},
            ]}))
        };
        let hour = async |Path(hour): Path<String>| format!("report of {hour}");
        let hub = async |State(shared): State<Shared>, headers: HeaderMap, body: String| {
            assert!(headers["content-encoding"] == "zstd" && headers["authorization"] == "Bearer secret");
            let mut said = said(&shared);
            let status = StatusCode::from_u16(said.status).expect("a status");
            if status.is_success() || status == 400 {
                said.had.push(body);
            }
            (status, axum::Json(serde_json::json!({"kept": true})))
        };
        let router = Router::new()
            .route("/api/v1/hours", get(hours))
            .route("/api/v1/hours/{hour}", get(hour))
            .route("/agent/v1/series", post(hub))
            .with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        (shared, url)
    }

    #[tokio::test]
    async fn an_hour_is_sent_once_each_revision_and_an_older_hub_is_left_alone() {
        let (shared, url) = listen().await;
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let from = Source { http: &http, client: None };
        let meters = [Meter::Url("http://127.0.0.1:1".into()), Meter::Url(url.clone())];
        let memory = Memory { url: url.clone(), public_roots: true, ..Memory::default() };
        let hub = HubClient::trusting(&memory).expect("a client");
        let mut relay = Relay::default();
        let round = async |relay: &mut Relay, status, revision| {
            (said(&shared).status, said(&shared).revision) = (status, revision);
            let carried = relay.carry(&from, &meters, &hub, "secret").await;
            let pause = relay.paused(carried, &url, 300);
            (std::mem::take(&mut said(&shared).had), pause)
        };
        let (closed, open) = ("report of 2026-11-22T09:00:00Z", "report of 2026-11-22T10:00:00Z");
        let usual = Duration::from_secs(240)..=Duration::from_secs(360);

        let (had, pause) = round(&mut relay, 404, 1).await;
        assert!(had.is_empty() && usual.contains(&pause) && relay.is_left_alone(&url));
        assert!(!relay.is_left_alone("https://another"), "another hub is asked at once");
        let (had, pause) = round(&mut relay, 503, 1).await;
        assert!(had.is_empty() && pause <= Duration::from_secs(2) && relay.failures == 1, "{pause:?}");
        let (had, pause) = round(&mut relay, 200, 1).await;
        assert!(had == [closed, open] && usual.contains(&pause) && relay.failures == 0, "{had:?} {pause:?}");
        assert!(!relay.is_left_alone(&url) && relay.silent.len() == 1, "the meter that is away holds nobody up");
        assert!(round(&mut relay, 200, 1).await.0.is_empty(), "nothing is new");
        assert_eq!(round(&mut relay, 400, 2).await.0, [open]);
        assert!(round(&mut relay, 200, 2).await.0.is_empty(), "what was refused for itself is not sent again");
        assert_eq!(round(&mut relay, 200, 3).await.0, [open]);
    }

    #[test]
    fn what_was_sent_of_old_hours_is_forgotten() {
        let hour = |hour: i64| Timestamp::from_second(hour * 3600).expect("a time");
        let mut relay = Relay::default();
        relay.sent.extend((0..100).map(|one| ((hour(one), "m".to_owned()), 241)));
        relay.sent.retain(|(one, _), _| hour(100).duration_since(*one) < REMEMBERED);
        assert_eq!(relay.sent.len(), 29);
        assert!(!relay.is_new(&Hour { instance: "m".into(), hour: hour(99), revision: 241 }));
        assert!(relay.is_new(&Hour { instance: "n".into(), hour: hour(99), revision: 1 }));
    }
}
