//! Asks a meter over HTTP.

use std::path::Path;
use std::time::Duration;

use reqwest::{Certificate, Identity, Url};
use serde_json::Value;

use super::Door;

/// Why a meter could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum MeterError {
    /// The address cannot be used.
    #[error("`{url}` is no address of a meter: {why}; write it like http://127.0.0.1:9095")]
    Address {
        /// What was given.
        url: String,
        /// Why.
        why: String,
    },
    /// A file cannot be used.
    #[error("{path}: {why}")]
    File {
        /// Which one.
        path: String,
        /// Why.
        why: String,
    },
    /// It does not answer.
    #[error("the meter at {url} does not answer: {why}; look whether it runs, or forward its port")]
    Unreachable {
        /// Its address.
        url: String,
        /// Why.
        why: String,
    },
    /// It answered with a refusal.
    #[error("{detail} ({code})")]
    Refused {
        /// What it says.
        detail: String,
        /// Its code.
        code: String,
    },
    /// What answers is no meter.
    #[error("what answers at {url} is no meter: {why}")]
    Foreign {
        /// Its address.
        url: String,
        /// Why.
        why: String,
    },
}

/// A meter.
pub(super) struct Meter {
    url: Url,
    client: reqwest::Client,
    token: Option<String>,
}

impl Meter {
    pub(super) fn new(url: &str, door: &Door) -> Result<Self, MeterError> {
        let wrong = |why: String| MeterError::Address { url: url.to_owned(), why };
        let mut parsed = Url::parse(url).map_err(|error| wrong(error.to_string()))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(wrong("it has to begin with http:// or https://".into()));
        }
        if !parsed.path().ends_with('/') {
            parsed.set_path(&format!("{}/", parsed.path()));
        }
        let mut client = reqwest::Client::builder().timeout(Duration::from_secs(10));
        if let Some(file) = &door.ca_file {
            let authorities = Certificate::from_pem_bundle(&read(file)?).map_err(|error| unusable(file, &error))?;
            client = client.tls_certs_only(authorities);
        }
        if let Some(file) = &door.identity_file {
            client = client.identity(Identity::from_pem(&read(file)?).map_err(|error| unusable(file, &error))?);
        }
        let token = match &door.token_file {
            None => None,
            Some(file) => Some(String::from_utf8_lossy(&read(file)?).trim().to_owned()),
        };
        Ok(Self { url: parsed, client: client.build().map_err(|error| wrong(causes(&error)))?, token })
    }

    /// The answer of one of its paths.
    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, MeterError> {
        let here = || self.url.to_string();
        let unreachable =
            |error: reqwest::Error| MeterError::Unreachable { url: here(), why: causes(&error.without_url()) };
        let mut url =
            self.url.join(path).map_err(|error| MeterError::Address { url: here(), why: error.to_string() })?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = self.client.get(url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.map_err(unreachable)?;
        let status = answer.status();
        let text = answer.text().await.map_err(unreachable)?;
        let foreign = |why: String| MeterError::Foreign { url: here(), why };
        let value: Value = serde_json::from_str(&text).map_err(|error| foreign(format!("{status}: {error}")))?;
        if status.is_success() {
            return Ok(value);
        }
        match (value["detail"].as_str(), value["code"].as_str()) {
            (Some(detail), Some(code)) => Err(MeterError::Refused { detail: detail.to_owned(), code: code.to_owned() }),
            _ => Err(foreign(status.to_string())),
        }
    }
}

fn read(file: &Path) -> Result<Vec<u8>, MeterError> {
    std::fs::read(file).map_err(|error| unusable(file, &error))
}

fn unusable(file: &Path, error: &dyn std::error::Error) -> MeterError {
    MeterError::File { path: file.display().to_string(), why: causes(error) }
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
