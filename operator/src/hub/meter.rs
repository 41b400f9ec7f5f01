//! Asks this cluster's meters for their hours. A report is passed on as it comes: it is not unpacked, and not held in memory.

use std::time::Duration;

use futures::{AsyncRead, AsyncReadExt};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, ListParams};
use reqwest::{Body, StatusCode};
use serde::Deserialize;
use thiserror::Error;

use crate::answer::{self, innermost};
use crate::context::Context;

/// Name of the pack's meter, as its pods are labelled.
const NAME: &str = "flagstaff-meter";
/// Port of its API.
const PORT: u16 = 9095;
/// At most so many pods are asked; the pack has one.
const ASKED: u32 = 16;
/// How long an answer may take with its body.
const ANSWER: Duration = Duration::from_secs(60);
/// No list of hours is longer.
const LIST_BYTES: usize = 1 << 20;
/// Nor a report, packed: the hub takes no larger one.
const REPORT_BYTES: u64 = 4 << 20;

/// A meter that does not say what it counted.
#[derive(Debug, Error)]
#[error("the meter {meter} does not answer: {why}")]
pub struct MeterError {
    meter: String,
    why: String,
}

/// One meter, by how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meter {
    /// By its URL.
    Url(String),
    /// A pod, through the API server: from outside of the cluster.
    Pod {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
}

/// One hour that a meter has a report of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Hour {
    /// Names what the meter remembers.
    pub instance: String,
    /// Its start.
    pub hour: Timestamp,
    /// Of the last look at it.
    pub revision: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Hours {
    hours: Vec<Hour>,
}

/// The meters that were named, and the pods of the pack's.
///
/// # Errors
/// [`MeterError`] when the pods cannot be listed.
pub async fn find(context: &Context) -> Result<Vec<Meter>, MeterError> {
    let namespace = &context.settings.namespace;
    let pods: Api<Pod> = Api::namespaced(context.client.clone(), namespace);
    let list = ListParams::default().labels(&format!("app.kubernetes.io/name={NAME}")).limit(ASKED);
    let fault = |error: kube::Error| MeterError { meter: NAME.into(), why: crate::error::sentence(&error) };
    let pods = pods.list(&list).await.map_err(fault)?.items;
    let named = context.settings.meters.iter().map(|url| Meter::Url(url.trim_end_matches('/').to_owned()));
    let pods = pods.iter().filter(|pod| pod.metadata.deletion_timestamp.is_none() && is_ready(pod));
    Ok(named.chain(pods.filter_map(|pod| reached(context, pod))).collect())
}

/// One that is not ready is not asked: what is wrong with it stands on the flag.
fn is_ready(pod: &Pod) -> bool {
    let conditions = pod.status.as_ref().and_then(|status| status.conditions.as_ref());
    conditions.into_iter().flatten().any(|one| one.type_ == "Ready" && one.status == "True")
}

fn reached(context: &Context, pod: &Pod) -> Option<Meter> {
    if context.settings.kubeconfig.is_some() {
        return Some(Meter::Pod { namespace: context.settings.namespace.clone(), name: pod.name_any() });
    }
    let address = pod.status.as_ref()?.pod_ip.as_deref()?;
    let host = if address.contains(':') { format!("[{address}]") } else { address.to_owned() };
    Some(Meter::Url(format!("http://{host}:{PORT}")))
}

impl Meter {
    /// What it is called in a message.
    pub fn name(&self) -> &str {
        match self {
            Meter::Url(url) => url,
            Meter::Pod { name, .. } => name,
        }
    }

    /// Which hours it has reports of, the newest last.
    ///
    /// # Errors
    /// [`MeterError`] when it does not say.
    pub async fn hours(&self, from: &Source<'_>) -> Result<Vec<Hour>, MeterError> {
        let bytes = match self.get(from, "/api/v1/hours").await? {
            Some(Report::Answer(answer)) => {
                answer::read(answer, LIST_BYTES).await.map_err(|unread| self.fault(unread.to_string()))?
            }
            Some(Report::Bytes(bytes)) => bytes,
            None => return Err(self.fault("it tells no hours; it is older than this operator".into())),
        };
        let read: Result<Hours, _> = serde_json::from_slice(&bytes);
        read.map(|hours| hours.hours).map_err(|error| self.fault(format!("its answer is not understood: {error}")))
    }

    /// The report of an hour, packed; none when it is gone by now.
    ///
    /// # Errors
    /// [`MeterError`] when it does not say.
    pub async fn report(&self, from: &Source<'_>, hour: Timestamp) -> Result<Option<Body>, MeterError> {
        let found = self.get(from, &format!("/api/v1/hours/{hour}")).await?;
        Ok(found.map(|report| match report {
            Report::Answer(answer) => answer.into(),
            Report::Bytes(bytes) => bytes.into(),
        }))
    }

    async fn get(&self, from: &Source<'_>, path: &str) -> Result<Option<Report>, MeterError> {
        match self {
            Meter::Url(url) => {
                let request = from.http.get(format!("{url}{path}")).header("accept-encoding", "zstd").timeout(ANSWER);
                let answer = request.send().await.map_err(|error| self.fault(innermost(&error)))?;
                match answer.status() {
                    StatusCode::NOT_FOUND => Ok(None),
                    status if status.is_success() => Ok(Some(Report::Answer(answer))),
                    status => Err(self.fault(format!("it answered {status}"))),
                }
            }
            Meter::Pod { namespace, name } => {
                let path = format!("/api/v1/namespaces/{namespace}/pods/{name}:{PORT}/proxy{path}");
                let asked = tokio::time::timeout(ANSWER, self.through(from, path)).await;
                asked.unwrap_or_else(|_| Err(self.fault(format!("no answer within {} s", ANSWER.as_secs()))))
            }
        }
    }

    async fn through(&self, from: &Source<'_>, path: String) -> Result<Option<Report>, MeterError> {
        let request = http::Request::get(path).header("accept-encoding", "zstd").body(vec![]);
        let request = request.map_err(|error| self.fault(error.to_string()))?;
        let client = from.client.ok_or_else(|| self.fault("there is no cluster to ask through".into()))?;
        let stream = match client.request_stream(request).await {
            Ok(stream) => stream,
            Err(kube::Error::Api(status)) if status.code == 404 => return Ok(None),
            Err(error) => return Err(self.fault(crate::error::sentence(&error))),
        };
        read(stream).await.map(|bytes| Some(Report::Bytes(bytes))).map_err(|why| self.fault(why))
    }

    fn fault(&self, why: String) -> MeterError {
        MeterError { meter: self.name().to_owned(), why }
    }
}

/// What meters are asked with.
pub struct Source<'a> {
    /// For those that are reached by a URL.
    pub http: &'a reqwest::Client,
    /// For pods that are reached through the API server.
    pub client: Option<&'a kube::Client>,
}

/// An answer that is still to come, or that is here.
enum Report {
    Answer(reqwest::Response),
    Bytes(Vec<u8>),
}

async fn read(stream: impl AsyncRead + Unpin) -> Result<Vec<u8>, String> {
    let mut bytes = vec![];
    let mut stream = std::pin::pin!(stream.take(REPORT_BYTES + 1));
    stream.read_to_end(&mut bytes).await.map_err(|error| error.to_string())?;
    if bytes.len() as u64 > REPORT_BYTES { Err("its answer is too long".into()) } else { Ok(bytes) }
}
