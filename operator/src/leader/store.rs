//! Where the Lease is kept: the API server, or a test's memory.

use std::future::Future;

use k8s_openapi::api::coordination::v1::Lease;
use kube::api::{Api, PostParams};
use thiserror::Error;

/// Why a Lease could not be read or written.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Somebody else wrote or made it first: the race is lost, the record has to be read again.
    #[error("another replica wrote the Lease first")]
    Conflict,
    /// The API server did not answer in time.
    #[error("the API server did not answer within {seconds:.1} s")]
    Timeout {
        /// How long it was waited for.
        seconds: f64,
    },
    /// The API server refused.
    #[error("the API server refused: {message}")]
    Forbidden {
        /// What it said.
        message: String,
    },
    /// Anything else.
    #[error("{message}")]
    Api {
        /// What went wrong.
        message: String,
    },
}

impl StoreError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Conflict => "operator.lease_conflict",
            Self::Timeout { .. } => "operator.lease_timeout",
            Self::Forbidden { .. } => "operator.lease_forbidden",
            Self::Api { .. } => "operator.lease_unreachable",
        }
    }

    /// What a person can do about it.
    pub fn fix(&self) -> &'static str {
        match self {
            Self::Conflict => "Nothing: it is tried again.",
            Self::Timeout { .. } | Self::Api { .. } => {
                "Look at the API server and the network between it and this pod; it is tried again."
            }
            Self::Forbidden { .. } => {
                "Grant get, create and update on leases.coordination.k8s.io in the operator's namespace to its service account."
            }
        }
    }
}

/// Reads and writes one Lease; every write is conditional on the version that was read.
pub trait LeaseStore: Send + Sync + 'static {
    /// The Lease, or none where it does not exist.
    fn get(&self) -> impl Future<Output = Result<Option<Lease>, StoreError>> + Send;
    /// Makes the Lease; a conflict where it exists.
    fn create(&self, lease: Lease) -> impl Future<Output = Result<Lease, StoreError>> + Send;
    /// Replaces the Lease where its resourceVersion is still the one given; a conflict otherwise.
    fn replace(&self, lease: Lease) -> impl Future<Output = Result<Lease, StoreError>> + Send;
}

/// One Lease in the API server.
pub struct ApiLeases {
    api: Api<Lease>,
    name: String,
}

impl ApiLeases {
    /// The Lease of this name in this namespace.
    pub fn new(client: kube::Client, namespace: &str, name: &str) -> Self {
        Self { api: Api::namespaced(client, namespace), name: name.to_owned() }
    }
}

impl LeaseStore for ApiLeases {
    async fn get(&self) -> Result<Option<Lease>, StoreError> {
        self.api.get_opt(&self.name).await.map_err(from_kube)
    }

    async fn create(&self, mut lease: Lease) -> Result<Lease, StoreError> {
        lease.metadata.name = Some(self.name.clone());
        self.api.create(&PostParams::default(), &lease).await.map_err(from_kube)
    }

    async fn replace(&self, lease: Lease) -> Result<Lease, StoreError> {
        self.api.replace(&self.name, &PostParams::default(), &lease).await.map_err(from_kube)
    }
}

fn from_kube(error: kube::Error) -> StoreError {
    match error {
        kube::Error::Api(status) if status.is_conflict() || status.is_already_exists() => StoreError::Conflict,
        // An update of a Lease that was deleted in between: read again, and make it anew.
        kube::Error::Api(status) if status.is_not_found() => StoreError::Conflict,
        kube::Error::Api(status) if status.is_forbidden() || status.code == 401 => {
            StoreError::Forbidden { message: status.message }
        }
        other => StoreError::Api { message: other.to_string() },
    }
}
