//! Who calls: a person by the cookie of a session, a cluster by its credential.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::call::Caller;
use super::problem::{Problem, Refused};
use crate::app::{App, Error, account, api_token, status};
use crate::context::Who;
use crate::{secret, store};

const NAME: &str = "flagstaff_session";

/// How many of those who can give a role are named.
const NAMED: i64 = 3;

/// Lets only people in who are signed in, and programs with a token of theirs. Who lacks a role is told who can give it.
pub(super) async fn signed_in(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let now = jiff::Timestamp::now();
    let who = match (bearer(request.headers()), token(request.headers())) {
        (Some(text), _) => api_token::of_token(&app, text, now).await,
        (None, Some(token)) => account::of_session(&app, token, now).await,
        (None, None) => Ok(Who::Nobody),
    };
    match who {
        Ok(Who::Nobody) => Refused(Error::NotSignedIn).into_response(),
        Ok(who) => {
            request.extensions_mut().insert(Caller(who));
            let mut response = next.run(request).await;
            if let Some(problem) = response.extensions_mut().get_mut::<Problem>()
                && let Some(missing) = &mut problem.missing
            {
                match admins(&app).await {
                    Ok(admins) => {
                        problem.detail =
                            format!("{} An admin can give it to you: {}.", problem.detail, admins.join(", "));
                        missing.granted_by = admins;
                    }
                    Err(error) => tracing::warn!("cannot say who gives a role: {error}"),
                }
            }
            response
        }
        Err(error) => Refused(error).into_response(),
    }
}

async fn admins(app: &App) -> Result<Vec<String>, Error> {
    Ok(store::account::admins(&mut *app.pool.acquire().await?, NAMED).await?)
}

/// What `Authorization: Bearer` holds.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let shown = headers.get(AUTHORIZATION)?.to_str().ok()?;
    shown.strip_prefix("Bearer ").filter(|word| !word.is_empty())
}

/// Lets only clusters in: nobody else's body is read. Whose the credential is, the call finds out.
pub(super) async fn with_credential(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let Some(credential) = bearer(request.headers()) else {
        return Refused(Error::CredentialUnknown).into_response();
    };
    let credential_sha256 = secret::sha256(credential);
    if let Err(error) = status::known(&app, &credential_sha256).await {
        return Refused(error).into_response();
    }
    request.extensions_mut().insert(Caller(Who::Cluster { credential_sha256 }));
    next.run(request).await
}

/// The session's token, from the cookie.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, value)| *name == NAME && !value.is_empty()).map(|(_, value)| value)
}

/// The cookie that holds a token, or that ends it.
pub(super) fn cookie(app: &App, token: Option<&str>) -> Result<HeaderValue, Error> {
    let secure = if app.public_url.starts_with("https://") { "; Secure" } else { "" };
    let seconds = if token.is_some() { account::SESSION.as_secs() } else { 0 };
    let text =
        format!("{NAME}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}", token.unwrap_or_default());
    HeaderValue::from_str(&text).map_err(|error| Error::Internal(error.into()))
}

/// The address of whoever asks. A proxy's own address, behind one.
pub(super) fn peer(request: &axum::http::Extensions) -> String {
    request.get::<ConnectInfo<SocketAddr>>().map_or_else(|| "unknown".to_owned(), |peer| peer.0.ip().to_string())
}
