//! Why a replica stopped leading, or could not compete.

use thiserror::Error;

/// Why an election ended otherwise than by a stop that was asked for.
#[derive(Debug, Error)]
pub enum LeaderError {
    /// The times given are unsound.
    #[error("leader election cannot work with these times: {sentence}")]
    Timing {
        /// What is wrong with them.
        sentence: &'static str,
    },
    /// Somebody else holds the Lease now.
    #[error("leadership was lost to {holder}")]
    Taken {
        /// Who holds it.
        holder: String,
    },
    /// No renewal succeeded within the deadline.
    #[error("leadership was given up: no renewal succeeded within {seconds:.0} s; the last attempt said: {last}")]
    NotRenewed {
        /// The deadline.
        seconds: f64,
        /// What the last attempt failed with.
        last: String,
    },
    /// The work done while leading ended by a panic.
    #[error("the work done while leading failed: {0}")]
    Work(#[source] tokio::task::JoinError),
}

impl LeaderError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Timing { .. } => "operator.leader_timing",
            Self::Taken { .. } => "operator.leadership_taken",
            Self::NotRenewed { .. } => "operator.leadership_not_renewed",
            Self::Work(_) => "operator.leader_work_failed",
        }
    }

    /// What a person can do about it.
    pub fn fix(&self) -> &'static str {
        match self {
            Self::Timing { .. } => "Choose lease duration > renew deadline > 2 × retry period.",
            Self::Taken { .. } => {
                "Nothing, if it happens seldom: this replica starts again as a standby. If it keeps happening, look for an API server that answers late."
            }
            Self::NotRenewed { .. } => {
                "Look at the API server and the network between it and this pod; this replica starts again as a standby."
            }
            Self::Work(_) => "Report it with the log above: it is a fault of the operator.",
        }
    }
}
