//! What stands before a store: it asks for a proof of who calls and passes on to a real one, or answers as no store should.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// How it answers.
#[derive(Clone, Debug)]
pub enum Manner {
    /// Passes on to this URL what carries this header with this value.
    Asks(&'static str, String, String),
    /// This status, content type and body.
    Says(u16, &'static str, String),
    /// Sends elsewhere.
    Redirects(String),
    /// Accepts and never answers.
    Hangs,
    /// Begins an answer and never ends it.
    Stalls,
    /// More than anybody takes, in pieces without a length.
    Floods,
}

struct Inner {
    manner: Manner,
    seen: Mutex<Vec<String>>,
}

/// A server on loopback, which lives as long as its test.
pub struct Door {
    url: String,
    inner: Arc<Inner>,
}

impl Door {
    pub async fn open(manner: Manner) -> Result<Self> {
        let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.context("listen")?;
        let url = format!("http://{}", listener.local_addr()?);
        let inner = Arc::new(Inner { manner, seen: Mutex::default() });
        let router = axum::Router::new().fallback(answer).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, inner })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Method and path of every call.
    pub fn seen(&self) -> Vec<String> {
        self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let call = format!("{} {}", request.method(), request.uri().path());
    inner.seen.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    match &inner.manner {
        Manner::Asks(name, value, target) => {
            if request.headers().get(*name).is_none_or(|found| found != value) {
                return (StatusCode::UNAUTHORIZED, "who are you?").into_response();
            }
            pass_on(target, request)
                .await
                .unwrap_or_else(|error| (StatusCode::BAD_GATEWAY, format!("{error:#}")).into_response())
        }
        Manner::Says(status, media, body) => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::IM_A_TEAPOT);
            (status, [(header::CONTENT_TYPE, *media)], body.clone()).into_response()
        }
        Manner::Redirects(target) => (StatusCode::FOUND, [(header::LOCATION, target.clone())]).into_response(),
        Manner::Hangs => std::future::pending().await,
        Manner::Stalls => {
            let begun = futures::stream::iter([Ok::<_, std::io::Error>("{\"status\":")]);
            let never = futures::stream::once(std::future::pending());
            let body = Body::from_stream(futures::StreamExt::chain(begun, never));
            ([(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        Manner::Floods => {
            let piece = || Ok::<_, std::io::Error>(vec![b' '; 1 << 20]);
            let body = Body::from_stream(futures::stream::iter((0..64).map(move |_| piece())));
            ([(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
    }
}

async fn pass_on(target: &str, request: Request) -> Result<Response> {
    let url = format!("{target}{}", request.uri().path_and_query().context("a path")?);
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.context("read the question")?;
    let mut asked =
        flagstaff_tests::http::client()?.request(parts.method, url).timeout(Duration::from_secs(20)).body(body);
    if let Some(media) = parts.headers.get(header::CONTENT_TYPE) {
        asked = asked.header(header::CONTENT_TYPE, media);
    }
    let answer = asked.send().await.context("ask the store")?;
    let status = answer.status();
    let media = answer.headers().get(header::CONTENT_TYPE).cloned();
    let mut response = (status, answer.bytes().await.context("read the answer")?).into_response();
    if let Some(media) = media {
        response.headers_mut().insert(header::CONTENT_TYPE, media);
    }
    Ok(response)
}
