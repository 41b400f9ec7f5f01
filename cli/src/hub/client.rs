//! A client of one hub: its authorities pinned, a token on every request, refusals as they are.

use std::error::Error as _;
use std::time::Duration;

use reqwest::{Certificate, Method, RequestBuilder};
use serde_json::Value;

use super::error::HubError;
use super::{items, word};

/// No answer takes longer.
const ANSWER: Duration = Duration::from_secs(30);
/// No answer is longer.
const LARGEST: usize = 32 << 20;

/// A client of one hub.
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

impl Client {
    /// Believes these authorities (PEM), or the system's.
    pub fn new(url: &str, authorities: Option<&str>, token: Option<String>) -> Result<Self, HubError> {
        let fault = |why: String| HubError::Unreachable { url: url.to_owned(), why };
        let builder = reqwest::Client::builder().timeout(ANSWER);
        let builder = match authorities {
            Some(pem) => {
                let found = Certificate::from_pem_bundle(pem.as_bytes());
                builder
                    .tls_certs_only(found.map_err(|error| fault(format!("its authorities cannot be read: {error}")))?)
            }
            None => builder,
        };
        let http = builder.build().map_err(|error| fault(error.to_string()))?;
        Ok(Self { http, url: url.to_owned(), token })
    }

    /// One that believes every certificate: for what is signed, and never with a secret.
    pub fn unchecked(url: &str) -> Result<Self, HubError> {
        let built = reqwest::Client::builder().timeout(ANSWER).tls_danger_accept_invalid_certs(true).build();
        let http = built.map_err(|error| HubError::Unreachable { url: url.to_owned(), why: error.to_string() })?;
        Ok(Self { http, url: url.to_owned(), token: None })
    }

    /// The hub's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Result<Value, HubError> {
        self.send(self.request(Method::GET, path)).await
    }

    /// Writes.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, HubError> {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// Changes what is as its `etag` says.
    pub async fn put(&self, path: &str, etag: &str, body: &Value) -> Result<Value, HubError> {
        self.send(self.request(Method::PUT, path).header("if-match", etag).json(body)).await
    }

    /// Takes away.
    pub async fn delete(&self, path: &str, body: &Value) -> Result<Value, HubError> {
        self.send(self.request(Method::DELETE, path).json(body)).await
    }

    /// All items of a list that comes in pages; `path` has a query already, or none.
    pub async fn all(&self, path: &str) -> Result<Value, HubError> {
        let glue = if path.contains('?') { '&' } else { '?' };
        let mut first: Option<Value> = None;
        let mut found = vec![];
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}{glue}limit=1000&cursor={cursor}")).await?;
            found.extend_from_slice(items(&page));
            cursor = word(&page, "next_cursor").to_owned();
            first.get_or_insert(page);
            if cursor.is_empty() {
                break;
            }
        }
        let mut whole = first.unwrap_or_default();
        whole["items"] = Value::Array(found);
        whole["next_cursor"] = Value::Null;
        Ok(whole)
    }

    /// The one cluster of that name or id, as in lists.
    pub async fn cluster(&self, name: &str) -> Result<Value, HubError> {
        let page = self.all(&format!("/api/v1/clusters?q={}", escaped(name))).await?;
        if let Some(found) = items(&page).iter().find(|one| word(one, "name") == name) {
            return Ok(found.clone());
        }
        if name.starts_with("c-") {
            return self.get(&format!("/api/v1/clusters/{}", escaped(name))).await;
        }
        let alike: Vec<&str> = items(&page).iter().map(|one| word(one, "name")).take(5).collect();
        let hint = match alike.is_empty() {
            true => "; `flagstaff clusters` lists those that you may see".to_owned(),
            false => format!("; did you mean {}?", alike.join(", ")),
        };
        Err(HubError::NoCluster { name: name.to_owned(), hint })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url)).header("x-flagstaff-csrf", "1");
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request, and reads the answer within a bound.
    pub async fn send(&self, request: RequestBuilder) -> Result<Value, HubError> {
        Ok(self.answer(request).await?.0)
    }

    /// The same, with the session's cookie if one was set.
    async fn answer(&self, request: RequestBuilder) -> Result<(Value, Option<String>), HubError> {
        let unreachable = |why: String| HubError::Unreachable { url: self.url.clone(), why };
        let mut answer = request.send().await.map_err(|error| unreachable(innermost(&error)))?;
        let status = answer.status();
        let cookie = answer.headers().get("set-cookie").and_then(|value| value.to_str().ok());
        let cookie = cookie.and_then(|text| text.split(';').next()).map(str::to_owned);
        let mut body = vec![];
        while let Some(chunk) = answer.chunk().await.map_err(|error| unreachable(innermost(&error)))? {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST {
                return Err(unreachable("its answer is too long".into()));
            }
        }
        if status.is_success() {
            if body.is_empty() {
                return Ok((Value::Null, cookie));
            }
            let read = serde_json::from_slice(&body);
            let read = read.map_err(|_| unreachable("its answer is no JSON: is this the address of a hub?".into()))?;
            return Ok((read, cookie));
        }
        let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
        let detail = word(&problem, "detail");
        if status.as_u16() == 401 && word(&problem, "code") == "not_signed_in" {
            return Err(HubError::NotSignedIn { url: self.url.clone() });
        }
        Err(HubError::Refused {
            status: status.as_u16(),
            code: word(&problem, "code").to_owned(),
            detail: if detail.is_empty() { format!("the hub answered {status}") } else { detail.to_owned() },
            request_id: word(&problem, "request_id").to_owned(),
        })
    }

    /// Signs in by a password. Returns the session and a client that acts in it.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<(Value, String), HubError> {
        let body = serde_json::json!({"email": email, "password": password});
        let (session, cookie) = self.answer(self.request(Method::POST, "/api/v1/session").json(&body)).await?;
        let cookie =
            cookie.ok_or_else(|| HubError::Unreachable { url: self.url.clone(), why: "it made no session".into() })?;
        Ok((session, cookie))
    }

    /// A request in a session, which counts instead of the token.
    pub fn in_session(&self, method: Method, path: &str, cookie: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        request.header("x-flagstaff-csrf", "1").header("cookie", cookie)
    }
}

/// A word within a path or query.
pub fn escaped(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    word.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The innermost cause says most; the outer ones only repeat the address.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    while let Some(inner) = cause.and_then(|cause| cause.source()) {
        cause = Some(inner);
    }
    cause.map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_within_their_place() {
        assert_eq!(escaped("shop-eu 1/?&"), "shop-eu%201%2F%3F%26");
    }
}
