//! The text that lets a cluster join, and that pins the hub's identity key: `fsj1.<id>.<secret>.<identity key>`.

use std::fmt;

/// The first part of every join token of this version.
const PREFIX: &str = "fsj1";

/// The parts of a join token. Its `Debug` shows no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinToken {
    /// Names the token; no secret.
    pub id: String,
    /// What the hub keeps only a hash of.
    pub secret: String,
    /// The hub's Ed25519 public key, base64url without padding: what `/agent/v1/trust` has to be signed by.
    pub identity_key: String,
}

/// The text is no join token; it is never quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinTokenError;

impl fmt::Display for JoinTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no join token: it has four parts, parted by dots, and begins with fsj1")
    }
}

impl std::error::Error for JoinTokenError {}

impl JoinToken {
    /// Reads the text; spaces and line ends around it do not matter.
    pub fn parse(text: &str) -> Result<Self, JoinTokenError> {
        let mut parts = text.trim().split('.');
        let (Some(PREFIX), Some(id), Some(secret), Some(key), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JoinTokenError);
        };
        let word = |part: &str| {
            let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
            (1..=256).contains(&part.len()) && part.chars().all(plain)
        };
        if ![id, secret, key].into_iter().all(word) {
            return Err(JoinTokenError);
        }
        Ok(Self { id: id.to_owned(), secret: secret.to_owned(), identity_key: key.to_owned() })
    }

    /// The text that a person copies: a secret.
    pub fn text(&self) -> String {
        format!("{PREFIX}.{}.{}.{}", self.id, self.secret, self.identity_key)
    }
}

impl fmt::Debug for JoinToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinToken")
            .field("id", &self.id)
            .field("identity_key", &self.identity_key)
            .finish_non_exhaustive()
    }
}
