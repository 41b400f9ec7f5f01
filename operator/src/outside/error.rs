//! Why something outside of the cluster could not be written or taken back.

use flagstaff_model::Reason;
use thiserror::Error;

/// A failure outside of the cluster. What is installed in the cluster is not touched by it.
#[derive(Debug, Error)]
pub enum OutsideError {
    /// A Secret that the setting names cannot be used.
    #[error("Secret {name}: {why}")]
    Secret {
        /// Its name, in the platform namespace.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// The connection cannot be made from what was set.
    #[error("{url} cannot be used: {why}")]
    Setting {
        /// The URL.
        url: String,
        /// What is wrong.
        why: String,
    },
    /// Nobody answered, or the answer was that it cannot be served now.
    #[error("{url} does not answer: {why}; check the URL, the network policy and the store itself. It is tried again")]
    Unreachable {
        /// The URL.
        url: String,
        /// What happened.
        why: String,
    },
    /// The request was refused.
    #[error("{url} refused {what} with {status}: {why}")]
    Refused {
        /// The URL.
        url: String,
        /// What was asked.
        what: String,
        /// HTTP status.
        status: u16,
        /// The first line of the answer.
        why: String,
    },
}

impl OutsideError {
    /// The stable code, as in docs/operate/errors.md.
    pub fn code(&self) -> &'static str {
        match self {
            OutsideError::Secret { .. } => "operator.outside_secret",
            OutsideError::Setting { .. } => "operator.outside_setting",
            OutsideError::Unreachable { .. } => "operator.outside_unreachable",
            OutsideError::Refused { .. } => "operator.outside_refused",
        }
    }

    /// The reason for the flag's condition.
    pub fn reason(&self) -> Reason {
        match self {
            OutsideError::Secret { .. } => Reason::SecretUnreadable,
            OutsideError::Setting { .. } | OutsideError::Refused { .. } => Reason::RulerRefused,
            OutsideError::Unreachable { .. } => Reason::RulerUnreachable,
        }
    }
}
