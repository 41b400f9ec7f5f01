//! Passes watches on event by event, until they are told to end as an API server or a network ends them.

use axum::body::{Body, Bytes};
use futures::stream;
use tokio::sync::broadcast;

/// The ERROR event by which an API server says, inside of a watch that was answered with 200, that it has forgotten where it was.
const EXPIRED: &str = r#"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version: 1 (2)","reason":"Expired","code":410}}"#;

/// What is done to open watches.
#[derive(Clone)]
pub(super) enum Order {
    Expire(String),
    Cut,
}

/// Passes a watch on event by event until an order ends it.
pub(super) fn watched(upstream: reqwest::Response, path: String, orders: broadcast::Receiver<Order>) -> Body {
    enum Now {
        Open(reqwest::Response, broadcast::Receiver<Order>, bool),
        Ended,
    }
    let events = stream::unfold(Now::Open(upstream, orders, true), move |now| {
        let path = path.clone();
        async move {
            let Now::Open(mut upstream, mut orders, between) = now else { return None };
            loop {
                tokio::select! {
                    order = orders.recv() => match order {
                        Ok(Order::Cut) => return Some((Err(std::io::Error::other("cut")), Now::Ended)),
                        Ok(Order::Expire(end)) if path.ends_with(&end) => {
                            // In the middle of an event a line break first, which makes that event unreadable as well.
                            let line = if between { format!("{EXPIRED}\n") } else { format!("\n{EXPIRED}\n") };
                            return Some((Ok(Bytes::from(line)), Now::Ended));
                        }
                        Ok(Order::Expire(_)) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                        Err(broadcast::error::RecvError::Closed) => return None,
                    },
                    chunk = upstream.chunk() => return match chunk {
                        Ok(Some(chunk)) => {
                            let between = chunk.last() == Some(&b'\n');
                            Some((Ok(chunk), Now::Open(upstream, orders, between)))
                        }
                        Ok(None) => None,
                        Err(error) => Some((Err(std::io::Error::other(error)), Now::Ended)),
                    },
                }
            }
        }
    });
    Body::from_stream(events)
}
