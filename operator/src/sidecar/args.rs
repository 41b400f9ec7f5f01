//! The flags of `flagstaff-operator sidecar`.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::telemetry::LogFormat;

/// Try new configurations on the agent in the same pod, and go back when it refuses them.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Only write the configuration to start with, and exit; for an init container.
    #[arg(long, env = "FLAGSTAFF_SIDECAR_ONCE")]
    pub once: bool,

    /// Folder in which the agent's ConfigMap is mounted.
    #[arg(long, env = "FLAGSTAFF_SIDECAR_SOURCE", value_name = "FOLDER")]
    pub source: PathBuf,

    /// File from which the agent reads its configuration.
    #[arg(long, env = "FLAGSTAFF_SIDECAR_TARGET", value_name = "FILE")]
    pub target: PathBuf,

    /// Where the agent answers.
    #[arg(long, env = "FLAGSTAFF_SIDECAR_ALLOY", value_name = "URL", default_value = "http://127.0.0.1:12345")]
    pub alloy: String,

    /// Name of the agent, for the report; the ConfigMap's name by default.
    #[arg(long, env = "FLAGSTAFF_SIDECAR_AGENT", value_name = "NAME")]
    pub agent: Option<String>,

    /// Watch this ConfigMap through the API: a change arrives in a second, not when the folder is next written.
    #[arg(long, env = "FLAGSTAFF_SIDECAR_CONFIG_MAP", value_name = "NAME")]
    pub config_map: Option<String>,

    /// Namespace of the ConfigMap; the pod's own by default.
    #[arg(long, env = "FLAGSTAFF_SIDECAR_NAMESPACE", value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    /// Kubeconfig to use outside a pod.
    #[arg(long, env = "FLAGSTAFF_SIDECAR_KUBECONFIG", value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,

    /// Where to serve /status, /healthz, /readyz and /metrics.
    #[arg(long, env = "FLAGSTAFF_SIDECAR_LISTEN", value_name = "ADDR", default_value = "0.0.0.0:12346")]
    pub listen: SocketAddr,

    /// What is logged, as tracing directives.
    #[arg(long, env = "FLAGSTAFF_SIDECAR_LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,

    /// How log lines are written.
    #[arg(long, env = "FLAGSTAFF_SIDECAR_LOG_FORMAT", value_enum, value_name = "FORMAT", default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

impl Args {
    /// The agent's name in reports.
    pub fn agent_name(&self) -> String {
        self.agent.clone().or_else(|| self.config_map.clone()).unwrap_or_else(|| "agent".to_owned())
    }
}
