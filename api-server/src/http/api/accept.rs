//! `POST /api/v1/clusters/{id}/accept`: `not_found`, `not_permitted`. Accepting again changes nothing.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Because;
use crate::app::{App, cluster};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Json, written};

/// Accepts a cluster that waits.
#[utoipa::path(post, path = "/api/v1/clusters/{id}/accept", tag = "clusters", params(("id" = String, Path)), request_body = Because,
    responses((status = 200, description = "`Tried`, with dry_run"), (status = 204, description = "accepted"), (status = 403, description = "not_permitted"), (status = 404, description = "not_found")))]
pub async fn accept(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Json(because): Json<Because>,
) -> Result<Response, Refused> {
    let done = cluster::accept(&app, &op, &id, &because.reason, because.dry_run).await?;
    Ok(written(StatusCode::NO_CONTENT, done))
}
