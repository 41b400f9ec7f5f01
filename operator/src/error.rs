//! Why a pass of the operator failed, with a stable code and what a person can do.

use flagstaff_model::Reason;
use thiserror::Error;

/// A pass that could not be finished. What runs goes on; the pass is tried again.
#[derive(Debug, Error)]
pub enum OperatorError {
    /// The API server could not be asked.
    #[error("{what}: {source}")]
    Api {
        /// What was being done.
        what: String,
        /// Its answer.
        #[source]
        source: Box<kube::Error>,
    },
    /// The set could not be listed, so nothing of it was removed.
    #[error("cannot list {plural} of the set, so nothing is pruned: {source}")]
    PruneList {
        /// The kind, in plural.
        plural: &'static str,
        /// The API server's answer.
        #[source]
        source: Box<kube::Error>,
    },
    /// Facts about the cluster could not be found.
    #[error("cannot find out about the cluster: {0}")]
    Facts(String),
    /// The file with default destinations cannot be used.
    #[error("default destinations: {0}")]
    Destinations(String),
    /// What the hub has set cannot be read from where it is kept.
    #[error("what the hub has set: {0}")]
    Settings(String),
}

impl OperatorError {
    /// An answer of the API server, with what was being done.
    pub fn api(what: impl Into<String>) -> impl FnOnce(kube::Error) -> OperatorError {
        let what = what.into();
        move |source| OperatorError::Api { what, source: Box::new(source) }
    }

    /// The stable code, as in docs/operate/errors.md.
    pub fn code(&self) -> &'static str {
        match self {
            OperatorError::Api { source, .. } | OperatorError::PruneList { source, .. } => match source.as_ref() {
                kube::Error::Api(status) if status.code == 403 => "operator.forbidden",
                kube::Error::Api(_) => "operator.api_refused",
                _ => "operator.api_unreachable",
            },
            OperatorError::Facts(_) => "operator.facts",
            OperatorError::Destinations(_) => "operator.destinations",
            OperatorError::Settings(_) => "operator.hub_memory",
        }
    }
}

impl OperatorError {
    /// The reason for the flag's condition.
    pub fn reason(&self) -> Reason {
        match self {
            OperatorError::PruneList { .. } => Reason::PruneSkipped,
            _ if self.code() == "operator.forbidden" => Reason::Forbidden,
            _ => Reason::PassFailed,
        }
    }
}

/// The words of the API server without the debug form of its answer.
pub fn sentence(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => status.message.clone(),
        other => other.to_string(),
    }
}

/// The HTTP code of an answer, where there was one.
pub fn code(error: &kube::Error) -> Option<u16> {
    match error {
        kube::Error::Api(status) => Some(status.code),
        _ => None,
    }
}
