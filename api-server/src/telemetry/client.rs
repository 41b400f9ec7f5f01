//! One HTTP client a store: credentials, authorities, time, and how much is asked at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::{Certificate, Client, Url, redirect};
use tokio::sync::Semaphore;

use super::address::{Addresses, Refused};
use super::answer::{self, Answer};
use super::reader::{body, failure};
use super::{CLUSTER, Fault, StoreKind};

/// Questions to one store at once, and those that wait for a place.
const AT_ONCE: usize = 8;
const WAITING: usize = 64;
const CONNECT: Duration = Duration::from_secs(5);
/// Between two notes of the same kind about a store.
const NOTE: Duration = Duration::from_secs(10);

/// How a store is reached.
#[derive(Clone)]
pub struct Connection {
    /// What it speaks.
    pub kind: StoreKind,
    /// The base of its API.
    pub url: String,
    /// Header and value that name the tenant; empty for none.
    pub tenant: (String, String),
    /// The `Authorization` header; empty for none.
    pub authorization: String,
    /// Authorities to trust instead of the system's; empty for the system's.
    pub authorities_pem: String,
}

impl Connection {
    /// `Authorization` of a user with a password.
    pub fn basic(username: &str, password: &str) -> String {
        format!("Basic {}", STANDARD.encode(format!("{username}:{password}")))
    }
}

/// What is asked.
pub enum Question<'a> {
    /// A query over a time range.
    Range(&'a str, Range),
    /// A query at one instant; at most so many lines.
    At(&'a str, Timestamp, u32),
    /// The clusters that it has data of.
    Clusters,
}

/// A time range.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
    /// Between two points.
    pub step_seconds: u32,
    /// Most lines or series.
    pub limit: u32,
}

/// A client that is kept while its store stays as it is.
struct Kept {
    revision: i64,
    client: Result<Arc<Ready>, Fault>,
    noted: [Option<Instant>; 2],
}

struct Ready {
    client: Client,
    base: Url,
    kind: StoreKind,
    places: Semaphore,
    queue: Semaphore,
}

/// All stores' clients.
pub struct Telemetry {
    addresses: Addresses,
    timeout: Duration,
    kept: Mutex<BTreeMap<String, Kept>>,
}

impl Telemetry {
    /// Nothing is connected yet.
    pub fn new(addresses: Addresses, timeout: Duration) -> Self {
        Self { addresses, timeout, kept: Mutex::default() }
    }

