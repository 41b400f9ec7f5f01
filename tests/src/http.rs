//! One HTTP client for all tests: it keeps no connection, since each test has a runtime of its own that would take it along.

use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result};

/// The client, for plain HTTP on loopback; proxies of the environment are not asked.
pub fn client() -> Result<&'static reqwest::Client> {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    if let Some(client) = CLIENT.get() {
        return Ok(client);
    }
    let client = reqwest::Client::builder()
        .pool_max_idle_per_host(0)
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .build()
        .context("make an HTTP client")?;
    Ok(CLIENT.get_or_init(|| client))
}
