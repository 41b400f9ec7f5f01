//! A refusal as `application/problem+json` (RFC 9457).

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use flagstaff_model::wire::Refusal;

use crate::error::Error;

/// An error on its way out.
#[derive(Debug)]
pub struct Refused(pub Error);

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// Names requests in the log.
static NEXT: AtomicU64 = AtomicU64::new(1);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, code) = (self.0.status(), self.0.code());
        let request_id = format!("{:08x}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        tracing::debug!(code, request_id, "{}", self.0);
        let refusal = Refusal {
            kind: "about:blank".into(),
            title: status.canonical_reason().unwrap_or("Refused").to_owned(),
            status: status.as_u16(),
            detail: self.0.to_string(),
            code: code.into(),
            request_id,
        };
        let body = serde_json::to_vec(&refusal).unwrap_or_default();
        let mut response = (status, [(CONTENT_TYPE, "application/problem+json")], body).into_response();
        if matches!(self.0, Error::Unauthorized) {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer, Basic realm=\"meter\""));
        }
        // Ours to mend: the sender tries again.
        if self.0.status().is_server_error() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
