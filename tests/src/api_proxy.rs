//! A reverse proxy between the operator and the API server: plain HTTP in, TLS with the administrator's certificate out. It
//! counts, records, stops after a write, answers lists wrongly, and breaks watches.

mod seen;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::sync::{broadcast, watch as value};

pub use self::seen::Seen;
use self::seen::{is_watch, lists_ours};
use self::watch::{Order, watched};
use crate::lease::lock;

/// A list that is answered by the proxy itself.
#[derive(Clone)]
struct Fault {
    plural: String,
    /// Only lists by the label of the flag's set, or every list.
    ours_only: bool,
    status: u16,
    body: String,
}

struct Inner {
    client: reqwest::Client,
    upstream: String,
    seen: Mutex<Vec<Seen>>,
    faults: Mutex<Vec<Fault>>,
    orders: broadcast::Sender<Order>,
    /// After so many successful writes nothing is passed on any more.
    limit: value::Sender<Option<usize>>,
    written: value::Sender<usize>,
}

/// A running proxy; it ends with this value.
pub struct ApiProxy {
    inner: Arc<Inner>,
    kubeconfig: PathBuf,
    _folder: tempfile::TempDir,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for ApiProxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl ApiProxy {
    /// In front of the API server of this kubeconfig, with its user's certificate.
    pub async fn start(kubeconfig: &Path) -> Result<Self> {
        let (client, upstream) = connect(kubeconfig)?;
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.context("listen on loopback")?;
        let address = listener.local_addr().context("read a listener's address")?;
        let inner = Arc::new(Inner {
            client,
            upstream,
            seen: Mutex::default(),
            faults: Mutex::default(),
            orders: broadcast::channel(64).0,
            limit: value::channel(None).0,
            written: value::channel(0).0,
        });
        let router = axum::Router::new().fallback(pass_on).with_state(inner.clone());
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        let folder = tempfile::tempdir().context("make a folder")?;
        let kubeconfig = folder.path().join("kubeconfig");
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "proxy",
            "clusters": [{"name": "proxy", "cluster": {"server": format!("http://{address}")}}],
            "users": [{"name": "proxy", "user": {}}],
            "contexts": [{"name": "proxy", "context": {"cluster": "proxy", "user": "proxy"}}],
        });
        std::fs::write(&kubeconfig, config.to_string()).context("write a kubeconfig")?;
        Ok(Self { inner, kubeconfig, _folder: folder, server })
    }

    /// The kubeconfig for whoever is to go through it.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// Every request that was answered whole, or is a watch, so far.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.inner.seen).clone()
    }

    /// Requests that change something, refused ones too.
    pub fn writes(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(Seen::is_write).collect()
    }

    /// Forgets what was seen.
    pub fn forget(&self) {
        lock(&self.inner.seen).clear();
    }

    /// Passes nothing on any more right after the n-th successful write from now: whoever is behind it may be killed then,
    /// and has written exactly what it had under way.
    pub fn stop_after(&self, writes: usize) {
        self.inner.written.send_replace(0);
        self.inner.limit.send_replace(Some(writes));
    }

    /// Passes everything on again.
    pub fn go_on(&self) {
        self.inner.limit.send_replace(None);
    }

    /// Whether it has stopped by [`ApiProxy::stop_after`].
    pub fn has_stopped(&self) -> bool {
        self.inner.has_stopped()
    }

    /// Answers lists of this kind with 500, as a broken aggregated API or an overloaded etcd does.
    pub fn fail_lists(&self, plural: &str, ours_only: bool) {
        let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": "etcdserver: request timed out", "reason": "InternalError", "code": 500});
        self.add(plural, ours_only, 500, status.to_string());
    }

    /// Answers lists of our objects of this kind as the last one was answered: a stale API server.
    pub fn repeat_lists_of_ours(&self, plural: &str) -> Result<()> {
        let last = self.seen().into_iter().rfind(|seen| seen.is_list_of_ours(plural) && seen.status == 200);
        let Some(last) = last else { bail!("no list of {plural} was seen") };
        self.add(plural, true, 200, last.answer);
        Ok(())
    }

    /// Answers lists truly again.
    pub fn mend_lists(&self) {
        lock(&self.inner.faults).clear();
    }

    /// Says 410 inside the open watches whose path has this ending, and ends them.
    pub fn expire_watches(&self, path_end: &str) {
        let _ = self.inner.orders.send(Order::Expire(path_end.to_owned()));
    }

    /// Breaks every open watch in the middle.
    pub fn cut_watches(&self) {
        let _ = self.inner.orders.send(Order::Cut);
    }

    fn add(&self, plural: &str, ours_only: bool, status: u16, body: String) {
        lock(&self.inner.faults).push(Fault { plural: plural.to_owned(), ours_only, status, body });
    }
}

