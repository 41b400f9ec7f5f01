//! What an HTTP peer answers: read within a bound, and the cause where nothing came.

use std::error::Error;
use std::fmt;

use reqwest::Response;

/// Why an answer could not be read.
#[derive(Debug)]
pub enum Unread {
    /// The connection broke.
    Lost(reqwest::Error),
    /// It is longer than this many bytes.
    TooLong(usize),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unread::Lost(error) => f.write_str(&innermost(error)),
            Unread::TooLong(most) => write!(f, "its answer is longer than {} MiB", most >> 20),
        }
    }
}

/// Reads an answer up to `most` bytes, whatever length it claims.
///
/// # Errors
/// [`Unread`] when the connection breaks, or there is more.
pub async fn read(mut answer: Response, most: usize) -> Result<Vec<u8>, Unread> {
    let mut bytes = vec![];
    while let Some(chunk) = answer.chunk().await.map_err(Unread::Lost)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > most {
            return Err(Unread::TooLong(most));
        }
    }
    Ok(bytes)
}

/// The innermost cause says most: refused, no such host, an unknown authority. The outer ones only repeat the address.
pub fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
