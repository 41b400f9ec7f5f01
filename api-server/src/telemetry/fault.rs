//! Why a store gave no answer; each names the store and says what a person can do.

use axum::http::StatusCode;
use jiff::Timestamp;

/// What went wrong with a store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It cannot be reached, or cannot serve.
    #[error("does not answer: {0}")]
    Unavailable(String),
    /// It took too long.
    #[error("did not answer within {seconds} s. Ask for a shorter range or less, or look at the store.")]
    Timeout {
        /// What it was given.
        seconds: u64,
    },
    /// Too many are asking it.
    #[error("is asked too much at once by this hub. Try again in a moment.")]
    Busy,
    /// It does not take our credentials.
    #[error("refused the credentials (status {status}). Check authentication and tenant under Settings, Stores.")]
    Unauthorized {
        /// 401 or 403.
        status: u16,
    },
    /// It sends us elsewhere.
    #[error(
        "redirects to another address (status {status}), which is not followed. Set the URL that serves the queries itself."
    )]
    Redirected {
        /// 3xx.
        status: u16,
    },
    /// What came is no answer of such a store.
    #[error("gave an answer that is none of a {kind}: {what}. Check that the URL is the one that queries go to.")]
    NotUnderstood {
        /// What it should be.
        kind: &'static str,
        /// What came instead; never its text.
        what: String,
    },
    /// The answer is too large.
    #[error("has an answer larger than {limit_bytes} bytes. Ask for a shorter range, a longer step, or aggregate.")]
    TooLarge {
        /// What is taken.
        limit_bytes: usize,
    },
    /// The store says that the query is wrong.
    #[error("refused the query: {0}")]
    QueryRefused(String),
    /// The address is one that is never called.
    #[error(
        "is at an address that is not called: {0}. Link-local and metadata addresses are refused unless the hub runs with --allow-link-local-stores."
    )]
    AddressRefused(String),
    /// A series of another cluster came.
    #[error(
        "answered with data of another cluster, which is not shown. Its label `cluster` may be rewritten on the way."
    )]
    NotConfined,
    /// The secret does not open.
    #[error("has a secret that this hub's encryption key does not open. Give the secret again, or bring the key back.")]
    SecretUnreadable,
}

/// A fault with the store's name, and since when there is no data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelemetryFault {
    /// The store's name.
    pub store: String,
    /// When it last answered well, where it ever did.
    pub last_good_at: Option<Timestamp>,
    /// What went wrong.
    pub fault: Fault,
}

impl std::error::Error for TelemetryFault {}

impl std::fmt::Display for TelemetryFault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "The store {} {}", self.store, self.fault)?;
        match self.last_good_at {
            _ if matches!(self.fault, Fault::AddressRefused(_) | Fault::NotConfined) => Ok(()),
            Some(at) if self.fault.is_absence() => write!(out, " No data since {at:.0}."),
            None if self.fault.is_absence() => write!(out, " It never answered this hub."),
            _ => Ok(()),
        }
    }
}

impl Fault {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "store_unavailable",
            Self::Timeout { .. } => "store_timeout",
            Self::Busy => "store_busy",
            Self::Unauthorized { .. } => "store_unauthorized",
            Self::Redirected { .. } => "store_redirected",
            Self::NotUnderstood { .. } => "store_not_understood",
            Self::TooLarge { .. } => "store_answer_too_large",
            Self::QueryRefused(_) => "store_query_refused",
            Self::AddressRefused(_) => "store_address_refused",
            Self::NotConfined => "store_not_confined",
            Self::SecretUnreadable => "store_secret_unreadable",
        }
    }

    /// The HTTP status of the refusal.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Timeout { .. } => StatusCode::GATEWAY_TIMEOUT,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::QueryRefused(_) | Self::AddressRefused(_) | Self::TooLarge { .. } => StatusCode::BAD_REQUEST,
            _ => StatusCode::BAD_GATEWAY,
        }
    }

    /// Whether the store itself is to blame, so that what it held is missing.
    pub fn is_absence(&self) -> bool {
        !matches!(self, Self::Busy | Self::TooLarge { .. } | Self::QueryRefused(_))
    }
}
