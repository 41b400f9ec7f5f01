//! Sending the messages of remote write 1.0.

use anyhow::{Context, Result};
pub use flagstaff_remote_write::message::{Label, Sample, TimeSeries, WriteRequest};

/// The body of a request.
pub fn packed(request: &WriteRequest) -> Result<Vec<u8>> {
    request.packed().context("pack it")
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
