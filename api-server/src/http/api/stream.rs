//! `GET /api/v1/stream`: what changes, as it changes; after a gap the client reads everything again.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use futures::Stream;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::access::Access;
use crate::app::{App, Change, Error};
use crate::context::{OpContext, Role};
use crate::http::Refused;
use crate::store::cluster;

const PING: Duration = Duration::from_secs(5);
/// A stream ends after this, so that one who is signed out hears no more; the client begins another.
const LONGEST: Duration = Duration::from_secs(900);

/// Server-sent events: `cluster`, `gone`, `timeline`, `budget`, and a `ping` each 5 seconds.
#[utoipa::path(get, path = "/api/v1/stream", tag = "clusters", responses((status = 200, description = "text/event-stream")))]
pub async fn stream(
    State(app): State<Arc<App>>,
    op: OpContext,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refused> {
    op.needs_somewhere(Role::Viewer)?;
    // Who sees a part of the fleet hears of that part.
    let (access, reach) = (op.sees()?, op.access()?.clone());
    let place = app.gate.held()?;
    let mut pings = tokio::time::interval(PING);
    pings.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let listening = (app.feed.listen(), pings, app.metrics.hold("stream"), place);
    let until = tokio::time::Instant::now() + LONGEST;
    let events = futures::stream::unfold(listening, move |(mut changes, mut pings, held, place)| {
        let (app, access, reach) = (app.clone(), access.clone(), reach.clone());
        async move {
            let event = loop {
                let change = tokio::select! {
                    // The first one comes at once: the client knows that it hears everything from here on.
                    _ = pings.tick() => break data("ping", &json!({"at": Timestamp::now()})),
                    // Left behind: the end makes the client read everything again.
                    change = changes.recv() => change.ok()?,
                    () = app.ending.cancelled() => return None,
                    () = tokio::time::sleep_until(until) => return None,
                };
                match is_within(&app, (access.as_ref(), &reach), &change).await {
                    Ok(true) => break shown(&change),
                    Ok(false) => {}
                    Err(error) => break Err(error),
                }
            };
            match event {
                Ok(event) => Some((Ok(event), (changes, pings, held, place))),
                Err(error) => {
                    tracing::error!("a change cannot be told: {error}");
                    None
                }
            }
        }
    });
    Ok(Sse::new(events))
}

/// Whether a change is of a cluster that the listener may see.
async fn is_within(app: &App, (access, reach): (Option<&Value>, &Access), change: &Change) -> Result<bool, Error> {
    let Some(access) = access else { return Ok(true) };
    let id = match change {
        Change::Cluster(cluster) => cluster.id.as_str(),
        Change::Gone { id } => id,
        Change::Timeline { cluster_id, .. } => cluster_id,
        Change::Budget { labels, .. } => return Ok(reach.among(labels) >= Role::Viewer),
    };
    Ok(cluster::is_within(&mut *app.pool.acquire().await?, id, access).await?)
}

fn shown(change: &Change) -> Result<Event, Error> {
    match change {
        Change::Cluster(cluster) => data("cluster", cluster.as_ref()),
        Change::Gone { id } => data("gone", &json!({"id": id.as_ref()})),
        Change::Budget { budget, .. } => data("budget", budget.as_ref()),
        Change::Timeline { cluster_id, event } => {
            let mut told = serde_json::to_value(event.as_ref()).map_err(|error| Error::Internal(error.into()))?;
            told["cluster_id"] = json!(cluster_id.as_ref());
            data("timeline", &told)
        }
    }
}

fn data<T: serde::Serialize>(name: &str, value: &T) -> Result<Event, Error> {
    let text = serde_json::to_string(value).map_err(|error| Error::Internal(error.into()))?;
    Ok(Event::default().event(name).data(text))
}
