//! Speaks to the hub over TLS; the hub is known by the certificates that its identity key signed.

use std::time::Duration;

use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use reqwest::{Certificate, Client, RequestBuilder, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use flagstaff_model::wire::{
    DESIRED_PATH, DesiredAnswer, DesiredQuery, ENROLL_PATH, EnrollAnswer, EnrollRequest, Refusal, SERIES_PATH,
    STATUS_PATH, SeriesAnswer, StatusAnswer, StatusReport, TRUST_PATH, TrustAnswer,
};

use super::error::HubError;
use super::memory::Memory;
use crate::answer::{self, innermost};

/// How long an answer may take that is not held.
const ANSWER: Duration = Duration::from_secs(20);
/// How long bringing a report of a meter may take.
const REPORT: Duration = Duration::from_secs(60);
/// No answer of the hub is longer.
const LARGEST: usize = 4 << 20;

/// A client for one hub.
pub struct HubClient {
    http: Client,
    url: String,
}

impl HubClient {
    /// Believes the certificates that are remembered.
    ///
    /// # Errors
    /// [`HubError`] when they cannot be used.
    pub fn trusting(memory: &Memory) -> Result<Self, HubError> {
        let untrusted = |why: String| HubError::Untrusted { url: memory.url.clone(), why };
        let certificates = Certificate::from_pem_bundle(memory.certificates_pem.as_bytes())
            .map_err(|error| untrusted(format!("its certificates cannot be read: {error}")))?;
        let builder = Client::builder();
        let builder = if memory.public_roots {
            builder.tls_certs_merge(certificates)
        } else {
            builder.tls_certs_only(certificates)
        };
        let http = builder.build().map_err(|error| untrusted(error.to_string()))?;
        Ok(Self { http, url: memory.url.clone() })
    }

    /// Asks for the trust with certificate checks off: nothing secret is sent, and only the signature is believed.
    ///
    /// # Errors
    /// [`HubError`] when nobody answers.
    pub async fn trust(url: &str) -> Result<TrustAnswer, HubError> {
        let unreachable = |why: String| HubError::Unreachable { url: url.to_owned(), why };
        let http = Client::builder()
            .tls_danger_accept_invalid_certs(true)
            .build()
            .map_err(|error| unreachable(error.to_string()))?;
        let this = Self { http, url: url.to_owned() };
        let request = this.http.get(this.at(TRUST_PATH)?).timeout(ANSWER);
        this.send(request).await?.ok_or_else(|| unreachable("it answered nothing".into()))
    }

    /// Joins, or joins again; a credential in use shows that it is the same cluster.
    ///
    /// # Errors
    /// [`HubError`] when nobody answers, or it is refused.
    pub async fn enroll(&self, credential: Option<&str>, request: &EnrollRequest) -> Result<EnrollAnswer, HubError> {
        self.post(ENROLL_PATH, credential, request).await
    }

    /// Reports.
    ///
    /// # Errors
    /// [`HubError`] when nobody answers, or it is refused.
    pub async fn status(&self, credential: &str, report: &StatusReport) -> Result<StatusAnswer, HubError> {
        self.post(STATUS_PATH, Some(credential), report).await
    }

    /// Asks for what is desired; none when there is nothing newer.
    ///
    /// # Errors
    /// [`HubError`] when nobody answers, or it is refused.
    pub async fn desired(&self, credential: &str, query: &DesiredQuery) -> Result<Option<DesiredAnswer>, HubError> {
        let held = Duration::from_secs(query.wait_seconds.unwrap_or_default());
        let mut url = self.at(DESIRED_PATH)?;
        url.query_pairs_mut()
            .append_pair("epoch", &query.epoch)
            .append_pair("generation", &query.generation.to_string())
            .append_pair("wait_seconds", &held.as_secs().to_string());
        self.send(self.http.get(url).bearer_auth(credential).timeout(held + ANSWER)).await
    }

    /// Brings the report of an hour, packed by zstd, as it comes.
    ///
    /// # Errors
    /// [`HubError`] when nobody answers, or it is refused.
    pub async fn series(&self, credential: &str, report: reqwest::Body) -> Result<SeriesAnswer, HubError> {
        let request = self.http.post(self.at(SERIES_PATH)?).bearer_auth(credential).timeout(REPORT);
        let request = request.header(CONTENT_TYPE, "application/json").header(CONTENT_ENCODING, "zstd").body(report);
        self.send(request).await?.ok_or_else(|| self.unreachable("it answered nothing".into()))
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        credential: Option<&str>,
        body: &impl Serialize,
    ) -> Result<T, HubError> {
        let mut request = self.http.post(self.at(path)?).json(body).timeout(ANSWER);
        if let Some(credential) = credential {
            request = request.bearer_auth(credential);
        }
        self.send(request).await?.ok_or_else(|| self.unreachable("it answered nothing".into()))
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<Option<T>, HubError> {
        let answer = request.send().await.map_err(|error| self.unreachable(innermost(&error)))?;
        let status = answer.status();
        if status == StatusCode::NOT_MODIFIED {
            return Ok(None);
        }
        let body = answer::read(answer, LARGEST).await.map_err(|unread| self.unreachable(unread.to_string()))?;
        if status.is_success() {
            let read = serde_json::from_slice(&body);
            return read.map(Some).map_err(|error| self.unreachable(format!("its answer is not understood: {error}")));
        }
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(self.unreachable(format!("it answered {status}")));
        }
        let refusal: Refusal = serde_json::from_slice(&body).unwrap_or_default();
        let detail = if refusal.detail.is_empty() { status.to_string() } else { refusal.detail };
        Err(HubError::Refused {
            status: status.as_u16(),
            code: refusal.code,
            detail: detail.chars().take(500).collect(),
            request_id: refusal.request_id,
        })
    }

    fn at(&self, path: &str) -> Result<Url, HubError> {
        let text = format!("{}{path}", self.url.trim_end_matches('/'));
        Url::parse(&text).map_err(|error| self.unreachable(format!("spec.hub.url: {error}")))
    }

    fn unreachable(&self, why: String) -> HubError {
        HubError::Unreachable { url: self.url.clone(), why }
    }
}
