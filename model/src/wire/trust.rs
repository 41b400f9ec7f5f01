//! The certificates by which a cluster knows the hub, signed by the identity key that the join token pins.

use serde::{Deserialize, Serialize};

/// `GET /agent/v1/trust`. A lower number than the last one seen is refused by clusters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrustAnswer {
    /// Grows with each change.
    pub number: u64,
    /// Whether the hub's certificate is from a public authority, so that the system's roots count too.
    pub public_roots: bool,
    /// PEM certificates of the authorities that the hub's certificate may come from; empty with public roots alone.
    pub certificates_pem: String,
    /// The identity key: Ed25519 public key, 32 bytes, base64url without padding.
    pub key: String,
    /// Ed25519 over [`signed_text`](Self::signed_text), 64 bytes, base64url without padding.
    pub signature: String,
}

impl TrustAnswer {
    /// What is signed. `certificates_sha256` is the SHA-256 of `certificates_pem`, in lower-case hex.
    pub fn signed_text(&self, certificates_sha256: &str) -> String {
        format!("flagstaff trust v1\n{}\n{}\n{certificates_sha256}\n", self.number, self.public_roots)
    }
}
