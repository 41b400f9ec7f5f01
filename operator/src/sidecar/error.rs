//! Why the sidecar could not do its work.

use std::path::PathBuf;

use thiserror::Error;

use super::content::{CANDIDATE, GOOD, LARGEST_BYTES};
use crate::telemetry::{LoggingError, ServeError};

/// Why the sidecar could not do its work.
#[derive(Debug, Error)]
pub enum SidecarError {
    /// There is nothing to start the agent with.
    #[error("{} holds neither {GOOD} nor {CANDIDATE} with anything in it", folder.display())]
    NothingToStartWith {
        /// The folder.
        folder: PathBuf,
    },
    /// A file of the ConfigMap cannot be read.
    #[error("{} cannot be read: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// A file is larger than any ConfigMap.
    #[error("{} is larger than {LARGEST_BYTES} bytes", file.display())]
    TooLarge {
        /// The file.
        file: PathBuf,
    },
    /// The agent's configuration cannot be written.
    #[error("{} cannot be written: {source}", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// The agent's address is none.
    #[error("`{url}` is no address of an agent: {sentence}")]
    Address {
        /// The address.
        url: String,
        /// What is wrong with it.
        sentence: String,
    },
    /// Signals cannot be received.
    #[error("signals cannot be received: {0}")]
    Signals(#[source] std::io::Error),
    /// Nothing can be logged.
    #[error(transparent)]
    Logging(#[from] LoggingError),
    /// Nothing can be served.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

impl SidecarError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NothingToStartWith { .. } => "operator.sidecar_no_configuration",
            Self::Read { .. } => "operator.sidecar_unreadable",
            Self::TooLarge { .. } => "operator.sidecar_too_large",
            Self::Write { .. } => "operator.sidecar_unwritable",
            Self::Address { .. } => "operator.sidecar_address",
            Self::Signals(_) => "operator.sidecar_signals",
            Self::Logging(error) => error.code(),
            Self::Serve(error) => error.code(),
        }
    }

    /// What a person can do about it.
    pub fn fix(&self) -> &'static str {
        match self {
            Self::NothingToStartWith { .. } => {
                "Look at the agent's ConfigMap and at the operator, which writes it; --source must be where it is mounted."
            }
            Self::Read { .. } | Self::TooLarge { .. } => {
                "Look at the agent's ConfigMap and at --source, where it is mounted."
            }
            Self::Write { .. } => {
                "Make the folder of --target a volume that this container may write to and that has room."
            }
            Self::Address { .. } => "Give --alloy as http://127.0.0.1:12345.",
            Self::Signals(_) => "Report it with the kernel's version.",
            Self::Logging(error) => error.fix(),
            Self::Serve(error) => error.fix(),
        }
    }
}
