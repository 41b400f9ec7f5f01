//! A refusal as `application/problem+json` (RFC 9457), and as a line in the log when it is our fault.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use flagstaff_model::wire::Refusal;

use crate::app::{Error, JoinTokenRefusal};
use crate::context::Role;

/// An error on its way out. The request id is put in by the layer that knows it.
#[derive(Debug)]
pub struct Refused(pub Error);

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// What the outermost layer makes a body of.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) detail: String,
    /// What only refusals of this kind say, by its name.
    pub(super) more: Option<(&'static str, String)>,
    /// Of a role that is missing: which, where, and who can give it.
    pub(super) missing: Option<Missing>,
}

/// A role that is missing.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Missing {
    /// What is needed.
    pub(super) needs: Role,
    /// What there is.
    pub(super) has: Role,
    /// With what.
    pub(super) place: String,
    /// Addresses of some who can give it; filled in by the layer that reads the database.
    pub(super) granted_by: Vec<String>,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = status(&self.0);
        if let Error::Internal(source) = &self.0 {
            tracing::error!("a fault of the hub: {source:#}");
        }
        if let Error::Unavailable(source) = &self.0 {
            tracing::warn!("the database does not answer: {source}");
        }
        let mut response = status.into_response();
        let missing = match &self.0 {
            Error::NotPermitted { needs, has, place } => {
                Some(Missing { needs: *needs, has: *has, place: place.clone(), granted_by: vec![] })
            }
            _ => None,
        };
        let problem = Problem { status, code: self.0.code(), detail: self.0.to_string(), more: more(&self.0), missing };
        let retry = match &self.0 {
            Error::TooManyTries { retry_after_seconds } => Some(*retry_after_seconds),
            Error::Overloaded | Error::Unavailable(_) => Some(1),
            _ => None,
        };
        if let Some(retry) = retry {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(retry));
        }
        response.extensions_mut().insert(problem);
        response
    }
}

impl Problem {
    /// Makes it the body, with the request's id.
    pub(super) fn fill(self, response: Response, request_id: &str) -> Response {
        let refusal = Refusal {
            kind: "about:blank".into(),
            title: self.status.canonical_reason().unwrap_or("Refused").to_owned(),
            status: self.status.as_u16(),
            detail: self.detail,
            code: self.code.into(),
            request_id: request_id.to_owned(),
        };
        let mut body = serde_json::to_value(&refusal).unwrap_or_default();
        if let Some((name, value)) = self.more {
            body[name] = value.into();
        }
        if let Some(missing) = &self.missing {
            body["missing"] = serde_json::to_value(missing).unwrap_or_default();
        }
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let (mut parts, _) = response.into_parts();
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        parts.headers.remove(axum::http::header::CONTENT_LENGTH);
        Response::from_parts(parts, body.into())
    }
}

/// Since when a store has no data.
fn more(error: &Error) -> Option<(&'static str, String)> {
    let Error::Telemetry(fault) = error else { return None };
    let since = fault.last_good_at.filter(|_| fault.fault.is_absence())?;
    Some(("no_data_since", since.to_string()))
}

fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotSignedIn | Error::CredentialUnknown | Error::WrongPassword => StatusCode::UNAUTHORIZED,
        Error::NotPermitted { .. } | Error::NotByToken | Error::NoCsrfHeader => StatusCode::FORBIDDEN,
        Error::NotFound { .. } | Error::StoreMissing { .. } => StatusCode::NOT_FOUND,
        Error::Telemetry(fault) => fault.fault.status(),
        Error::Invalid { .. } | Error::QueryNotConfined { .. } => StatusCode::BAD_REQUEST,
        Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Error::TooManyTries { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::JoinToken(JoinTokenRefusal::Unknown) => StatusCode::UNAUTHORIZED,
        Error::JoinToken(_) | Error::SetupUnknown => StatusCode::FORBIDDEN,
        Error::Conflict { .. } | Error::ConfirmOver { .. } => StatusCode::CONFLICT,
        Error::NoHardLimit => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Notice(_) => StatusCode::BAD_GATEWAY,
        Error::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        Error::Overloaded | Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
