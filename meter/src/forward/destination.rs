//! One destination: sends a body as it came, and brings back what was answered.

use std::path::Path;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use reqwest::Url;

use super::config::{ConfigError, Settings};
use crate::error::Error;

/// Of an answer so much is handed on: senders log a line of it.
const ANSWER_BYTES: usize = 16 << 10;

/// What belongs to one connection and is never handed on (RFC 9110), and what the client sets itself.
const OF_ONE_CONNECTION: [HeaderName; 9] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::TE,
    header::TRAILER,
    header::UPGRADE,
    header::PROXY_AUTHORIZATION,
    header::PROXY_AUTHENTICATE,
    header::HOST,
    header::CONTENT_LENGTH,
];

/// A destination.
#[derive(Debug)]
pub struct Destination {
    settings: Settings,
    url: Url,
    headers: HeaderMap,
    client: reqwest::Client,
}

/// What it answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers, those of the connection left out.
    pub headers: HeaderMap,
    /// The beginning of its body.
    pub body: Bytes,
}

impl Destination {
    /// Checks what was set, and makes a client for it.
    pub fn new(settings: Settings) -> Result<Self, ConfigError> {
        let invalid = |why: String| ConfigError::Destination { name: settings.name.clone(), why };
        let plain = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if settings.name.is_empty() || !plain(&settings.name) {
            return Err(invalid("its name needs letters, digits, `-`, `_` and `.` only".into()));
        }
        let url = Url::parse(&settings.url).map_err(|error| invalid(format!("its URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("its URL has to begin with http:// or https://".into()));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &settings.headers {
            let wrong = |_| invalid(format!("header `{name}` is not valid"));
            let value = HeaderValue::from_str(value).map_err(|_| wrong(()))?;
            headers.insert(HeaderName::try_from(name.as_str()).map_err(|_| wrong(()))?, value);
        }
        if settings.basic.as_ref().is_some_and(|basic| basic.username.is_empty() == basic.username_file.is_none()) {
            return Err(invalid("basic needs either username or username_file".into()));
        }
        let client = client(&settings).map_err(invalid)?;
        Ok(Self { url, headers, client, settings })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Sends a body as it came with the sender's headers, and waits for the answer.
    pub async fn send(&self, from: &HeaderMap, body: Bytes) -> Result<Answer, Error> {
        let unreachable = |error: reqwest::Error| {
            let why = causes(&error.without_url());
            Error::Unreachable { name: self.settings.name.clone(), why }
        };
        let request = self.client.post(self.url.clone()).headers(self.headers(from).await?).body(body);
        let mut answer = request.send().await.map_err(unreachable)?;
        let status = answer.status();
        let headers = passed(answer.headers());
        let mut body = vec![];
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            let room = ANSWER_BYTES.saturating_sub(body.len());
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        }
        Ok(Answer { status, headers, body: body.into() })
    }

    /// The sender's, with ours in the place of theirs.
    async fn headers(&self, from: &HeaderMap) -> Result<HeaderMap, Error> {
        let mut headers = passed(from);
        headers.extend(self.headers.clone());
        if let Some(credential) = self.credential().await? {
            headers.insert(header::AUTHORIZATION, credential);
        }
        Ok(headers)
    }

    async fn credential(&self) -> Result<Option<HeaderValue>, Error> {
        let text = match (&self.settings.basic, &self.settings.bearer_file) {
            (Some(basic), _) => {
                let password = self.secret(&basic.password_file).await?;
                let username = match &basic.username_file {
                    Some(file) => self.secret(file).await?,
                    None => basic.username.clone(),
                };
                let pair = format!("{username}:{password}");
                format!("Basic {}", base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pair))
            }
            (None, Some(file)) => format!("Bearer {}", self.secret(file).await?),
            (None, None) => return Ok(None),
        };
        let mut value =
            HeaderValue::from_str(&text).map_err(|_| self.no_secret("it has characters that no header may have"))?;
        value.set_sensitive(true);
        Ok(Some(value))
    }

    async fn secret(&self, file: &Path) -> Result<String, Error> {
        let text = tokio::fs::read_to_string(file).await;
        text.map(|text| text.trim().to_owned()).map_err(|error| self.no_secret(&format!("{}: {error}", file.display())))
    }

    fn no_secret(&self, why: &str) -> Error {
        Error::NoCredential { name: self.settings.name.clone(), why: why.to_owned() }
    }
}

/// Headers without those of the connection.
fn passed(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    for name in OF_ONE_CONNECTION {
        kept.remove(name);
    }
    kept.remove("keep-alive");
    kept
}

fn client(settings: &Settings) -> Result<reqwest::Client, String> {
    let read = |file: &Path| std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()));
    let mut builder = reqwest::Client::builder()
        // What a destination says goes to the sender as it is, also when it sends it elsewhere.
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(settings.timeout_seconds.max(1)))
        .connect_timeout(Duration::from_secs(settings.timeout_seconds.clamp(1, 10)))
        .pool_idle_timeout(Duration::from_secs(30));
    if let Some(file) = &settings.ca_file {
        let authorities = reqwest::Certificate::from_pem_bundle(&read(file)?).map_err(|error| error.to_string())?;
        if authorities.is_empty() {
            return Err(format!("{} holds no certificate", file.display()));
        }
        builder = builder.tls_certs_only(authorities);
    }
    match (&settings.certificate_file, &settings.key_file) {
        (Some(certificate), Some(key)) => {
            let mut pem = read(key)?;
            pem.push(b'\n');
            pem.extend(read(certificate)?);
            builder = builder.identity(reqwest::Identity::from_pem(&pem).map_err(|error| error.to_string())?);
        }
        (None, None) => {}
        _ => return Err("certificate_file and key_file go together".into()),
    }
    builder.build().map_err(|error| error.to_string())
}

/// An error with its causes; the URL is left out, since it may hold a password.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
