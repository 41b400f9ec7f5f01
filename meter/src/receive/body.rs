//! Reading a body within bounds, and its headers.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use flagstaff_remote_write::{Encoding, Version};
use http_body_util::BodyExt;

use super::Kind;
use crate::error::Error;
use crate::gate::{Gate, Held};

/// Header by which senders name their tenant.
pub const TENANT: &str = "x-scope-orgid";

/// Which message the headers promise.
pub fn kind(headers: &HeaderMap) -> Result<Kind, Error> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = text(header::CONTENT_TYPE.as_str()).unwrap_or("application/x-protobuf");
    let encoding = text(header::CONTENT_ENCODING.as_str());
    match (Version::of(content_type), Encoding::of(encoding)) {
        (Some(version), Some(encoding)) => Ok(Kind { version, encoding, tenant: text(TENANT).map(ToOwned::to_owned) }),
        _ => Err(Error::Unsupported(format!("{content_type}, {}", encoding.unwrap_or("snappy")))),
    }
}

/// Reads a body of at most `max` bytes; while it is under way it is counted by the gate. What is announced is never taken as memory.
pub async fn read(headers: &HeaderMap, body: Body, max: usize, gate: &Gate) -> Result<(Bytes, Held), Error> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|announced| announced > max) {
        return Err(Error::BodyTooLarge { allowed: max });
    }
    let mut held = gate.enter(announced.unwrap_or(0))?;
    let mut body = body;
    let mut whole: Vec<u8> = vec![];
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Error::BodyBroken(error.to_string()))?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > max {
            return Err(Error::BodyTooLarge { allowed: max });
        }
        held.grow_to(whole.len() + data.len())?;
        if whole.is_empty() && Some(data.len()) == announced {
            return Ok((data, held));
        }
        whole.extend_from_slice(&data);
    }
    Ok((whole.into(), held))
}

/// Takes a body off the connection without keeping it, so that the sender can be answered.
pub async fn drain(mut body: Body) {
    while let Some(Ok(_)) = body.frame().await {}
}
