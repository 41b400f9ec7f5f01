//! `/api/v1/api-tokens`: `not_permitted`, `not_found`, `invalid`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Because;
use crate::app::App;
use crate::app::api_token::{self, MadeToken, NewToken, Tokens};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Json, written};

/// One's own tokens, everybody's for an administrator, without their secrets.
#[utoipa::path(get, path = "/api/v1/api-tokens", tag = "api_tokens", responses((status = 200, body = Tokens)))]
pub async fn list(State(app): State<Arc<App>>, op: OpContext) -> Result<Answer<Tokens>, Refused> {
    Ok(Answer(api_token::list(&app, &op).await?))
}

/// Makes a token for a program; its text is told this once. It may no more than its maker, now and later.
#[utoipa::path(post, path = "/api/v1/api-tokens", tag = "api_tokens", request_body = NewToken,
    responses((status = 200, description = "`Tried`, with dry_run"), (status = 201, body = MadeToken), (status = 403, description = "not_permitted")))]
pub async fn make(State(app): State<Arc<App>>, op: OpContext, Json(new): Json<NewToken>) -> Result<Response, Refused> {
    Ok(written(StatusCode::CREATED, api_token::make(&app, &op, new).await?))
}

/// Takes a token back: the next call by it is refused.
#[utoipa::path(delete, path = "/api/v1/api-tokens/{id}", tag = "api_tokens", params(("id" = String, Path)), request_body = Because,
    responses((status = 200, description = "`Tried`, with dry_run"), (status = 204, description = "taken back"), (status = 404, description = "not_found")))]
pub async fn revoke(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
    Json(because): Json<Because>,
) -> Result<Response, Refused> {
    let done = api_token::revoke(&app, &op, &id, &because.reason, because.dry_run).await?;
    Ok(written(StatusCode::NO_CONTENT, done))
}
