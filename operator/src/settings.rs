//! What the operator is told on its command line or in its environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use crate::telemetry::LogFormat;

/// Settings of `flagstaff-operator`; each is also an environment variable.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Address of /healthz, /readyz and /metrics.
    #[arg(long, env = "FLAGSTAFF_OPERATOR_LISTEN", default_value = "0.0.0.0:8080", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Kubeconfig of the cluster, for running outside of it; inside, the pod's service account is used.
    #[arg(long, env = "FLAGSTAFF_OPERATOR_KUBECONFIG", value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// The platform namespace, in which agents run. It must exist; Helm makes it.
    #[arg(long, env = "FLAGSTAFF_OPERATOR_NAMESPACE", default_value = "flagstaff", value_name = "NAME")]
    pub namespace: String,
    /// What is logged, as tracing directives.
    #[arg(long, env = "FLAGSTAFF_OPERATOR_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,
    /// How log lines are written.
    #[arg(long, env = "FLAGSTAFF_OPERATOR_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub log_format: LogFormat,
    /// Registry (with an optional path) that replaces the registry of every image.
    #[arg(long, env = "FLAGSTAFF_OPERATOR_IMAGE_REGISTRY", value_name = "PREFIX")]
    pub image_registry: Option<String>,
    /// Reference of the operator's own image, which holds the agents' sidecar.
    #[arg(
        long,
        env = "FLAGSTAFF_OPERATOR_IMAGE",
        default_value = concat!("ghcr.io/flagstaff-dev/flagstaff-operator:", env!("CARGO_PKG_VERSION")),
        value_name = "REFERENCE"
    )]
    pub image: String,
    /// Reference of the meter's image; its registry is replaced with all others.
    #[arg(
        long,
        env = "FLAGSTAFF_OPERATOR_METER_IMAGE",
        default_value = concat!("ghcr.io/flagstaff-dev/flagstaff-meter:", env!("CARGO_PKG_VERSION")),
        value_name = "REFERENCE"
    )]
    pub meter_image: String,
    /// Names of image pull Secrets of the agents.
    #[arg(long, env = "FLAGSTAFF_OPERATOR_PULL_SECRETS", value_delimiter = ',', value_name = "NAME")]
    pub pull_secrets: Vec<String>,
    /// YAML file with a list of destinations for flags that name none.
    #[arg(long, env = "FLAGSTAFF_OPERATOR_DESTINATIONS", value_name = "FILE")]
    pub destinations: Option<PathBuf>,
    /// Acts without an election; only where there is one replica for certain.
    #[arg(long, env = "FLAGSTAFF_OPERATOR_NO_ELECTION")]
    pub no_election: bool,
    /// How long a workload may take to become ready before the flag says so.
    #[arg(long, env = "FLAGSTAFF_OPERATOR_HEALTH_SECONDS", default_value_t = 300, value_name = "SECONDS")]
    pub health_seconds: u64,
    /// How often everything is looked at again without any change.
    #[arg(long, env = "FLAGSTAFF_OPERATOR_RESYNC_SECONDS", default_value_t = 30, value_name = "SECONDS")]
    pub resync_seconds: u64,
    /// How long a deleted flag waits for its rules to be removed from a ruler that does not answer.
    #[arg(long, env = "FLAGSTAFF_OPERATOR_OUTSIDE_SECONDS", default_value_t = 120, value_name = "SECONDS")]
    pub outside_seconds: u64,
    /// How often the memory of the cluster agents is looked at.
    #[arg(long, env = "FLAGSTAFF_OPERATOR_SCALE_SECONDS", default_value_t = 30, value_name = "SECONDS")]
    pub scale_seconds: u64,
    /// A meter outside of the cluster that counts this cluster's series; those of the pack are found by themselves.
    #[arg(long = "meter", env = "FLAGSTAFF_OPERATOR_METERS", value_delimiter = ',', value_name = "URL")]
    pub meters: Vec<String>,
    /// How often the hub is told what the meters counted.
    #[arg(long, env = "FLAGSTAFF_OPERATOR_SERIES_SECONDS", default_value_t = 300, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub series_seconds: u64,
    /// Shifts the wall clock that is written into the lease; for tests of skewed clocks.
    #[arg(
        long,
        env = "FLAGSTAFF_OPERATOR_CLOCK_SKEW_SECONDS",
        default_value_t = 0,
        hide = true,
        allow_hyphen_values = true
    )]
    pub clock_skew_seconds: i64,
}
