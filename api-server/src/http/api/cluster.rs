//! `GET /api/v1/clusters/{id}`: `not_found`; 304 when it is as the caller knows it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::app::view::ClusterDetail;
use crate::app::{App, Error, cluster};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::Answer;
use crate::http::tag::tagged;
use crate::secret;

/// A cluster with everything that is known of it.
#[utoipa::path(get, path = "/api/v1/clusters/{id}", tag = "clusters", params(("id" = String, Path)),
    responses((status = 200, body = ClusterDetail), (status = 304, description = "as the caller knows it"), (status = 404, description = "not_found")))]
pub async fn detail(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let detail = cluster::detail(&app, &op, &id).await?;
    let text = serde_json::to_string(&detail).map_err(|error| Error::Internal(error.into()))?;
    let tag = format!("\"{}\"", &secret::hex(&secret::sha256(&text))[..24]);
    let known = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { Answer(detail).into_response() };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    tagged(response, &tag)
}
