//! Why the facts of a cluster could not be found.

use thiserror::Error;

use crate::pages::ListError;

/// Why the facts of a cluster could not be found.
#[derive(Debug, Error)]
pub enum FactsError {
    /// A list could not be read.
    #[error(transparent)]
    List(#[from] ListError),
    /// The namespace that identifies the cluster could not be read.
    #[error("the namespace kube-system, whose UID identifies the cluster, could not be read: {source}")]
    Identity {
        /// What went wrong.
        source: Box<kube::Error>,
    },
    /// The namespace that identifies the cluster has no UID.
    #[error("the namespace kube-system has no UID")]
    NoIdentity,
    /// The version of the server could not be read.
    #[error("the version of the API server could not be read: {source}")]
    Version {
        /// What went wrong.
        source: Box<kube::Error>,
    },
    /// The server's version is none that we can read.
    #[error("the API server calls itself version `{version}`, whose minor version `{minor}` is no number")]
    StrangeVersion {
        /// The whole version.
        version: String,
        /// The minor version.
        minor: String,
    },
    /// What the server serves could not be read.
    #[error("the resources of {group} could not be discovered: {source}")]
    Discovery {
        /// The group and version, or `the API server`.
        group: String,
        /// What went wrong.
        source: Box<kube::Error>,
    },
    /// An answer did not come in time.
    #[error("the API server did not say {what} within {seconds} s")]
    Timeout {
        /// What was asked for.
        what: &'static str,
        /// How long it was waited for.
        seconds: u64,
    },
}

impl FactsError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::List(error) => error.code(),
            Self::Identity { .. } | Self::NoIdentity => "operator.identity_unreadable",
            Self::Version { .. } | Self::StrangeVersion { .. } => "operator.version_unreadable",
            Self::Discovery { .. } => "operator.discovery_failed",
            Self::Timeout { .. } => "operator.api_timeout",
        }
    }

    /// What a person can do about it.
    pub fn fix(&self) -> String {
        match self {
            Self::List(error) => error.fix(),
            Self::Identity { .. } => "Grant get on namespaces, and look at the API server.".to_owned(),
            Self::NoIdentity | Self::StrangeVersion { .. } => {
                "Check that the address in the kubeconfig is a Kubernetes API server.".to_owned()
            }
            Self::Discovery { .. } => {
                "Look at `kubectl get apiservices`: one that is not available fails discovery.".to_owned()
            }
            Self::Version { .. } | Self::Timeout { .. } => {
                "Look at the API server and the network in between, and try again; the operator does so by itself."
                    .to_owned()
            }
        }
    }
}
