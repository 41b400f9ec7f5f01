//! `POST /agent/v1/series`: `invalid`, `credential_unknown`, `overloaded`.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use flagstaff_model::wire::SeriesAnswer;

use crate::app::series::{self, PACKED_BYTES};
use crate::app::{App, Error};
use crate::context::{OpContext, Who};
use crate::http::Refused;
use crate::http::call::Answer;

/// How many series a cluster's meter counted in an hour.
#[utoipa::path(post, path = "/agent/v1/series", tag = "agent",
    request_body(content = serde_json::Value, description = "`SeriesReport` of flagstaff-model, packed by zstd or not; at most 4 MiB as sent and 16 MiB unpacked"),
    responses((status = 200, description = "`SeriesAnswer` of flagstaff-model: not kept when the same or a later revision is there, or the hour is too old"),
        (status = 400, description = "invalid: says what, and where in the report"), (status = 401, description = "credential_unknown"),
        (status = 413, description = "invalid"), (status = 503, description = "overloaded")))]
pub async fn series(
    State(app): State<Arc<App>>,
    op: OpContext,
    request: Request,
) -> Result<Answer<SeriesAnswer>, Refused> {
    let Who::Cluster { credential_sha256 } = &op.who else { return Err(Error::CredentialUnknown.into()) };
    let (parts, body) = request.into_parts();
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(encoding) = header(CONTENT_ENCODING).filter(|word| !["", "identity", "zstd"].contains(word)) {
        return Err(Error::invalid(format!("Content-Encoding is {encoding:?}; zstd or none is read.")).into());
    }
    let too_large = || Error::TooLarge { limit_bytes: PACKED_BYTES };
    if header(CONTENT_LENGTH)
        .and_then(|length| length.parse::<usize>().ok())
        .is_some_and(|length| length > PACKED_BYTES)
    {
        return Err(too_large().into());
    }
    // First a place, then memory.
    let _place = app.series.place().await?;
    let body = to_bytes(body, PACKED_BYTES).await.map_err(|_| too_large())?;
    Ok(Answer(series::take(&app, &op, credential_sha256, body.into()).await?))
}
