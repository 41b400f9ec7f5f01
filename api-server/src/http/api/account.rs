//! `/api/v1/accounts`: `not_permitted`, `not_found`, `invalid`, `conflict`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Because;
use crate::app::App;
use crate::app::account::{self, Account, Accounts, NewAccount};
use crate::app::role::{self, NewRole};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Json, written};

/// All accounts.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "accounts",
    responses((status = 200, body = Accounts), (status = 403, description = "not_permitted")))]
pub async fn list(State(app): State<Arc<App>>, op: OpContext) -> Result<Answer<Accounts>, Refused> {
    Ok(Answer(account::list(&app, &op).await?))
}

/// Makes an account.
#[utoipa::path(post, path = "/api/v1/accounts", tag = "accounts", request_body = NewAccount,
    responses((status = 200, description = "`Tried`, with dry_run"), (status = 201, body = Account), (status = 403, description = "not_permitted"), (status = 409, description = "conflict")))]
pub async fn make(
    State(app): State<Arc<App>>,
    op: OpContext,
    Json(new): Json<NewAccount>,
) -> Result<Response, Refused> {
    Ok(written(StatusCode::CREATED, account::make(&app, &op, new).await?))
}

/// Gives an account another role in the whole fleet.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/role", tag = "accounts", params(("id" = String, Path)), request_body = NewRole,
    responses((status = 200, description = "`Tried`, with dry_run"), (status = 204, description = "given"), (status = 403, description = "not_permitted"),
        (status = 404, description = "not_found"), (status = 409, description = "conflict: it is the last administrator")))]
pub async fn set_role(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Json(new): Json<NewRole>,
) -> Result<Response, Refused> {
    Ok(written(StatusCode::NO_CONTENT, role::set(&app, &op, &id, new).await?))
}

/// Takes an account away, with its sessions, grants and API tokens.
#[utoipa::path(delete, path = "/api/v1/accounts/{id}", tag = "accounts", params(("id" = String, Path)), request_body = Because,
    responses((status = 200, description = "`Tried`, with dry_run"), (status = 204, description = "taken away"), (status = 403, description = "not_permitted"),
        (status = 404, description = "not_found"), (status = 409, description = "conflict: it is one's own, or the last administrator")))]
pub async fn delete(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Json(because): Json<Because>,
) -> Result<Response, Refused> {
    Ok(written(StatusCode::NO_CONTENT, role::delete(&app, &op, &id, &because.reason, because.dry_run).await?))
}
