//! How a command ends when it does not end well.

/// Why a command did not end well. Exit codes: 0 done, 1 problems were found and told, 2 it could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Problems were found; they have been told.
    #[error("problems were found")]
    Problems,
    /// The arguments, or the files they name, cannot be used.
    #[error("{0}")]
    Usage(String),
    /// The cluster could not be asked.
    #[error(transparent)]
    Cluster(#[from] crate::command::preflight::ClusterError),
    /// The meter could not be asked, or refused the question.
    #[error(transparent)]
    Meter(#[from] crate::command::meter::MeterError),
    /// The hub could not be asked.
    #[error(transparent)]
    Hub(#[from] crate::hub::HubError),
    /// The output could not be written.
    #[error(transparent)]
    Output(#[from] std::io::Error),
}
