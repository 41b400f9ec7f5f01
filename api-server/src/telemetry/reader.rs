//! Reading what a store sends: no more than is taken, and only what is JSON.

use std::error::Error;

use axum::http::header::CONTENT_TYPE;
use reqwest::Response;

use super::address::Refused;
use super::answer::{not_understood, refusal};
use super::{Fault, StoreKind};

/// Largest answer.
pub(super) const ANSWER_BYTES: usize = 16 << 20;
/// Of a refusal no more than this is looked at.
const REFUSAL_BYTES: usize = 64 << 10;

/// The body of a good answer.
pub(super) async fn body(kind: StoreKind, response: Response) -> Result<Vec<u8>, Fault> {
    let status = response.status();
    match status.as_u16() {
        200 => {}
        300..=399 => return Err(Fault::Redirected { status: status.as_u16() }),
        401 | 403 => return Err(Fault::Unauthorized { status: status.as_u16() }),
        400 | 422 => {
            let body = bytes(response, REFUSAL_BYTES).await.unwrap_or_default();
            return Err(refusal(kind, status.as_u16(), &body));
        }
        429 => return Err(Fault::Unavailable("it says that it is asked too much (status 429).".into())),
        500.. => return Err(Fault::Unavailable(format!("it says that it cannot serve (status {}).", status.as_u16()))),
        404 => return Err(not_understood(kind, "status 404, there is nothing at that path")),
        other => return Err(not_understood(kind, format!("status {other}"))),
    }
    let media = response.headers().get(CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if media == "text/html" {
        return Err(not_understood(kind, "a web page"));
    }
    bytes(response, ANSWER_BYTES).await
}

async fn bytes(mut response: Response, limit: usize) -> Result<Vec<u8>, Fault> {
    let too_large = Fault::TooLarge { limit_bytes: limit };
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(too_large);
    }
    let mut body = vec![];
    while let Some(part) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + part.len() > limit {
            return Err(too_large);
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

/// Why nothing came, in words; the address is not in them.
pub(super) fn failure(error: &reqwest::Error) -> Fault {
    let mut cause: &dyn Error = error;
    loop {
        if let Some(refused) = cause.downcast_ref::<Refused>() {
            return Fault::AddressRefused(refused.to_string());
        }
        match cause.source() {
            Some(source) => cause = source,
            None => break,
        }
    }
    let deepest = cause.to_string();
    let what = match deepest.as_str() {
        text if text.contains("certificate") => {
            format!("its certificate is not trusted ({text}). Give the authority's certificate with the store.")
        }
        text if text.contains("lookup") => format!("its name is not known ({text})."),
        text => format!("{text}."),
    };
    Fault::Unavailable(what)
}
