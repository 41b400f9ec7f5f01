//! Why a call was refused; what a peer sees of it is made of this in one place.

use thiserror::Error as ThisError;

use crate::context::Role;
use crate::notice::Failure;
use crate::secret::RandomError;
use crate::telemetry::{StoreKind, TelemetryFault};

/// Why a join token is not good for this cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinTokenRefusal {
    /// There is none of that name and secret.
    Unknown,
    /// Its time is over.
    Expired,
    /// As many have joined by it as may.
    UsedUp,
    /// It was taken back.
    Revoked,
    /// The cluster is known, and this token is not the one it joined by, nor made for it.
    OtherCluster,
    /// It is for clusters with this label.
    WrongLabels {
        /// The label.
        name: String,
        /// What it has to be.
        value: String,
    },
}

/// Why a call was refused.
#[derive(Debug, ThisError)]
pub enum Error {
    /// Nobody is signed in.
    #[error("Sign in first.")]
    NotSignedIn,
    /// The role is not enough.
    #[error("This needs the role {} for {place}; yours there is {}.", needs.as_str(), has.as_str())]
    NotPermitted {
        /// What is needed.
        needs: Role,
        /// What there is.
        has: Role,
        /// With what: a cluster, some of them, the whole fleet.
        place: String,
    },
    /// A program asks for what only a person may do.
    #[error("Only a person who is signed in may do this, no API token.")]
    NotByToken,
    /// A write that did not say that it comes from our own pages.
    #[error("A write needs the header X-Flagstaff-Csrf: 1.")]
    NoCsrfHeader,
    /// There is no such thing.
    #[error("There is no {what} here.")]
    NotFound {
        /// Which thing.
        what: String,
    },
    /// It was not understood, or makes no sense.
    #[error("{detail}")]
    Invalid {
        /// What, as a sentence.
        detail: String,
    },
    /// The body is too large.
    #[error("The body is larger than {limit_bytes} bytes.")]
    TooLarge {
        /// What may be sent.
        limit_bytes: usize,
    },
    /// Email and password do not fit.
    #[error("Email and password do not fit.")]
    WrongPassword,
    /// The one-time link is not good.
    #[error("This link was used, or its hour is over. A new one is printed when the hub starts.")]
    SetupUnknown,
    /// Too many failures.
    #[error("Too many failed tries; try again in {retry_after_seconds} s.")]
    TooManyTries {
        /// When to try again.
        retry_after_seconds: u64,
    },
    /// The join token is not good.
    #[error("{}", join_token(.0))]
    JoinToken(JoinTokenRefusal),
    /// No cluster has this credential.
    #[error("No cluster has this credential. Enroll again with a join token; remove nothing.")]
    CredentialUnknown,
    /// Something else stands against it.
    #[error("{detail}")]
    Conflict {
        /// What, as a sentence.
        detail: String,
    },
    /// It is over its limit as it is made.
    #[error("{detail}")]
    ConfirmOver {
        /// By how much, as a sentence.
        detail: String,
    },
    /// A budget is to refuse past a hard limit that it has not.
    #[error("A budget that refuses series needs a hard limit: set hard_series, or act to watch.")]
    NoHardLimit,
    /// A message was not taken.
    #[error("{0}")]
    Notice(Failure),
    /// It changed meanwhile.
    #[error("It changed meanwhile: read it again.")]
    PreconditionFailed,
    /// A query that cannot be kept to one cluster.
    #[error("The query cannot be confined to the cluster {cluster}: {reason}.")]
    QueryNotConfined {
        /// The cluster.
        cluster: String,
        /// Why not.
        reason: String,
    },
    /// No store holds the cluster.
    #[error("No {} store holds the cluster {cluster}. An operator connects one under Settings, Stores.", kind.as_str())]
    StoreMissing {
        /// The cluster.
        cluster: String,
        /// What is missing.
        kind: StoreKind,
    },
    /// A store gave no answer.
    #[error("{0}")]
    Telemetry(Box<TelemetryFault>),
    /// Too much to do.
    #[error("The hub has too much to do; try again soon.")]
    Overloaded,
    /// The database does not answer.
    #[error("The hub cannot reach its database; try again soon.")]
    Unavailable(#[source] sqlx::Error),
    /// A fault of ours.
    #[error("Something went wrong in the hub; its log has the request id.")]
    Internal(#[source] anyhow::Error),
}

fn join_token(refusal: &JoinTokenRefusal) -> String {
    match refusal {
        JoinTokenRefusal::Unknown => "There is no such join token. Make one in the console under Add a cluster.".into(),
        JoinTokenRefusal::Expired => "The join token's time is over. Make a new one.".into(),
        JoinTokenRefusal::UsedUp => "As many clusters have joined by this token as may. Make a new one.".into(),
        JoinTokenRefusal::Revoked => "The join token was taken back. Ask whoever runs the hub for another.".into(),
        JoinTokenRefusal::OtherCluster => {
            "A cluster of this UID has joined before by another token. To let it join again, make a join token for this very \
             cluster, or remove it first."
                .into()
        }
        JoinTokenRefusal::WrongLabels { name, value } => {
            format!(
                "The join token is for clusters whose {name} is {value}. Set it in the flag, or make another token."
            )
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => Self::Overloaded,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(error)
            }
            sqlx::Error::Database(from) => match from.code().as_deref() {
                // A statement or lock took too long, or there is no connection left.
                Some("57014" | "55P03" | "53300" | "40P01") => Self::Overloaded,
                // It is starting, ending, or was ended.
                Some("57P01" | "57P02" | "57P03") => Self::Unavailable(error),
                // A zero byte, or a character that there is not.
                Some("22021" | "22P05") => Self::invalid("A text holds a character that cannot be kept."),
                Some("23505") => Self::Conflict { detail: "Something of that name exists already.".into() },
                _ => Self::Internal(error.into()),
            },
            _ => Self::Internal(error.into()),
        }
    }
}

impl From<RandomError> for Error {
    fn from(error: RandomError) -> Self {
        Self::Internal(error.into())
    }
}

impl Error {
    /// Something that was not understood.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::Invalid { detail: detail.into() }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSignedIn => "not_signed_in",
            Self::NotPermitted { .. } | Self::NotByToken | Self::NoCsrfHeader => "not_permitted",
            Self::NotFound { .. } => "not_found",
            Self::Invalid { .. } | Self::TooLarge { .. } => "invalid",
            Self::WrongPassword => "wrong_password",
            Self::SetupUnknown => "setup_unknown",
            Self::TooManyTries { .. } => "too_many_tries",
            Self::JoinToken(JoinTokenRefusal::Unknown) => "join_token_unknown",
            Self::JoinToken(JoinTokenRefusal::Expired) => "join_token_expired",
            Self::JoinToken(JoinTokenRefusal::UsedUp) => "join_token_used_up",
            Self::JoinToken(JoinTokenRefusal::Revoked) => "join_token_revoked",
            Self::JoinToken(JoinTokenRefusal::WrongLabels { .. }) => "join_token_wrong_labels",
            Self::JoinToken(JoinTokenRefusal::OtherCluster) => "join_token_other_cluster",
            Self::CredentialUnknown => "credential_unknown",
            Self::Conflict { .. } => "conflict",
            Self::ConfirmOver { .. } => "confirm_over",
            Self::NoHardLimit => "no_hard_limit",
            Self::Notice(failure) => failure.code(),
            Self::PreconditionFailed => "precondition_failed",
            Self::QueryNotConfined { .. } => "query_not_confined",
            Self::StoreMissing { .. } => "store_missing",
            Self::Telemetry(fault) => fault.fault.code(),
            Self::Overloaded => "overloaded",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal",
        }
    }
}
