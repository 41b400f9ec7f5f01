//! `GET /api/v1/stream`: what changes, as it changes; after a gap the client reads everything again.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use futures::Stream;
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use crate::app::{App, Change, Error};
use crate::context::{OpContext, Role};
use crate::http::Refused;

const PING: Duration = Duration::from_secs(5);
/// A stream ends after this, so that one who is signed out hears no more; the client begins another.
const LONGEST: Duration = Duration::from_secs(900);

/// Server-sent events: `cluster`, `gone`, `timeline`, and a `ping` each 5 seconds.
#[utoipa::path(get, path = "/api/v1/stream", tag = "clusters", responses((status = 200, description = "text/event-stream")))]
pub async fn stream(
    State(app): State<Arc<App>>,
    op: OpContext,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refused> {
    op.needs(Role::Viewer)?;
    let place = app.gate.held()?;
    let mut pings = tokio::time::interval(PING);
    pings.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let listening = (app.feed.listen(), pings, app.metrics.hold("stream"), place);
    let until = tokio::time::Instant::now() + LONGEST;
    let events = futures::stream::unfold(listening, move |(mut changes, mut pings, held, place)| {
        let app = app.clone();
        async move {
            let event = tokio::select! {
                // The first one comes at once: the client knows that it hears everything from here on.
                _ = pings.tick() => data("ping", &json!({"at": Timestamp::now()})),
                change = changes.recv() => match change {
                    Ok(change) => shown(&change),
                    // Left behind: the end makes the client read everything again.
                    Err(RecvError::Lagged(_) | RecvError::Closed) => return None,
                },
                () = app.ending.cancelled() => return None,
                () = tokio::time::sleep_until(until) => return None,
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

fn shown(change: &Change) -> Result<Event, Error> {
    match change {
        Change::Cluster(cluster) => data("cluster", cluster.as_ref()),
        Change::Gone { id } => data("gone", &json!({"id": id.as_ref()})),
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
