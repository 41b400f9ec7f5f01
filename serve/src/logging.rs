//! Logs to standard error, as text for people or as JSON for machines.

use anyhow::{Context, Result};
use clap::ValueEnum;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One line for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Sets logging up for the whole process. `filter` is such as `info,hyper=warn`.
pub fn init(format: LogFormat, filter: &str) -> Result<()> {
    let filter = EnvFilter::builder()
        .parse(filter)
        .with_context(|| format!("the log filter `{filter}` is not understood; write it like `info,hyper=warn`"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    match format {
        LogFormat::Text => builder.finish().try_init()?,
        LogFormat::Json => builder.json().flatten_event(true).finish().try_init()?,
    }
    Ok(())
}
