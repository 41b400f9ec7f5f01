//! `GET /api/v1/openapi.json`.

use axum::response::{IntoResponse, Response};

use crate::app::Error;
use crate::http::Refused;

/// Both surfaces as OpenAPI.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "session", responses((status = 200, description = "this document")))]
pub async fn document() -> Result<Response, Refused> {
    let text = crate::openapi::text().map_err(Error::Internal)?;
    Ok(([(axum::http::header::CONTENT_TYPE, "application/json")], text).into_response())
}
