//! `POST /api/v1/setup`: `setup_unknown`, `invalid`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};

use super::session::Session;
use crate::app::App;
use crate::app::account::{self, Setup};
use crate::context::OpContext;
use crate::http::call::{Answer, Json};
use crate::http::{Refused, sessions};

/// Makes the first account, by the one-time link that the hub printed, and signs it in.
#[utoipa::path(post, path = "/api/v1/setup", tag = "session", request_body = Setup,
    responses((status = 200, body = Session), (status = 403, description = "setup_unknown")))]
pub async fn setup(State(app): State<Arc<App>>, op: OpContext, Json(setup): Json<Setup>) -> Result<Response, Refused> {
    let (account, token) = account::setup(&app, &op, setup).await?;
    let mut response = Answer(Session::of(&app, account)).into_response();
    response.headers_mut().insert(SET_COOKIE, sessions::cookie(&app, Some(&token))?);
    Ok(response)
}
