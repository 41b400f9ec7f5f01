//! Lists the API server page by page and keeps only what the caller asks for. A list that fails is an error, never empty.

use std::time::Duration;

use kube::api::ListParams;
use kube::core::Request;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// Objects a page; one page is in memory at a time.
pub const PAGE: u32 = 500;
/// How long one page may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often a list is begun anew because its continue token expired.
const RESTARTS: u32 = 3;

/// Why a list could not be read whole.
#[derive(Debug, Error)]
pub enum ListError {
    /// Whoever asks may not list it.
    #[error("listing {what} is not allowed: {message}")]
    Forbidden {
        /// What was listed.
        what: String,
        /// What the API server said.
        message: String,
    },
    /// A page did not come in time.
    #[error("listing {what} did not end within {} s", TIMEOUT.as_secs())]
    Timeout {
        /// What was listed.
        what: String,
    },
    /// The list changed faster than it could be read.
    #[error("the list of {what} expired {RESTARTS} times before it was read whole")]
    Expired {
        /// What was listed.
        what: String,
    },
    /// Anything else.
    #[error("listing {what} failed: {source}")]
    Failed {
        /// What was listed.
        what: String,
        /// What went wrong.
        source: Box<kube::Error>,
    },
}

impl ListError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Forbidden { .. } => "operator.list_forbidden",
            Self::Timeout { .. } => "operator.list_timeout",
            Self::Expired { .. } => "operator.list_expired",
            Self::Failed { .. } => "operator.list_failed",
        }
    }

    /// What a person can do about it.
    pub fn fix(&self) -> String {
        match self {
            Self::Forbidden { what, .. } => {
                format!("Grant list on {what}; the chart's ClusterRole gives it to the operator's service account.")
            }
            Self::Timeout { .. } | Self::Expired { .. } | Self::Failed { .. } => {
                "Look at the API server and the network in between, and try again; the operator does so by itself."
                    .to_owned()
            }
        }
    }
}

#[derive(Deserialize)]
struct Page<T> {
    #[serde(default)]
    metadata: PageMeta,
    // Not defaulted: an answer without items is no empty list.
    items: Vec<T>,
}

#[derive(Default, Deserialize)]
struct PageMeta {
    #[serde(rename = "continue", default)]
    next: Option<String>,
}

/// Lists `path` (such as `/apis/apps/v1/daemonsets`) and keeps of each object what `keep` returns.
///
/// `what` names it for people. `T` should name only the fields that are needed: the others are skipped while reading.
pub async fn list<T, R>(
    client: &kube::Client,
    path: &str,
    what: &str,
    params: ListParams,
    keep: impl Fn(T) -> Option<R>,
) -> Result<Vec<R>, ListError>
where
    T: DeserializeOwned,
{
    let mut params = ListParams { limit: params.limit.or(Some(PAGE)), ..params };
    let mut kept = Vec::new();
    let mut restarts = 0;
    loop {
        let request = Request::new(path).list(&params).map_err(|source| ListError::Failed {
            what: what.to_owned(),
            source: Box::new(kube::Error::BuildRequest(source)),
        })?;
        let answer = tokio::time::timeout(TIMEOUT, client.request::<Page<T>>(request))
            .await
            .map_err(|_| ListError::Timeout { what: what.to_owned() })?;
        match answer {
            Ok(page) => {
                kept.extend(page.items.into_iter().filter_map(&keep));
                match page.metadata.next.filter(|next| !next.is_empty()) {
                    Some(next) => params.continue_token = Some(next),
                    None => return Ok(kept),
                }
            }
            Err(kube::Error::Api(status)) if status.code == 410 && params.continue_token.is_some() => {
                restarts += 1;
                if restarts >= RESTARTS {
                    return Err(ListError::Expired { what: what.to_owned() });
                }
                params.continue_token = None;
                kept.clear();
            }
            Err(kube::Error::Api(status)) if status.is_forbidden() || status.code == 401 => {
                return Err(ListError::Forbidden { what: what.to_owned(), message: status.message });
            }
            Err(source) => return Err(ListError::Failed { what: what.to_owned(), source: Box::new(source) }),
        }
    }
}
