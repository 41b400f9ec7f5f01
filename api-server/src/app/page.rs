//! Pages of lists: a cursor is opaque to whoever carries it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Error;

/// How many items a page has.
pub fn limit(asked: Option<u32>) -> i64 {
    i64::from(asked.unwrap_or(100).clamp(1, 1000))
}

/// A place in a list as a word.
pub fn cursor<T: Serialize>(place: &T) -> Result<String, Error> {
    let text = serde_json::to_vec(place).map_err(|error| Error::Internal(error.into()))?;
    Ok(URL_SAFE_NO_PAD.encode(text))
}

/// The place that a word names.
pub fn place<T: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<T>, Error> {
    let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) else { return Ok(None) };
    let wrong = || Error::invalid("This cursor is none of ours: begin with the first page.");
    let text = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
    serde_json::from_slice(&text).map(Some).map_err(|_| wrong())
}
