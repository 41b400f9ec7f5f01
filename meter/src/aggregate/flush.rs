//! Sending sums: what is known goes to disk first, so that no sum is ever smaller than what was sent of it before.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use flagstaff_remote_write::message::{Label, Sample, TimeSeries, WriteRequest};
use flagstaff_remote_write::{Encoding, Version};
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::forward::Forward;
use crate::metrics::Metrics;
use crate::receive::body::TENANT;
use crate::receive::{Kind, Receiver};
use crate::save::Save;

/// Sums in one request.
const AT_ONCE: usize = 1000;
/// A destination that does not take them is tried again after so long, until the next instant: then newer ones go.
const AGAIN: Duration = Duration::from_secs(3);

/// The sums of one way.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// The destination's name.
    pub destination: String,
    /// Headers of the newest request on this way.
    pub headers: HeaderMap,
    /// The sums.
    pub sums: Vec<SumSent>,
}

/// A sum as it is sent.
#[derive(Debug, Clone)]
pub struct SumSent {
    /// Its number.
    pub number: u32,
    /// Names it.
    pub key: u64,
    /// Whether its zero is among the samples.
    pub opens: bool,
    /// Whether its end is.
    pub ends: bool,
    /// Its value.
    pub total: f64,
    /// Its labels.
    pub labels: Arc<[Label]>,
    /// Its samples, sorted by time.
    pub samples: Vec<Sample>,
}

/// Sends sums at instants.
pub struct Flush {
    /// What is aggregated.
    pub receiver: Arc<Receiver>,
    /// Where it goes.
    pub forward: Arc<Forward>,
    /// The folder that keeps it.
    pub save: Arc<Save>,
    /// The meter's own numbers.
    pub metrics: Arc<Metrics>,
    /// Seconds between two instants.
    pub every: u64,
}

impl Flush {
    /// Until the end: at each instant writes what is known, and sends what that says.
    pub async fn keep(self, ending: CancellationToken) {
        let this = Arc::new(self);
        let mut last = this.receiver.now() / this.every;
        loop {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(500)) => {}
                () = ending.cancelled() => return,
            }
            let instant = this.receiver.now() / this.every;
            if instant == last {
                continue;
            }
            last = instant;
            // What is being written is written to its end: another copy comes after it.
            let parcels = this.clone().prepared(instant * this.every).await;
            let each = parcels.into_iter().map(|parcel| this.deliver(parcel, (instant + 1) * this.every));
            tokio::select! {
                _ = futures::future::join_all(each) => {}
                () = ending.cancelled() => return,
            }
        }
    }

    async fn prepared(self: Arc<Self>, now: u64) -> Vec<Parcel> {
        let this = self.clone();
        let why = match tokio::task::spawn_blocking(move || this.prepare(now)).await {
            Ok(Ok(parcels)) => return parcels,
            Ok(Err(error)) => format!("{error:#}"),
            Err(error) => error.to_string(),
        };
        self.not_kept(&why);
        vec![]
    }

    fn not_kept(&self, why: &str) {
        self.metrics.save_failures.inc();
        tracing::error!(
            code = "meter.save_failed",
            "no sums are sent now: what they were added up from was not saved: {why}"
        );
    }

    /// What is to be sent, once it is on disk.
    fn prepare(&self, now: u64) -> anyhow::Result<Vec<Parcel>> {
        let (parcels, bytes) = {
            let mut aggregate = self.receiver.sums();
            aggregate.tick(now);
            let (inputs, outputs) = aggregate.sizes(now);
            self.metrics.aggregated(inputs, outputs);
            if aggregate.is_empty() && !self.save.has_sums() {
                return Ok(vec![]);
            }
            let parcels = aggregate.parcels(i64::try_from(now * 1000)?, now);
            (parcels, aggregate.saved(self.receiver.rule()))
        };
        self.save.put_sums(&bytes)?;
        Ok(parcels)
    }

    /// Sends the sums of one way until `end`, in seconds since 1970.
    async fn deliver(&self, parcel: Parcel, end: u64) {
        for sums in parcel.sums.chunks(AT_ONCE) {
            let mut sums = sums.to_vec();
            loop {
                match self.send(&parcel, &sums).await {
                    Ok(status) if status.is_success() => {
                        self.receiver.sums().delivered(&sums);
                        break;
                    }
                    // After a crash a zero may be told twice, which a store may take for a sample out of order.
                    Ok(StatusCode::BAD_REQUEST) if sums.iter().any(|sum| sum.opens) => {
                        self.receiver.sums().opened(&sums);
                        for sum in sums.iter_mut().filter(|sum| sum.opens) {
                            sum.opens = false;
                            sum.samples.remove(0);
                        }
                        continue;
                    }
                    Ok(status) if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => {
                        self.metrics.missed("meter.sums_refused");
                        tracing::error!(
                            code = "meter.sums_refused",
                            destination = parcel.destination,
                            "sums were refused with {status}"
                        );
                        break;
                    }
                    Ok(status) => {
                        tracing::debug!(destination = parcel.destination, "sums are sent again after {status}")
                    }
                    Err(error) => {
                        tracing::debug!(
                            code = error.code(),
                            destination = parcel.destination,
                            "sums are sent again: {error}"
                        );
                    }
                }
                tokio::time::sleep(AGAIN).await;
                if self.receiver.now() + AGAIN.as_secs() >= end {
                    self.metrics.missed("meter.sums_late");
                    tracing::warn!(
                        code = "meter.sums_late",
                        destination = parcel.destination,
                        "sums were not taken within {} s; newer ones take their place, and nothing is missing in them",
                        self.every
                    );
                    return;
                }
            }
        }
    }

    async fn send(&self, parcel: &Parcel, sums: &[SumSent]) -> Result<StatusCode, Error> {
        let to = self.forward.route(Some(&parcel.destination))?;
        let timeseries =
            sums.iter().map(|sum| TimeSeries { labels: sum.labels.to_vec(), samples: sum.samples.clone() }).collect();
        let body: Bytes = WriteRequest { timeseries }.packed()?.into();
        let answer = to.send(&own(&parcel.headers), body.clone()).await?;
        if answer.status.is_success() {
            let tenant = parcel.headers.get(TENANT).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
            let kind = Kind { version: Version::One, encoding: Encoding::Snappy, tenant };
            if let Err(error) = self.receiver.count(kind, body).await {
                tracing::warn!(code = error.code(), "sums that were sent were not counted: {error}");
                self.metrics.missed(error.code());
            }
        }
        Ok(answer.status)
    }
}

/// A sender's headers, with what says that this is 1.0 packed by snappy.
fn own(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("snappy"));
    headers.insert(HeaderName::from_static("x-prometheus-remote-write-version"), HeaderValue::from_static("0.1.0"));
    for of_one_request in [header::EXPECT, HeaderName::from_static("retry-attempt")] {
        headers.remove(of_one_request);
    }
    headers
}
