//! The console's files: every address that is none of a file is the console's own and gets its page.

use std::path::{Component, Path, PathBuf};

use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::secret;

/// Where the files are.
#[derive(Clone)]
pub(super) struct Console {
    folder: Option<PathBuf>,
}

impl Console {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// The file of that address, or the page.
    pub(super) async fn serve(self, method: Method, uri: Uri, headers: HeaderMap) -> Response {
        if !matches!(method, Method::GET | Method::HEAD) {
            return StatusCode::METHOD_NOT_ALLOWED.into_response();
        }
        let Some(folder) = self.folder else { return missing("The console is not built here: there is no web/dist.") };
        let Some(asked) = within(uri.path()) else { return StatusCode::NOT_FOUND.into_response() };
        let takes_brotli = headers
            .get("accept-encoding")
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.split(',').any(|one| one.trim().split(';').next() == Some("br")));
        if let Some(file) = read(&folder, &asked, takes_brotli).await {
            return answer(&asked, file, &headers);
        }
        // A file that a page asked for and that is not there is no page.
        if asked.starts_with("assets") {
            return StatusCode::NOT_FOUND.into_response();
        }
        let page = PathBuf::from("index.html");
        match read(&folder, &page, takes_brotli).await {
            Some(file) => answer(&page, file, &headers),
            None => missing(&format!("The console is not built here: {} has no index.html.", folder.display())),
        }
    }
}

struct File {
    bytes: Vec<u8>,
    brotli: bool,
}

fn missing(why: &str) -> Response {
    let text = format!("{why}\nBuild it with `make web`, or name its folder with --web-dir. The API is at /api/v1.\n");
    super::health::text(StatusCode::OK, text).into_response()
}

/// The path below the folder; nothing that would lead out of it.
fn within(path: &str) -> Option<PathBuf> {
    let path = Path::new(path.trim_start_matches('/'));
    let plain = path
        .components()
        .all(|part| matches!(part, Component::Normal(name) if !name.as_encoded_bytes().starts_with(b".")));
    plain.then(|| path.to_owned())
}

async fn read(folder: &Path, asked: &Path, takes_brotli: bool) -> Option<File> {
    if asked.as_os_str().is_empty() {
        return None;
    }
    let path = folder.join(asked);
    if takes_brotli {
        let mut packed = path.clone().into_os_string();
        packed.push(".br");
        if let Ok(bytes) = tokio::fs::read(packed).await {
            return Some(File { bytes, brotli: true });
        }
    }
    tokio::fs::read(path).await.ok().map(|bytes| File { bytes, brotli: false })
}

fn answer(asked: &Path, file: File, headers: &HeaderMap) -> Response {
    let name = asked.extension().and_then(|name| name.to_str()).unwrap_or_default();
    let kind = match name {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    // What is built has its hash in its name; everything else is asked for again each time.
    let cache = if asked.starts_with("assets") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let hash = secret::hex(&aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &file.bytes).as_ref()[..12]);
    let tag = format!("\"{hash}\"");
    let known = headers.get("if-none-match").and_then(|value| value.to_str().ok());
    let same = known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let common = [(CACHE_CONTROL, cache.to_owned()), (ETAG, tag), (VARY, "accept-encoding".to_owned())];
    if same {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let mut response = (StatusCode::OK, common, [(CONTENT_TYPE, kind)], file.bytes).into_response();
    if file.brotli {
        response.headers_mut().insert(CONTENT_ENCODING, axum::http::HeaderValue::from_static("br"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_folder() {
        assert_eq!(within("/assets/a.js"), Some(PathBuf::from("assets/a.js")));
        assert_eq!(within("/"), Some(PathBuf::new()));
        for path in ["/../secret", "/assets/../../x", "/.env", "/a/.git/config", "//../x"] {
            assert_eq!(within(path), None, "{path}");
        }
    }
}
