//! `POST /api/v1/clusters/{id}/remove`: `not_found`, `not_permitted`, `invalid` without a reason.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::{App, cluster};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Json, written};

/// Why, and how.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Removal {
    /// Has to be given.
    #[serde(default)]
    pub reason: String,
    /// The hub forgets the cluster at once; in the cluster nothing is touched. For one that will not come back.
    #[serde(default)]
    pub force: bool,
    /// Only says what would be done: 200 with `effect`.
    #[serde(default)]
    pub dry_run: bool,
}

/// Orders a cluster to take everything away.
#[utoipa::path(post, path = "/api/v1/clusters/{id}/remove", tag = "clusters", params(("id" = String, Path)), request_body = Removal,
    responses((status = 200, description = "`Tried`, with dry_run"), (status = 204, description = "ordered, or forgotten by force"), (status = 403, description = "not_permitted"),
        (status = 404, description = "not_found")))]
pub async fn remove(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Json(asked): Json<Removal>,
) -> Result<Response, Refused> {
    let done = cluster::remove(&app, &op, &id, &asked.reason, (asked.force, asked.dry_run)).await?;
    Ok(written(StatusCode::NO_CONTENT, done))
}
