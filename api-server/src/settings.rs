//! What the hub is told on its command line or in its environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use flagstaff_serve::logging::LogFormat;

/// Settings of `flagstaff-hub`; each is also an environment variable.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Address of the console, the API, and of what clusters call.
    #[arg(long, env = "FLAGSTAFF_HUB_LISTEN", default_value = "127.0.0.1:8443", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Folder of the identity key, of our own certificate authority and of the private Postgres.
    #[arg(long, env = "FLAGSTAFF_HUB_DATA_DIR", default_value = "/var/lib/flagstaff-hub", value_name = "DIR")]
    pub data_dir: PathBuf,
    /// Ed25519 key (PKCS #8, PEM) that join tokens pin, shared by all replicas; without it identity.key in the data folder.
    #[arg(long, env = "FLAGSTAFF_HUB_IDENTITY_KEY_FILE", value_name = "FILE")]
    pub identity_key_file: Option<PathBuf>,
    /// Goes on with another identity key than this database knows, because that one is lost: every cluster needs a new join token.
    #[arg(long, env = "FLAGSTAFF_HUB_REPLACE_IDENTITY_KEY")]
    pub replace_identity_key: bool,
    /// Folder with ca.crt and ca.key of our own authority, shared by all replicas; without it the data folder.
    #[arg(long, env = "FLAGSTAFF_HUB_AUTHORITY_DIR", value_name = "DIR")]
    pub authority_dir: Option<PathBuf>,
    /// A Postgres of yours (also DATABASE_URL); without it the hub starts a private one in the data folder.
    #[arg(long, env = "FLAGSTAFF_HUB_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Key (32 bytes, or base64 of them) that seals credentials of telemetry stores; by default one in the data folder.
    #[arg(long, env = "FLAGSTAFF_HUB_ENCRYPTION_KEY_FILE", value_name = "FILE")]
    pub encryption_key_file: Option<PathBuf>,
    /// Lets telemetry stores and webhooks be at link-local addresses, where clouds keep their machines' credentials.
    #[arg(long, env = "FLAGSTAFF_HUB_ALLOW_LINK_LOCAL_STORES")]
    pub allow_link_local_stores: bool,
    /// Mail server for messages about budgets: smtps://user:password@host, or smtp://host?tls=required; without it no e-mail is sent.
    #[arg(long, env = "FLAGSTAFF_HUB_SMTP_URL", value_name = "URL", hide_env_values = true, requires = "smtp_from")]
    pub smtp_url: Option<String>,
    /// Sender of those messages, such as "Flagstaff <flagstaff@example.org>".
    #[arg(long, env = "FLAGSTAFF_HUB_SMTP_FROM", value_name = "ADDRESS", requires = "smtp_url")]
    pub smtp_from: Option<String>,
    /// How long a telemetry store may take to answer.
    #[arg(long, env = "FLAGSTAFF_HUB_STORE_TIMEOUT_SECONDS", default_value_t = 15, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=120))]
    pub store_timeout_seconds: u64,
    /// Folder of the Postgres programs for the private one; by default the newest of /usr/lib/postgresql.
    #[arg(long, env = "FLAGSTAFF_HUB_POSTGRES_BIN", value_name = "DIR")]
    pub postgres_bin: Option<PathBuf>,
    /// How people and clusters reach the hub, such as https://flagstaff.example.org; by default the address that it listens on.
    #[arg(long, env = "FLAGSTAFF_HUB_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Certificate chain (PEM), read again when it changes; without it the hub makes its own.
    #[arg(
        long,
        env = "FLAGSTAFF_HUB_TLS_CERT",
        value_name = "FILE",
        requires = "tls_key",
        conflicts_with = "plain_http"
    )]
    pub tls_cert: Option<PathBuf>,
    /// Key of that certificate (PEM).
    #[arg(long, env = "FLAGSTAFF_HUB_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Authorities (PEM) that clusters shall trust besides or instead of public ones, with a certificate of yours.
    #[arg(long, env = "FLAGSTAFF_HUB_TRUST_BUNDLE", value_name = "FILE")]
    pub trust_bundle: Option<PathBuf>,
    /// Speaks plain HTTP: only behind something that speaks TLS for it.
    #[arg(long, env = "FLAGSTAFF_HUB_PLAIN_HTTP")]
    pub plain_http: bool,
    /// Folder of the built console; by default web/dist beside the program, or in the working folder.
    #[arg(long, env = "FLAGSTAFF_HUB_WEB_DIR", value_name = "DIR")]
    pub web_dir: Option<PathBuf>,
    /// How often each cluster is to report.
    #[arg(long, env = "FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", default_value_t = 60, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub status_every_seconds: u64,
    /// Requests worked on at once; more are answered 503 at once.
    #[arg(long, env = "FLAGSTAFF_HUB_MAX_REQUESTS", default_value_t = 256, value_name = "COUNT")]
    pub max_requests: usize,
    /// Questions of clusters and streams of people held open at once.
    #[arg(long, env = "FLAGSTAFF_HUB_MAX_HELD", default_value_t = 20_000, value_name = "COUNT")]
    pub max_held: usize,
    /// Connections to Postgres.
    #[arg(long, env = "FLAGSTAFF_HUB_MAX_CONNECTIONS", default_value_t = 16, value_name = "COUNT",
        value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub max_connections: u32,
    /// What is logged, as tracing directives.
    #[arg(long, env = "FLAGSTAFF_HUB_LOG", default_value = "info,sqlx=warn", value_name = "FILTER")]
    pub log: String,
    /// How log lines are written.
    #[arg(long, env = "FLAGSTAFF_HUB_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub log_format: LogFormat,
}
