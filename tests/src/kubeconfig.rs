//! Kubeconfig files with everything inside, so that they work from any folder.

use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::certificates::Pair;

/// How a user proves who they are.
pub enum Identity<'a> {
    /// By a client certificate.
    Certificate(&'a Pair),
    /// By a bearer token.
    Token(&'a str),
}

/// Writes a kubeconfig (JSON is YAML) for one user of one cluster.
pub fn write(path: &Path, server: &str, authority: &str, identity: &Identity<'_>) -> Result<()> {
    let user: Value = match identity {
        Identity::Certificate(pair) => json!({
            "client-certificate-data": STANDARD.encode(&pair.certificate),
            "client-key-data": STANDARD.encode(&pair.key),
        }),
        Identity::Token(token) => json!({ "token": token }),
    };
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{
            "name": "test",
            "cluster": { "server": server, "certificate-authority-data": STANDARD.encode(authority) },
        }],
        "users": [{ "name": "test", "user": user }],
        "contexts": [{ "name": "test", "context": { "cluster": "test", "user": "test" } }],
        "current-context": "test",
    });
    let text = serde_json::to_string_pretty(&config).context("write a kubeconfig")?;
    std::fs::write(path, text).with_context(|| format!("write {}", path.display()))
}
