//! `POST /api/v1/write`: a request of a sender.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::problem::Refused;
use super::router::App;
use crate::error::Error;
use crate::receive::{Written, body};
use crate::settings::Mode;

/// Without a name: where there is one destination or none.
pub(super) async fn write(State(app): State<Arc<App>>, request: Request) -> Response {
    received(&app, None, request).await
}

/// To the destination of that name.
pub(super) async fn write_to(
    State(app): State<Arc<App>>,
    Path(destination): Path<String>,
    request: Request,
) -> Response {
    received(&app, Some(destination), request).await
}

async fn received(app: &Arc<App>, destination: Option<String>, request: Request) -> Response {
    let response = match app.mode {
        Mode::Tap => tap(app, request).await,
        Mode::Inline => match app.forward.route(destination.as_deref()) {
            Ok(route) => super::pass::pass(app, route, request).await,
            Err(error) => Refused(error).into_response(),
        },
    };
    app.metrics.answered(destination.as_deref().unwrap_or_default(), response.status().as_u16());
    response
}

/// Only a copy came: whatever is wrong with it is ours to note, never the sender's to repeat.
async fn tap(app: &Arc<App>, request: Request) -> Response {
    let (parts, packed) = request.into_parts();
    let counted = match body::kind(&parts.headers) {
        Ok(kind) => count(app, kind, &parts.headers, packed).await,
        Err(error) => {
            body::drain(packed).await;
            Err(error)
        }
    };
    let written = counted.unwrap_or_else(|error| {
        tracing::warn!(code = error.code(), "a request was not counted: {error}");
        app.metrics.missed(error.code());
        Written::default()
    });
    answer(written)
}

async fn count(
    app: &Arc<App>,
    kind: crate::receive::Kind,
    headers: &axum::http::HeaderMap,
    packed: Body,
) -> Result<Written, Error> {
    let (packed, _held) = body::read(headers, packed, app.max_body_bytes, &app.gate).await?;
    app.metrics.received_bytes.inc_by(packed.len() as u64);
    app.receiver.count(kind, packed).await
}

/// 204, with what 2.0 wants to be told.
fn answer(written: Written) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    super::written::set(response.headers_mut(), written);
    response
}
