//! Finds the cluster as kubectl does.

use std::path::{Path, PathBuf};

use kube::Client;
use kube::config::{Config, KubeConfigOptions, Kubeconfig};

/// Why no cluster could be asked.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The kubeconfig cannot be read or used.
    #[error("the kubeconfig {} cannot be used: {source}", path.display())]
    Kubeconfig {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<kube::config::KubeconfigError>,
    },
    /// No kubeconfig was found.
    #[error("no cluster was found ({source}); give one by --kubeconfig")]
    None {
        /// What was tried.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No client can be made of it.
    #[error("the cluster cannot be connected to: {0}")]
    Client(Box<kube::Error>),
    /// The API server did not answer.
    #[error("the API server did not say its version: {0}; look at the address in the kubeconfig and the way there")]
    Unreachable(Box<kube::Error>),
    /// The API server did not answer in time.
    #[error("the API server did not answer within {0} s; look at the address in the kubeconfig and the way there")]
    Timeout(u64),
}

/// A client for the cluster that is meant.
pub async fn connect(kubeconfig: Option<&Path>, context: Option<&str>) -> Result<Client, ClusterError> {
    let options = KubeConfigOptions { context: context.map(str::to_owned), ..KubeConfigOptions::default() };
    let config = match kubeconfig {
        Some(path) => {
            let wrong = |source| ClusterError::Kubeconfig { path: path.to_owned(), source: Box::new(source) };
            let kubeconfig = Kubeconfig::read_from(path).map_err(wrong)?;
            Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(wrong)?
        }
        None if context.is_some() => {
            Config::from_kubeconfig(&options).await.map_err(|source| ClusterError::None { source: Box::new(source) })?
        }
        None => Config::infer().await.map_err(|source| ClusterError::None { source: Box::new(source) })?,
    };
    Client::try_from(config).map_err(|error| ClusterError::Client(Box::new(error)))
}
