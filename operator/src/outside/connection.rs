//! A connection to something outside of the cluster, with the credentials that the flag names.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Identity, Method, StatusCode, Url};

use flagstaff_crds::RulerSetting;
use flagstaff_crds::destination::SecretReference;

use super::error::OutsideError;
use crate::answer::{self, Unread, innermost};
use crate::context::Context;

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Of an answer that is an error, so much is repeated.
const EXCERPT: usize = 300;
/// An answer longer than this is no list of rules of ours.
const LARGEST_ANSWER: usize = 16 << 20;

/// A client with its credentials.
pub struct Connection {
    http: reqwest::Client,
    url: String,
    basic: Option<(String, String)>,
    bearer: Option<String>,
}

impl Connection {
    /// Reads the Secrets and makes the client; nothing is sent yet.
    ///
    /// # Errors
    /// [`OutsideError`] when a Secret or the setting cannot be used.
    pub async fn open(context: &Context, setting: &RulerSetting) -> Result<Self, OutsideError> {
        let unusable = |why: String| OutsideError::Setting { url: setting.url.clone(), why };
        let mut builder = reqwest::Client::builder().timeout(TIMEOUT);
        if let Some(tenant) = &setting.tenant {
            let value = HeaderValue::from_str(tenant).map_err(|error| unusable(format!("the tenant: {error}")))?;
            let headers = HeaderMap::from_iter([(HeaderName::from_static("x-scope-orgid"), value)]);
            builder = builder.default_headers(headers);
        }
        if let Some(tls) = &setting.tls {
            if let Some(authority) = &tls.ca {
                let pem = secret(context, authority).await?;
                let certificates = Certificate::from_pem_bundle(pem.as_bytes())
                    .map_err(|error| unusable(format!("the certificate authority: {error}")))?;
                builder = builder.tls_certs_merge(certificates);
            }
            if let (Some(certificate), Some(key)) = (&tls.certificate, &tls.key) {
                let pem = format!("{}\n{}", secret(context, certificate).await?, secret(context, key).await?);
                let identity = Identity::from_pem(pem.as_bytes())
                    .map_err(|error| unusable(format!("the client's certificate: {error}")))?;
                builder = builder.identity(identity);
            }
        }
        let basic = match &setting.basic {
            Some(basic) => Some((secret(context, &basic.username).await?, secret(context, &basic.password).await?)),
            None => None,
        };
        let bearer = match &setting.bearer {
            Some(bearer) => Some(secret(context, &bearer.token).await?),
            None => None,
        };
        let http = builder.build().map_err(|error| unusable(error.to_string()))?;
        Ok(Self { http, url: setting.url.clone(), basic, bearer })
    }

    /// Sends one request below the URL and returns its text; `None` for 404.
    ///
    /// # Errors
    /// [`OutsideError`] when nobody answers or the answer is a refusal.
    pub async fn ask(
        &self,
        method: Method,
        path: &[&str],
        yaml: Option<String>,
        what: &str,
    ) -> Result<Option<String>, OutsideError> {
        let mut request = self.http.request(method, self.below(path)?);
        if let Some((username, password)) = &self.basic {
            request = request.basic_auth(username, Some(password));
        }
        if let Some(token) = &self.bearer {
            request = request.bearer_auth(token);
        }
        if let Some(yaml) = yaml {
            request = request.header(CONTENT_TYPE, "application/yaml").body(yaml);
        }
        let answer = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = answer.status();
        let text = self.read(answer).await?;
        if status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if status.is_success() {
            return Ok(Some(text));
        }
        let why: String = text.lines().next().unwrap_or_default().chars().take(EXCERPT).collect();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(OutsideError::Unreachable { url: self.url.clone(), why: format!("{status} {why}") });
        }
        Err(OutsideError::Refused { url: self.url.clone(), what: what.into(), status: status.as_u16(), why })
    }

    async fn read(&self, answer: reqwest::Response) -> Result<String, OutsideError> {
        match answer::read(answer, LARGEST_ANSWER).await {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(Unread::Lost(error)) => Err(self.unreachable(&error)),
            Err(unread) => Err(OutsideError::Setting { url: self.url.clone(), why: unread.to_string() }),
        }
    }

    fn below(&self, path: &[&str]) -> Result<Url, OutsideError> {
        let unusable = |why: String| OutsideError::Setting { url: self.url.clone(), why };
        let mut url = Url::parse(&self.url).map_err(|error| unusable(error.to_string()))?;
        url.path_segments_mut().map_err(|()| unusable("it has no path".into()))?.pop_if_empty().extend(path);
        Ok(url)
    }

    fn unreachable(&self, error: &reqwest::Error) -> OutsideError {
        OutsideError::Unreachable { url: self.url.clone(), why: innermost(error) }
    }
}

/// What the setting names, or which Secret is in the way.
async fn secret(context: &Context, reference: &SecretReference) -> Result<String, OutsideError> {
    let text = crate::secret::text(context, &reference.name, &reference.key).await;
    text.map_err(|why| OutsideError::Secret { name: reference.name.clone(), why })
}
