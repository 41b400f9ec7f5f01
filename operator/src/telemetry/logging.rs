//! Logs to standard error, as text for people or as JSON for machines.

use thiserror::Error;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One line for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Why logging could not be set up.
#[derive(Debug, Error)]
pub enum LoggingError {
    /// The filter is not understood.
    #[error("the log filter `{filter}` is not understood: {source}")]
    Filter {
        /// The filter.
        filter: String,
        /// What is wrong with it.
        source: tracing_subscriber::filter::ParseError,
    },
    /// Something else logs already.
    #[error("logging is set up already: {0}")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

impl LoggingError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Filter { .. } => "operator.log_filter",
            Self::Twice(_) => "operator.log_twice",
        }
    }

    /// What a person can do about it.
    pub fn fix(&self) -> &'static str {
        match self {
            Self::Filter { .. } => "Write it like `info` or `info,flagstaff_operator=debug,kube=warn`.",
            Self::Twice(_) => "Report it: it is a fault of the operator.",
        }
    }
}

/// Sets logging up for the whole process. `filter` is such as `info,kube=warn`.
pub fn init(format: LogFormat, filter: &str) -> Result<(), LoggingError> {
    let builder =
        tracing_subscriber::fmt().with_env_filter(parse(filter)?).with_writer(std::io::stderr).with_ansi(false);
    match format {
        LogFormat::Text => builder.finish().try_init()?,
        LogFormat::Json => builder.json().flatten_event(true).finish().try_init()?,
    }
    Ok(())
}

fn parse(filter: &str) -> Result<EnvFilter, LoggingError> {
    let refused = |source| LoggingError::Filter { filter: filter.to_owned(), source };
    EnvFilter::builder().parse(filter).map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_is_not_understood_is_quoted() {
        assert!(parse("info,kube=warn").is_ok());
        let error = parse("info,kube=loud").expect_err("no such level");
        assert_eq!(error.code(), "operator.log_filter");
        assert!(error.to_string().contains("kube=loud"), "{error}");
    }
}
