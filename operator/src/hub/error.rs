//! Why the hub cannot be spoken to; nothing in the cluster depends on it.

use flagstaff_model::Reason;
use thiserror::Error;

/// A failure between this cluster and the hub. What is installed goes on as it is.
#[derive(Debug, Error)]
pub enum HubError {
    /// The join token cannot be had from its Secret.
    #[error("join token: Secret {name}: {why}")]
    Token {
        /// Name of the Secret.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// Nobody answered, or the answer was that it cannot be served now.
    #[error("{url} does not answer: {why}. Everything here goes on; it is tried again")]
    Unreachable {
        /// The hub's URL.
        url: String,
        /// What happened.
        why: String,
    },
    /// What answers has not the identity key that the join token pinned.
    #[error(
        "{url} cannot prove that it is the hub: {why}. If the hub lost its identity key, join again with a new join token"
    )]
    Untrusted {
        /// The hub's URL.
        url: String,
        /// What is wrong.
        why: String,
    },
    /// The hub refused, with its own words.
    #[error("the hub refused: {detail} ({code}, request {request_id})")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The hub's stable code.
        code: String,
        /// The hub's sentence.
        detail: String,
        /// Names the request in the hub's log.
        request_id: String,
    },
    /// The hub is another or an older one than before.
    #[error("{0}")]
    OlderState(String),
    /// What this cluster remembers of the hub cannot be read or written.
    #[error("Secret {name}: {why}")]
    Memory {
        /// Name of the Secret.
        name: String,
        /// What is wrong.
        why: String,
    },
}

impl HubError {
    /// The stable code, as in docs/operate/errors.md.
    pub fn code(&self) -> &'static str {
        match self {
            HubError::Token { .. } => "operator.hub_token",
            HubError::Unreachable { .. } => "operator.hub_unreachable",
            HubError::Untrusted { .. } => "operator.hub_untrusted",
            HubError::Refused { .. } => "operator.hub_refused",
            HubError::OlderState(_) => "operator.hub_older_state",
            HubError::Memory { .. } => "operator.hub_memory",
        }
    }

    /// The reason for the flag's condition.
    pub fn reason(&self) -> Reason {
        match self {
            HubError::Token { .. } => Reason::JoinTokenMissing,
            HubError::Unreachable { .. } => Reason::HubUnreachable,
            HubError::Untrusted { .. } => Reason::HubUntrusted,
            HubError::Refused { code, .. } if code.starts_with("join_token") => Reason::JoinTokenRefused,
            HubError::Refused { .. } | HubError::Memory { .. } => Reason::HubRefused,
            HubError::OlderState(_) => Reason::HubOlderState,
        }
    }

    /// Whether the hub does not know this cluster's credential (any more).
    pub fn is_unknown_credential(&self) -> bool {
        matches!(self, HubError::Refused { status: 401, .. })
    }
}
