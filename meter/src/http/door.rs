//! Who may send and ask: everybody, or who shows a token or a password of a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::problem::Refused;
use super::router::App;
use crate::error::Error;

/// Files of credentials, read again for each request, so that one can be exchanged while two are good.
#[derive(Debug, Clone, Default)]
pub struct Door {
    bearer: Option<PathBuf>,
    basic: Option<PathBuf>,
}

impl Door {
    /// Open where both are none.
    pub fn new(bearer: Option<PathBuf>, basic: Option<PathBuf>) -> Self {
        Self { bearer, basic }
    }

    /// Whether who sent these headers is known.
    ///
    /// # Errors
    /// [`Error::Unauthorized`], or [`Error::Credentials`] where a file cannot be read.
    pub async fn knows(&self, headers: &HeaderMap) -> Result<(), Error> {
        if self.is_open() {
            return Ok(());
        }
        let shown = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (scheme, rest) = shown.split_once(' ').unwrap_or_default();
        let (file, secret) = match (scheme.to_ascii_lowercase().as_str(), &self.bearer, &self.basic) {
            ("bearer", Some(file), _) => (file, rest.trim().as_bytes().to_vec()),
            ("basic", _, Some(file)) => (file, STANDARD.decode(rest.trim()).map_err(|_| Error::Unauthorized)?),
            _ => return Err(Error::Unauthorized),
        };
        if secret.is_empty() || !listed(file, &secret).await? {
            return Err(Error::Unauthorized);
        }
        Ok(())
    }

    fn is_open(&self) -> bool {
        self.bearer.is_none() && self.basic.is_none()
    }
}

async fn listed(file: &Path, secret: &[u8]) -> Result<bool, Error> {
    let text = tokio::fs::read_to_string(file)
        .await
        .map_err(|error| Error::Credentials { why: format!("{}: {error}", file.display()) })?;
    // Every line is compared whole: how long it takes tells nothing.
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.fold(false, |found, line| found | verify_slices_are_equal(line.as_bytes(), secret).is_ok()))
}

/// Lets who is known through, without the credential: it was for the meter, and no destination is to see it.
pub(super) async fn known(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    if let Err(error) = app.door.knows(request.headers()).await {
        return Refused(error).into_response();
    }
    if !app.door.is_open() {
        request.headers_mut().remove(AUTHORIZATION);
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn outcome(door: &Door, shown: Option<&str>) -> Result<(), &'static str> {
        let mut headers = HeaderMap::new();
        if let Some(shown) = shown {
            headers.insert(AUTHORIZATION, shown.parse().expect("a header"));
        }
        door.knows(&headers).await.map_err(|error| error.code())
    }

    #[tokio::test]
    async fn only_who_is_listed_comes_in() {
        let folder = tempfile::tempdir().expect("a folder");
        let (bearer, basic) = (folder.path().join("bearer"), folder.path().join("basic"));
        std::fs::write(&bearer, "old-token\nnew-token\n\n").expect("write");
        std::fs::write(&basic, "shop:secret: with a colon\n").expect("write");
        let door = Door::new(Some(bearer.clone()), Some(basic));
        for good in ["Bearer old-token", "bearer new-token"] {
            assert_eq!(outcome(&door, Some(good)).await, Ok(()), "{good}");
        }
        let basic = format!("Basic {}", STANDARD.encode("shop:secret: with a colon"));
        assert_eq!(outcome(&door, Some(&basic)).await, Ok(()));
        for bad in ["Bearer old-toke", "Bearer ", "Bearer", "Basic old-token", "Basic !", "Digest x"] {
            assert_eq!(outcome(&door, Some(bad)).await, Err("meter.unauthorized"), "{bad}");
        }
        assert_eq!(outcome(&door, None).await, Err("meter.unauthorized"));
        std::fs::remove_file(&bearer).expect("remove");
        assert_eq!(outcome(&door, Some("Bearer old-token")).await, Err("meter.credentials"));
        assert_eq!(outcome(&Door::default(), None).await, Ok(()));
    }
}
