//! What a caller has seen of a thing, and what it is told of it: `If-Match` and `ETag`.

use axum::http::header::{ETAG, IF_MATCH};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use super::problem::Refused;
use crate::app::Error;

/// The tag of what the caller has seen, if it says one.
pub fn seen(headers: &HeaderMap) -> Option<&str> {
    headers.get(IF_MATCH).and_then(|tag| tag.to_str().ok())
}

/// The answer with the tag of what is in it.
pub fn tagged(mut response: Response, tag: &str) -> Result<Response, Refused> {
    let tag = HeaderValue::from_str(tag).map_err(|error| Error::Internal(error.into()))?;
    response.headers_mut().insert(ETAG, tag);
    Ok(response)
}
