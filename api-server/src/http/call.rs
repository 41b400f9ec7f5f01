//! What surrounds every call: its name, its place among others, its end in the log and in the metrics; and what handlers take out of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body as Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::problem::{Problem, Refused};
use crate::app::write::Written;
use crate::app::{App, Error};
use crate::context::{OpContext, Who};
use crate::secret;

/// No message is larger.
pub(super) const BODY_BYTES: usize = 256 << 10;
/// No call takes longer; what is held has its own end.
const CALL: Duration = Duration::from_secs(15);

/// The request id, made where the call comes in.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);

/// Which entry of the URL map answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Route(pub(super) &'static str);

/// Who makes the call, as a layer before has found out.
#[derive(Debug, Clone)]
pub(super) struct Caller(pub(super) Who);

/// The outermost layer: names the request, fills in what a problem says, and counts.
pub(super) async fn named(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = secret::id("r").unwrap_or_else(|_| "r-none".to_owned());
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let under_way = app.metrics.begin();
    let mut response = next.run(request).await;
    drop(under_way);
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        tracing::debug!(request_id = %id, %method, path, code = problem.code, "{}", problem.detail);
        if problem.status.is_server_error() {
            tracing::warn!(request_id = %id, %method, path, status = problem.status.as_u16(), code = problem.code);
        }
        response = problem.fill(response, &id);
    }
    let route = response.extensions().get::<Route>().map_or("other", |route| route.0);
    app.metrics.call(&method, route, response.status(), begun.elapsed());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

/// A place among the requests that are worked on, or 503 at once. What was begun is finished, also when the client has gone: no
/// transaction is cut off in the middle, and a connection to Postgres always comes back whole.
pub(super) async fn placed(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let place = match app.gate.request() {
        Ok(place) => place,
        Err(error) => {
            app.metrics.overloaded.inc();
            return Refused(error).into_response();
        }
    };
    let work = tokio::spawn(async move {
        let response = tokio::time::timeout(CALL, next.run(request)).await;
        drop(place);
        response
    });
    match work.await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => Refused(Error::Overloaded).into_response(),
        Err(panic) => Refused(Error::Internal(anyhow::anyhow!("a handler ended: {panic}"))).into_response(),
    }
}

/// A write of a person says by a header that no other site can send that it comes from our own pages. A token comes from no page at all.
pub(super) async fn from_our_pages(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let program = matches!(request.extensions().get(), Some(Caller(Who::Token { .. })));
    if reads || program || request.headers().get("x-flagstaff-csrf").is_some_and(|value| value == "1") {
        return next.run(request).await;
    }
    Refused(Error::NoCsrfHeader).into_response()
}

impl<S: Sync> FromRequestParts<S> for OpContext {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        let who = parts.extensions.get::<Caller>().map_or(Who::Nobody, |caller| caller.0.clone());
        Ok(Self { who, request_id, at: Timestamp::now() })
    }
}

/// A JSON body; also none, where all of its fields have defaults.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Json<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        let too_large = || Refused(Error::TooLarge { limit_bytes: BODY_BYTES });
        let said = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if said.is_some_and(|length| length > BODY_BYTES) {
            return Err(too_large());
        }
        let bytes = to_bytes(Bytes::new(request.into_body()), BODY_BYTES).await.map_err(|_| too_large())?;
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        // The message names the place, never the value: that may be a secret.
        serde_json::from_slice(text).map(Self).map_err(|error| {
            let what = match error.classify() {
                serde_json::error::Category::Data => "does not fit",
                _ => "is no JSON",
            };
            Refused(Error::invalid(format!("The body {what} at line {}, column {}.", error.line(), error.column())))
        })
    }
}

/// The query.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|query| Self(query.0))
            .map_err(|error| Refused(Error::invalid(format!("The query does not fit: {}.", error.body_text()))))
    }
}

/// The answer to a write: with this status when it is done, with what it would do when it was only tried.
pub fn written<T: serde::Serialize>(status: StatusCode, written: Written<T>) -> Response {
    match written {
        Written::Tried(tried) => Answer(tried).into_response(),
        Written::Done(_) if status == StatusCode::NO_CONTENT => status.into_response(),
        Written::Done(done) => {
            let mut response = Answer(done).into_response();
            if response.status().is_success() {
                *response.status_mut() = status;
            }
            response
        }
    }
}

/// A JSON answer.
pub struct Answer<T>(pub T);

impl<T: serde::Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => {
                let headers = [(CONTENT_TYPE, "application/json"), (axum::http::header::CACHE_CONTROL, "no-store")];
                (StatusCode::OK, headers, body).into_response()
            }
            Err(error) => Refused(Error::Internal(error.into())).into_response(),
        }
    }
}
