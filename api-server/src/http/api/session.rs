//! `/api/v1/session`: `not_signed_in`, `wrong_password`, `too_many_tries`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::account::{self, Account, SignIn};
use crate::app::{App, Error};
use crate::context::OpContext;
use crate::http::call::{Answer, Json};
use crate::http::{Refused, sessions};

/// Who is signed in, and at which hub.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Who.
    pub account: Account,
    /// Where.
    pub hub: Hub,
}

/// The hub itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hub {
    /// Its version.
    pub version: String,
    /// How often each cluster is to report.
    pub status_every_seconds: u64,
    /// When this process started.
    pub started_at: Timestamp,
    /// The public half of its identity key: what join tokens pin, and what people compare.
    pub identity_key: String,
}

impl Session {
    /// The session of an account at this hub.
    pub(super) fn of(app: &App, account: Account) -> Self {
        let hub = Hub {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            status_every_seconds: app.status_every_seconds,
            started_at: app.started_at,
            identity_key: app.identity_key.clone(),
        };
        Self { account, hub }
    }
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/session", tag = "session",
    responses((status = 200, body = Session), (status = 401, description = "not_signed_in")))]
pub async fn current(State(app): State<Arc<App>>, op: OpContext) -> Result<Answer<Session>, Refused> {
    Ok(Answer(Session::of(&app, account::current(&app, &op).await?)))
}

/// Signs in.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = Session), (status = 401, description = "wrong_password"), (status = 429, description = "too_many_tries")))]
pub async fn sign_in(
    State(app): State<Arc<App>>,
    op: OpContext,
    extensions: Extensions,
    Json(asked): Json<SignIn>,
) -> Result<Response, Refused> {
    let (account, token) = account::sign_in(&app, &op, &sessions::peer(&extensions), asked).await?;
    let mut response = Answer(Session::of(&app, account)).into_response();
    response.headers_mut().insert(SET_COOKIE, sessions::cookie(&app, Some(&token))?);
    Ok(response)
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session",
    responses((status = 204, description = "signed out"), (status = 401, description = "not_signed_in")))]
pub async fn sign_out(State(app): State<Arc<App>>, op: OpContext, headers: HeaderMap) -> Result<Response, Refused> {
    let token = sessions::token(&headers).ok_or(Error::NotSignedIn)?;
    account::sign_out(&app, &op, token).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(SET_COOKIE, sessions::cookie(&app, None)?);
    Ok(response)
}
