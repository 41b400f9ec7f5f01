//! `/api/v1/accounts/{id}/grants`: `not_permitted`, `not_found`, `invalid`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Because;
use crate::app::App;
use crate::app::role::{self, Grant, NewGrant};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Json, written};

/// Gives an account a role within a scope.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/grants", tag = "accounts", params(("id" = String, Path)), request_body = NewGrant,
    responses((status = 200, description = "`Tried`, with dry_run"), (status = 201, body = Grant), (status = 403, description = "not_permitted"),
        (status = 404, description = "not_found")))]
pub async fn give(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Json(new): Json<NewGrant>,
) -> Result<Response, Refused> {
    Ok(written(StatusCode::CREATED, role::grant(&app, &op, &id, new).await?))
}

/// Takes a grant back.
#[utoipa::path(delete, path = "/api/v1/accounts/{id}/grants/{grant}", tag = "accounts",
    params(("id" = String, Path), ("grant" = String, Path)), request_body = Because,
    responses((status = 200, description = "`Tried`, with dry_run"), (status = 204, description = "taken back"), (status = 403, description = "not_permitted"),
        (status = 404, description = "not_found")))]
pub async fn take(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path((id, grant)): Path<(String, String)>,
    Json(because): Json<Because>,
) -> Result<Response, Refused> {
    let done = role::take(&app, &op, &id, &grant, &because.reason, because.dry_run).await?;
    Ok(written(StatusCode::NO_CONTENT, done))
}
