//! `GET /api/v1/hours`: the reports of the clock hours, for whoever carries them on.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::problem::Refused;
use super::router::App;
use crate::error::Error;
use crate::hours::{HourList, unpack};

/// Which hours there are.
pub(super) async fn list(State(app): State<Arc<App>>) -> Result<Json<HourList>, Refused> {
    Ok(Json(beside(move || app.hours.list(&app.receiver)).await?))
}

/// The report of one.
pub(super) async fn hour(
    State(app): State<Arc<App>>,
    Path(hour): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let hour: Timestamp = hour
        .parse()
        .map_err(|error| Error::Question(format!("`{hour}` is no hour such as 2026-11-22T10:00:00Z: {error}")))?;
    let packed = takes_zstd(&headers);
    let bytes = beside(move || {
        let bytes = app.hours.packed(&app.receiver, hour)?;
        if packed { Ok(bytes) } else { unpack(hour, &bytes).map(Into::into) }
    });
    let mut response = bytes.await?.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if packed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("zstd"));
    }
    Ok(response)
}

/// Looking and packing take their time, and are done beside the threads that answer.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

fn takes_zstd(headers: &HeaderMap) -> bool {
    let all = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let is_zstd = parts.next().is_some_and(|coding| coding.eq_ignore_ascii_case("zstd"));
        let refused =
            parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q == 0.0)));
        is_zstd && !refused
    })
}
