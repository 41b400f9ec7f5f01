//! Why the hub refused: `application/problem+json` (RFC 9457).

use serde::{Deserialize, Serialize};

/// The body of every answer of the hub that is no success. Members that are not known are ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Refusal {
    /// `about:blank`, or an address of a page on the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// A few words that are the same for every refusal of this code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened here, and what a person can do.
    pub detail: String,
    /// Stable code to decide by: one of the constants of this type, or one of a newer hub.
    pub code: String,
    /// Names the request in the hub's log.
    pub request_id: String,
}

impl Refusal {
    /// No join token of that name and secret.
    pub const JOIN_TOKEN_UNKNOWN: &str = "join_token_unknown";
    /// The join token's time is over.
    pub const JOIN_TOKEN_EXPIRED: &str = "join_token_expired";
    /// As many clusters have joined by it as may.
    pub const JOIN_TOKEN_USED_UP: &str = "join_token_used_up";
    /// A person took it back.
    pub const JOIN_TOKEN_REVOKED: &str = "join_token_revoked";
    /// It is for clusters with other labels.
    pub const JOIN_TOKEN_WRONG_LABELS: &str = "join_token_wrong_labels";
    /// No cluster has this credential; enroll again, remove nothing.
    pub const CREDENTIAL_UNKNOWN: &str = "credential_unknown";
    /// The hub has too much to do; try again as `Retry-After` says.
    pub const OVERLOADED: &str = "overloaded";
    /// The message was not understood.
    pub const INVALID: &str = "invalid";
    /// There is no such thing; remove nothing for it.
    pub const NOT_FOUND: &str = "not_found";
}
