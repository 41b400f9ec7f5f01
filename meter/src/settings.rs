//! What the meter is told on its command line or in its environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use flagstaff_serve::logging::LogFormat;

use crate::count::Bounds;
use crate::count::rule::Meaning;

/// Settings of `flagstaff-meter`; each is also an environment variable.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Address of remote write, of the API and of health.
    #[arg(long, env = "FLAGSTAFF_METER_LISTEN", default_value = "127.0.0.1:9095", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Certificate (PEM) that it shows; without one it speaks plain HTTP. Read again when it changes.
    #[arg(long, env = "FLAGSTAFF_METER_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Key (PEM) of the certificate.
    #[arg(long, env = "FLAGSTAFF_METER_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Authorities (PEM): who connects has to show a certificate of one of them.
    #[arg(long, env = "FLAGSTAFF_METER_TLS_CLIENT_CA", value_name = "FILE", requires = "tls_cert")]
    pub tls_client_ca: Option<PathBuf>,
    /// File of tokens, one a line: who sends or asks has to bear one of them. Read again for each request.
    #[arg(long, env = "FLAGSTAFF_METER_BEARER_FILE", value_name = "FILE")]
    pub bearer_file: Option<PathBuf>,
    /// File of `user:password`, one a line: as --bearer-file, either will do.
    #[arg(long, env = "FLAGSTAFF_METER_BASIC_FILE", value_name = "FILE")]
    pub basic_file: Option<PathBuf>,
    /// Whether it only counts a copy, or stands between senders and their destinations.
    #[arg(long, env = "FLAGSTAFF_METER_MODE", value_enum, default_value_t = Mode::Tap, value_name = "MODE")]
    pub mode: Mode,
    /// Where to pass on to, as NAME=URL; senders write to /api/v1/write/NAME, or to /api/v1/write where it is the only one.
    #[arg(long = "destination", env = "FLAGSTAFF_METER_DESTINATIONS", value_delimiter = ',', value_name = "NAME=URL")]
    pub destinations: Vec<String>,
    /// File (YAML) of destinations with credentials, certificates and headers.
    #[arg(long, env = "FLAGSTAFF_METER_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Name of the cluster, counted as the label `cluster` where a series has none.
    #[arg(long, env = "FLAGSTAFF_METER_CLUSTER", default_value = "", value_name = "NAME")]
    pub cluster: String,
    /// A series is active this long after its last sample; rounded up to 15 s.
    #[arg(long, env = "FLAGSTAFF_METER_WINDOW_SECONDS", default_value_t = 300, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(15..=3600))]
    pub window_seconds: u64,
    /// Series that are known exactly, some 15 bytes each; past it they are estimated.
    #[arg(long, env = "FLAGSTAFF_METER_MAX_SERIES", default_value_t = 2_000_000, value_name = "COUNT")]
    pub max_series: usize,
    /// Scopes (metric, team and job together); the rest is counted as `other`.
    #[arg(long, env = "FLAGSTAFF_METER_MAX_SCOPES", default_value_t = 20_000, value_name = "COUNT")]
    pub max_scopes: usize,
    /// Memory for sketches: of what is not known exactly, and of labels.
    #[arg(long, env = "FLAGSTAFF_METER_SKETCH_BYTES", default_value_t = 64 << 20, value_name = "BYTES")]
    pub sketch_bytes: usize,
    /// How many of the largest metrics have their labels looked at.
    #[arg(long, env = "FLAGSTAFF_METER_LABELLED_METRICS", default_value_t = 50, value_name = "COUNT")]
    pub labelled_metrics: usize,
    /// Label that names the team a series belongs to.
    #[arg(long, env = "FLAGSTAFF_METER_TEAM_LABEL", default_value = "namespace", value_name = "LABEL")]
    pub team_label: String,
    /// Jobs whose series belong to the team `platform`, whatever their labels say.
    #[arg(long, env = "FLAGSTAFF_METER_PLATFORM_JOBS", value_delimiter = ',', value_name = "JOB,…")]
    pub platform_jobs: Vec<String>,
    /// Labels that only tell one replica of a sender from another.
    #[arg(
        long,
        env = "FLAGSTAFF_METER_REPLICA_LABELS",
        value_delimiter = ',',
        default_value = "__replica__,prometheus_replica",
        value_name = "LABEL,…"
    )]
    pub replica_labels: Vec<String>,
    /// Largest body of a request, packed.
    #[arg(long, env = "FLAGSTAFF_METER_MAX_BODY_BYTES", default_value_t = 32 << 20, value_name = "BYTES")]
    pub max_body_bytes: usize,
    /// Largest body of a request, unpacked.
    #[arg(long, env = "FLAGSTAFF_METER_MAX_UNPACKED_BYTES", default_value_t = 64 << 20, value_name = "BYTES")]
    pub max_unpacked_bytes: usize,
    /// Bodies under way at once, packed; past it senders are told to try again.
    #[arg(long, env = "FLAGSTAFF_METER_MAX_INFLIGHT_BYTES", default_value_t = 64 << 20, value_name = "BYTES")]
    pub max_inflight_bytes: usize,
    /// Folder where what is known is saved each minute and at the end; without it everything begins anew at a start.
    #[arg(long, env = "FLAGSTAFF_METER_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// File (YAML) of budgets to keep, read again when it changes. Without one, or in `tap`, nothing is ever refused.
    #[arg(long, env = "FLAGSTAFF_METER_BUDGETS", value_name = "FILE")]
    pub budgets: Option<PathBuf>,
    /// Seconds between two instants at which sums of what budgets aggregate are sent.
    #[arg(long, env = "FLAGSTAFF_METER_AGGREGATE_SECONDS", default_value_t = 60, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(5..=300))]
    pub aggregate_seconds: u64,
    /// Series that budgets may have aggregated, some 60 bytes each, and sums a fifth as many; what is past it goes on as it is.
    #[arg(long, env = "FLAGSTAFF_METER_MAX_AGGREGATED_SERIES", default_value_t = 500_000, value_name = "COUNT")]
    pub max_aggregated_series: usize,
    /// What is logged, as tracing directives.
    #[arg(long, env = "FLAGSTAFF_METER_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,
    /// How log lines are written.
    #[arg(long, env = "FLAGSTAFF_METER_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub log_format: LogFormat,
}

/// Where the meter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// Beside: it is sent a copy, and always answers that all is well.
    Tap,
    /// Between: it passes on, and answers what the destination answered.
    Inline,
}

impl Mode {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tap => "tap",
            Self::Inline => "inline",
        }
    }
}

impl Settings {
    /// What labels mean.
    pub fn meaning(&self) -> Meaning {
        Meaning {
            cluster: self.cluster.clone(),
            team_label: self.team_label.clone(),
            platform_jobs: self.platform_jobs.clone(),
            replica_labels: self.replica_labels.clone(),
        }
    }

    /// Bounds of counting.
    pub fn bounds(&self) -> Bounds {
        Bounds {
            window_seconds: self.window_seconds,
            max_series: self.max_series,
            max_scopes: self.max_scopes,
            sketch_bytes: self.sketch_bytes,
            labelled_metrics: self.labelled_metrics,
        }
    }
}