impl Inner {
    fn has_stopped(&self) -> bool {
        self.limit.borrow().is_some_and(|limit| *self.written.borrow() >= limit)
    }

    async fn passable(&self) {
        let mut limit = self.limit.subscribe();
        while self.has_stopped() {
            if limit.changed().await.is_err() {
                return;
            }
        }
    }

    fn fault(&self, method: &str, path: &str, query: &str) -> Option<Fault> {
        if method != "GET" || is_watch(query) {
            return None;
        }
        let faults = lock(&self.faults);
        let of_all = |fault: &Fault| !fault.ours_only && path.ends_with(&format!("/{}", fault.plural));
        faults.iter().find(|fault| of_all(fault) || lists_ours(path, query, &fault.plural)).cloned()
    }
}

async fn pass_on(State(inner): State<Arc<Inner>>, request: Request) -> Response<Body> {
    inner.passable().await;
    match answer(&inner, request).await {
        Ok(response) => response,
        Err(error) => {
            let mut response = Response::new(Body::from(format!("{error:#}")));
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            response
        }
    }
}

async fn answer(inner: &Arc<Inner>, request: Request) -> Result<Response<Body>> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 16 << 20).await.context("read the request")?;
    let (path, query) = (head.uri.path().to_owned(), head.uri.query().unwrap_or_default().to_owned());
    let mut seen = Seen {
        method: head.method.to_string(),
        path,
        body: serde_json::from_slice(&body).unwrap_or_default(),
        status: 0,
        answer: String::new(),
        query,
    };
    if let Some(fault) = inner.fault(&seen.method, &seen.path, &seen.query) {
        seen.status = fault.status;
        lock(&inner.seen).push(seen);
        return response(fault.status, None, Body::from(fault.body));
    }
    let url = format!("{}{}", inner.upstream, head.uri.path_and_query().map_or("/", |it| it.as_str()));
    let upstream = inner.client.request(head.method, url).headers(passed(&head.headers)).body(body).send().await;
    let upstream = upstream.context("ask the API server")?;
    seen.status = upstream.status().as_u16();
    let kind = upstream.headers().get(header::CONTENT_TYPE).cloned();
    if is_watch(&seen.query) {
        let orders = inner.orders.subscribe();
        let (status, path) = (seen.status, seen.path.clone());
        lock(&inner.seen).push(seen);
        return response(status, kind, watched(upstream, path, orders));
    }
    let text = upstream.bytes().await.context("read the API server's answer")?;
    let status = seen.status;
    if seen.query.contains("labelSelector") {
        seen.answer = String::from_utf8_lossy(&text).into_owned();
    }
    let counts = seen.is_write() && status < 300;
    lock(&inner.seen).push(seen);
    if counts {
        inner.written.send_modify(|written| *written += 1);
        // The one whose write was the last does not hear of it either.
        inner.passable().await;
    }
    response(status, kind, Body::from(text))
}

fn response(status: u16, kind: Option<header::HeaderValue>, body: Body) -> Result<Response<Body>> {
    let kind = kind.unwrap_or(header::HeaderValue::from_static("application/json"));
    Response::builder().status(status).header(header::CONTENT_TYPE, kind).body(body).context("make an answer")
}

/// What the client says, without what belongs to its connection; uncompressed, so that events can be told apart.
fn passed(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in
        [header::HOST, header::CONNECTION, header::ACCEPT_ENCODING, header::CONTENT_LENGTH, header::TRANSFER_ENCODING]
    {
        headers.remove(name);
    }
    headers
}

/// A client for a kubeconfig of the harness, which has everything inside, and the API server's URL.
fn connect(kubeconfig: &Path) -> Result<(reqwest::Client, String)> {
    let text = std::fs::read_to_string(kubeconfig).with_context(|| format!("read {}", kubeconfig.display()))?;
    let config: Value = serde_yaml::from_str(&text).with_context(|| format!("read {}", kubeconfig.display()))?;
    let said = |pointer: &str| {
        config.pointer(pointer).and_then(Value::as_str).with_context(|| format!("the kubeconfig has no {pointer}"))
    };
    let data = |pointer: &str| STANDARD.decode(said(pointer)?).with_context(|| format!("decode {pointer}"));
    let authority = data("/clusters/0/cluster/certificate-authority-data")?;
    let mut pair = data("/users/0/user/client-certificate-data")?;
    pair.extend(data("/users/0/user/client-key-data")?);
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([reqwest::Certificate::from_pem(&authority).context("read the authority")?])
        .identity(reqwest::Identity::from_pem(&pair).context("read the user's certificate")?)
        .connect_timeout(Duration::from_secs(10))
        .build()
        .context("make a client")?;
    Ok((client, said("/clusters/0/cluster/server")?.to_owned()))
}
