//! The message of Prometheus remote write 1.0, as far as a sender of plain samples needs it.
//! Source: <https://prometheus.io/docs/specs/prw/remote_write_spec/>, protocol buffers `prometheus.WriteRequest`.

use anyhow::{Context, Result};
use prost::Message;

/// One request.
#[derive(Clone, PartialEq, Message)]
pub struct WriteRequest {
    /// Each series once.
    #[prost(message, repeated, tag = "1")]
    pub timeseries: Vec<TimeSeries>,
}

/// One series with its new samples.
#[derive(Clone, PartialEq, Message)]
pub struct TimeSeries {
    /// Sorted by name.
    #[prost(message, repeated, tag = "1")]
    pub labels: Vec<Label>,
    /// Sorted by time.
    #[prost(message, repeated, tag = "2")]
    pub samples: Vec<Sample>,
}

/// One label.
#[derive(Clone, PartialEq, Message)]
pub struct Label {
    /// `__name__` holds the name of the metric.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Never empty.
    #[prost(string, tag = "2")]
    pub value: String,
}

/// One sample.
#[derive(Clone, PartialEq, Message)]
pub struct Sample {
    /// Its value.
    #[prost(double, tag = "1")]
    pub value: f64,
    /// Milliseconds since 1970.
    #[prost(int64, tag = "2")]
    pub timestamp: i64,
}

/// The body of a request.
pub fn packed(request: &WriteRequest) -> Result<Vec<u8>> {
    snap::raw::Encoder::new().compress_vec(&request.encode_to_vec()).context("compress")
}

/// Sends one request; the receiver's refusal is an error with its words.
pub async fn send(client: &reqwest::Client, url: &str, request: &WriteRequest) -> Result<()> {
    post(client, url, packed(request)?).await
}

/// The same with a body that is packed already.
pub async fn post(client: &reqwest::Client, url: &str, body: Vec<u8>) -> Result<()> {
    let answer = client
        .post(url)
        .header("content-encoding", "snappy")
        .header("content-type", "application/x-protobuf")
        .header("x-prometheus-remote-write-version", "0.1.0")
        .body(body)
        .send()
        .await
        .with_context(|| format!("send to {url}"))?;
    let status = answer.status();
    anyhow::ensure!(status.is_success(), "{url} answers {status}: {}", answer.text().await.unwrap_or_default());
    Ok(())
}