    /// Asks a store that is kept under its id and revision.
    pub async fn ask(
        &self,
        id: &str,
        revision: i64,
        connection: impl FnOnce() -> Result<Connection, Fault>,
        question: Question<'_>,
    ) -> Result<Answer, Fault> {
        let ready = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            match kept.get(id) {
                Some(one) if one.revision == revision => one.client.clone()?,
                _ => {
                    let client = connection().and_then(|connection| self.connect(&connection)).map(Arc::new);
                    kept.insert(id.to_owned(), Kept { revision, client: client.clone(), noted: [None; 2] });
                    client?
                }
            }
        };
        self.put(&ready, question).await
    }

    /// Asks a store that is not kept: to try it.
    pub async fn try_out(&self, connection: &Connection, question: Question<'_>) -> Result<Answer, Fault> {
        self.put(&self.connect(connection)?, question).await
    }

    /// Why a URL is never called, where its host is an address.
    pub fn refuses(&self, url: &Url) -> Option<Fault> {
        self.addresses.refused(url).map(|ip| Fault::AddressRefused(Refused(ip).to_string()))
    }

    /// A store that is no more.
    pub fn forget(&self, id: &str) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Whether it is time to write down how a store fared: neither each answer nor none.
    pub fn is_to_be_noted(&self, id: &str, good: bool) -> bool {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(one) = kept.get_mut(id) else { return true };
        let [this, other] = if good { [0, 1] } else { [1, 0] };
        let due = one.noted[this].is_none_or(|at| at.elapsed() >= NOTE);
        if due {
            // The first of the other kind after this one is noted at once.
            one.noted[this] = Some(Instant::now());
            one.noted[other] = None;
        }
        due
    }

    fn connect(&self, connection: &Connection) -> Result<Ready, Fault> {
        let unusable = |what: String| Fault::Unavailable(what);
        let base = Url::parse(&connection.url).map_err(|error| unusable(format!("its URL is none ({error}).")))?;
        let mut headers = HeaderMap::new();
        let header = |value: &str| {
            HeaderValue::from_str(value)
                .map_err(|_| unusable("a header's value holds a character that it may not hold.".into()))
        };
        if !connection.authorization.is_empty() {
            let mut value = header(&connection.authorization)?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let (name, tenant) = &connection.tenant;
        if !tenant.is_empty() {
            let name = name.parse::<HeaderName>().map_err(|_| unusable(format!("`{name}` is no header's name.")))?;
            headers.insert(name, header(tenant)?);
        }
        let mut builder = Client::builder()
            .default_headers(headers)
            .user_agent(concat!("flagstaff-hub/", env!("CARGO_PKG_VERSION")))
            // A proxy would connect for us, past every look at addresses.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .dns_resolver(Arc::new(self.addresses.clone()))
            .connect_timeout(CONNECT.min(self.timeout))
            .pool_idle_timeout(Duration::from_secs(60))
            .pool_max_idle_per_host(AT_ONCE);
        if !connection.authorities_pem.is_empty() {
            let bundle = Certificate::from_pem_bundle(connection.authorities_pem.as_bytes())
                .map_err(|_| unusable("its authorities are no certificates in PEM.".into()))?;
            builder = builder.tls_certs_only(bundle);
        } else if base.scheme() == "http" {
            // A machine without any authorities can still speak to stores that need none.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().map_err(|error| failure(&error))?;
        let kind = connection.kind;
        Ok(Ready { client, base, kind, places: Semaphore::new(AT_ONCE), queue: Semaphore::new(AT_ONCE + WAITING) })
    }

    async fn put(&self, ready: &Ready, question: Question<'_>) -> Result<Answer, Fault> {
        if let Some(fault) = self.refuses(&ready.base) {
            return Err(fault);
        }
        let _queued = ready.queue.try_acquire().map_err(|_| Fault::Busy)?;
        let until = tokio::time::Instant::now() + self.timeout;
        let place = tokio::time::timeout_at(until, ready.places.acquire()).await;
        let _place = place.map_err(|_| Fault::Busy)?.map_err(|_| Fault::Busy)?;
        let slow = Fault::Timeout { seconds: self.timeout.as_secs() };
        let kind = ready.kind;
        let values = matches!(question, Question::Clusters);
        let bytes = tokio::time::timeout_at(until, ask(ready, &question, self.timeout)).await.map_err(|_| slow)??;
        // Megabytes of JSON would hold up everybody else.
        let read = tokio::task::spawn_blocking(move || {
            if !values {
                return answer::read(kind, &bytes);
            }
            let found = answer::read_values(kind, &bytes)?;
            let series = found
                .into_iter()
                .map(|name| answer::Series { labels: BTreeMap::from([(CLUSTER.to_owned(), name)]), points: vec![] });
            Ok(Answer { result_type: "values", series: series.collect(), ..Answer::default() })
        });
        read.await.map_err(|_| Fault::Unavailable("its answer could not be read.".into()))?
    }
}

async fn ask(ready: &Ready, question: &Question<'_>, timeout: Duration) -> Result<Vec<u8>, Fault> {
    let seconds = |at: &Timestamp| format!("{:.3}", at.as_millisecond() as f64 / 1000.0);
    let nanoseconds = |at: &Timestamp| at.as_nanosecond().to_string();
    let loki = ready.kind == StoreKind::Loki;
    let time = |at: &Timestamp| if loki { nanoseconds(at) } else { seconds(at) };
    let (path, mut form): (&str, Vec<(&str, String)>) = match question {
        Question::Range(query, range) => {
            let (start, end) = (time(&range.from), time(&range.to));
            let step = range.step_seconds.to_string();
            let form = vec![
                ("query", (*query).to_owned()),
                ("start", start),
                ("end", end),
                ("step", step),
                ("limit", range.limit.to_string()),
            ];
            ("query_range", form)
        }
        Question::At(query, at, limit) => {
            ("query", vec![("query", (*query).to_owned()), ("time", time(at)), ("limit", limit.to_string())])
        }
        Question::Clusters => ("label/cluster/values", vec![]),
    };
    let mut url = ready.base.clone();
    let base = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{base}/{}/{path}", if loki { "loki/api/v1" } else { "api/v1" }));
    let request = if form.is_empty() {
        ready.client.get(url)
    } else {
        if !loki {
            form.push(("timeout", format!("{}s", timeout.as_secs().max(1))));
        }
        // Expressions are longer than addresses may be; and a POST of this form only asks.
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        ready.client.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(text)
    };
    let response = request.send().await.map_err(|error| failure(&error))?;
    body(ready.kind, response).await
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, SocketAddr};

    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_to_metadata_is_not_called() {
        let lookup = |ip: IpAddr| -> super::super::address::Lookup {
            Arc::new(move |_| Box::pin(async move { Ok(vec![SocketAddr::new(ip, 0)]) }))
        };
        let connection = Connection {
            kind: StoreKind::Prometheus,
            // The port of nobody: a connection would be refused, and say so.
            url: "http://prometheus.example.org:9".into(),
            tenant: (String::new(), String::new()),
            authorization: String::new(),
            authorities_pem: String::new(),
        };
        let ask = async |ip: Ipv4Addr| {
            let telemetry = Telemetry::new(Addresses::by(lookup(ip.into())), Duration::from_secs(5));
            telemetry.try_out(&connection, Question::At("up", Timestamp::UNIX_EPOCH, 1)).await.expect_err("no answer")
        };
        assert_eq!(ask(Ipv4Addr::new(169, 254, 169, 254)).await.code(), "store_address_refused");
        assert_eq!(ask(Ipv4Addr::LOCALHOST).await.code(), "store_unavailable");
    }
}
