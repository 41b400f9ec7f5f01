//! Inline: a request goes on byte for byte, its sender is told what the destination said, and it is counted when that was yes.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use flagstaff_remote_write::body as packed;

use super::problem::Refused;
use super::router::App;
use super::written;
use crate::aggregate::Sender;
use crate::error::Error;
use crate::forward::{Answer, Destination};
use crate::receive::{Kind, Passed, Written, body};

/// Passes a request on.
pub(super) async fn pass(app: &Arc<App>, to: Arc<Destination>, request: Request) -> Response {
    match passed(app, &to, request).await {
        Ok(answer) => {
            let mut response = (answer.status, answer.body).into_response();
            *response.headers_mut() = answer.headers;
            response
        }
        Err(error) => {
            tracing::warn!(code = error.code(), destination = to.name(), "a request did not go on: {error}");
            Refused(error).into_response()
        }
    }
}

async fn passed(app: &Arc<App>, to: &Destination, request: Request) -> Result<Answer, Error> {
    let (parts, unread) = request.into_parts();
    let (bytes, _held) = body::read(&parts.headers, unread, app.max_body_bytes, &app.gate).await?;
    app.metrics.received_bytes.inc_by(bytes.len() as u64);
    // What cannot be read is for the destination to judge; only what would fill memory goes no further.
    let kind = body::kind(&parts.headers);
    if let Ok(kind) = &kind {
        packed::check_claim(kind.encoding, &bytes, &app.limits)?;
    }
    let (bytes, left_out) = sifted(app, (to, &parts.headers), &kind, bytes).await;
    let Some(bytes) = bytes else {
        // Nothing is left to be sent on: the sender is told what a destination would say.
        let mut headers = HeaderMap::new();
        written::set(&mut headers, left_out);
        return Ok(Answer { status: StatusCode::NO_CONTENT, headers, body: Bytes::new() });
    };
    let mut answer = to.send(&parts.headers, bytes.clone()).await?;
    if answer.status.is_success() {
        // What was left out is counted as written, or the sender would send it again.
        written::add(&mut answer.headers, left_out);
        count(app, kind, bytes).await;
    } else if answer.status != StatusCode::TOO_MANY_REQUESTS {
        tracing::debug!(destination = to.name(), status = answer.status.as_u16(), "a destination refused a request");
    }
    Ok(answer)
}

/// What goes on where budgets are kept. What cannot be read is for the destination to judge, whole.
async fn sifted(
    app: &Arc<App>,
    (to, headers): (&Destination, &HeaderMap),
    kind: &Result<Kind, Error>,
    bytes: Bytes,
) -> (Option<Bytes>, Written) {
    let Ok(kind) = kind else { return (Some(bytes), Written::default()) };
    if !app.receiver.looks_into() {
        return (Some(bytes), Written::default());
    }
    let sender = Sender { destination: to.name().to_owned(), tenant: kind.tenant.clone(), headers: headers.clone() };
    match app.receiver.sift(kind.clone(), sender, bytes.clone()).await {
        Ok(Passed { sifted: None, .. }) => (Some(bytes), Written::default()),
        Ok(Passed { sifted: Some(left), left_out }) => (left, left_out),
        Err(error) => {
            tracing::debug!(code = error.code(), "a request was not looked into: {error}");
            (Some(bytes), Written::default())
        }
    }
}

/// The samples are where they belong: what cannot be counted is noted.
async fn count(app: &Arc<App>, kind: Result<Kind, Error>, bytes: Bytes) {
    let counted = match kind {
        Ok(kind) => app.receiver.count(kind, bytes).await.map(drop),
        Err(error) => Err(error),
    };
    if let Err(error) = counted {
        tracing::warn!(code = error.code(), "a request that went on was not counted: {error}");
        app.metrics.missed(error.code());
    }
}
