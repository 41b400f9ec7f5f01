//! Somebody who is signed in to the demo's hub, from this machine.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::folder::State;

/// Asks the hub as the demo's person.
pub struct Visitor<'a> {
    state: &'a State,
    client: reqwest::Client,
    cookie: String,
}

impl<'a> Visitor<'a> {
    /// Signs in.
    pub async fn sign_in(state: &'a State) -> Result<Self> {
        let authority = std::fs::read(&state.hub_authority).with_context(|| format!("read {}", state.hub_authority))?;
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([reqwest::Certificate::from_pem(&authority).context("read the hub's authority")?])
            .timeout(Duration::from_secs(15))
            .build()?;
        let body = json!({"email": state.email, "password": state.password});
        let request =
            client.post(format!("{}/api/v1/session", state.console)).header("x-flagstaff-csrf", "1").json(&body);
        let answer = request.send().await.context("sign in")?.error_for_status().context("sign in")?;
        let cookie = answer.headers().get("set-cookie").context("no cookie")?.to_str()?.to_owned();
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { state, client, cookie })
    }

    /// What is at a path.
    pub async fn get(&self, path: &str) -> Result<Value> {
        let url = format!("{}{path}", self.state.console);
        let answer = self.client.get(url).header("cookie", &self.cookie).send().await.context("ask the hub")?;
        answer.error_for_status().context("ask the hub")?.json().await.context("read the hub's answer")
    }
}
