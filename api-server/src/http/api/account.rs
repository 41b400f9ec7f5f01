//! `/api/v1/accounts`: `not_permitted`, `invalid`, `conflict`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::app::account::{self, Account, Accounts, NewAccount};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Json};

/// All accounts.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "accounts",
    responses((status = 200, body = Accounts), (status = 403, description = "not_permitted")))]
pub async fn list(State(app): State<Arc<App>>, op: OpContext) -> Result<Answer<Accounts>, Refused> {
    Ok(Answer(account::list(&app, &op).await?))
}

/// Makes an account.
#[utoipa::path(post, path = "/api/v1/accounts", tag = "accounts", request_body = NewAccount,
    responses((status = 201, body = Account), (status = 403, description = "not_permitted"), (status = 409, description = "conflict")))]
pub async fn make(
    State(app): State<Arc<App>>,
    op: OpContext,
    Json(new): Json<NewAccount>,
) -> Result<Response, Refused> {
    let mut response = Answer(account::make(&app, &op, new).await?).into_response();
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}
