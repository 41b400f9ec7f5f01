//! A stand-in for a store: it answers as it is told, which no real store does on demand, and keeps what it was sent.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Response, StatusCode, Uri};
use tokio::net::TcpListener;

use crate::lease::lock;

/// What it answers.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(&'static str, &'static str)>,
    /// The body.
    pub body: &'static str,
    /// How long it takes.
    pub after: Duration,
}

/// A request that it was sent.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Path of the URL.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

#[derive(Default)]
struct State {
    told: Told,
    seen: Vec<Seen>,
}

/// A running stand-in, within the runtime of the test.
pub struct Answering {
    url: String,
    state: Arc<Mutex<State>>,
    task: tokio::task::JoinHandle<()>,
}

impl Answering {
    /// One that answers so.
    pub async fn start(told: Told) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("listen as a stand-in")?;
        let url = format!("http://{}", listener.local_addr().context("its address")?);
        let state = Arc::new(Mutex::new(State { told, seen: vec![] }));
        let shared = state.clone();
        let answer = async move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let told = {
                let mut state = lock(&shared);
                state.seen.push(Seen { path: uri.path().to_owned(), headers, body });
                state.told.clone()
            };
            tokio::time::sleep(told.after).await;
            let mut response = Response::new(Body::from(told.body));
            *response.status_mut() = StatusCode::from_u16(told.status).unwrap_or_default();
            for (name, value) in told.headers {
                response.headers_mut().insert(name, axum::http::HeaderValue::from_static(value));
            }
            response
        };
        let router = Router::new().fallback(answer);
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                eprintln!("the stand-in ended: {error}");
            }
        });
        Ok(Self { url, state, task })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on it answers so.
    pub fn tell(&self, told: Told) {
        lock(&self.state).told = told;
    }

    /// What it was sent so far.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.state).seen.clone()
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.task.abort();
    }
}
