//! Where to pass on to: `--destination NAME=URL`, or a file with credentials and certificates.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The file of `--config`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Destinations.
    #[serde(default)]
    pub destinations: Vec<Settings>,
}

/// One destination.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Its name in the route `/api/v1/write/{name}`.
    pub name: String,
    /// Its whole URL.
    pub url: String,
    /// Headers that replace the sender's.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// User and password.
    pub basic: Option<Basic>,
    /// File of a bearer token, read again for each request.
    pub bearer_file: Option<PathBuf>,
    /// Authorities (PEM) to believe, instead of the public ones.
    pub ca_file: Option<PathBuf>,
    /// Certificate (PEM) to show; with `key_file`.
    pub certificate_file: Option<PathBuf>,
    /// Its key (PEM).
    pub key_file: Option<PathBuf>,
    /// How long it may take to answer.
    #[serde(default = "thirty")]
    pub timeout_seconds: u64,
}

/// User and password of a destination.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basic {
    /// The user.
    #[serde(default)]
    pub username: String,
    /// File of the user, instead of `username`; read again for each request.
    pub username_file: Option<PathBuf>,
    /// File of the password, read again for each request.
    pub password_file: PathBuf,
}

fn thirty() -> u64 {
    30
}

/// Why destinations cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{path}: {source}")]
    Invalid {
        /// The file.
        path: String,
        /// Where and why.
        source: serde_yaml::Error,
    },
    /// A destination cannot be used.
    #[error("destination `{name}`: {why}")]
    Destination {
        /// Which one.
        name: String,
        /// Why.
        why: String,
    },
    /// Two have one name.
    #[error("destination `{name}` is named twice")]
    Twice {
        /// The name.
        name: String,
    },
    /// There is none to pass on to.
    #[error("--mode inline needs a destination: --destination NAME=URL, or --config FILE")]
    Missing,
}

impl ConfigError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "meter.config_unreadable",
            Self::Invalid { .. } => "meter.config_invalid",
            Self::Destination { .. } => "meter.destination_invalid",
            Self::Twice { .. } => "meter.destination_twice",
            Self::Missing => "meter.destination_missing",
        }
    }
}

impl Config {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let name = || path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: name(), source })?;
        serde_yaml::from_str(&text).map_err(|source| ConfigError::Invalid { path: name(), source })
    }

    /// Adds one that was written as `NAME=URL`.
    pub fn add(&mut self, written: &str) -> Result<(), ConfigError> {
        let (name, url) = written
            .split_once('=')
            .ok_or_else(|| ConfigError::Destination { name: written.to_owned(), why: "write it as NAME=URL".into() })?;
        self.destinations.push(Settings {
            name: name.to_owned(),
            url: url.to_owned(),
            headers: BTreeMap::new(),
            basic: None,
            bearer_file: None,
            ca_file: None,
            certificate_file: None,
            key_file: None,
            timeout_seconds: thirty(),
        });
        Ok(())
    }
}
