//! Where telemetry is sent, without any secret in it: credentials stay in the cluster's Secrets.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a destination takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Signal {
    /// Samples, by Prometheus remote write.
    Metrics,
    /// Log lines and events, by Loki's push API.
    Logs,
    /// Metrics, logs and traces by OTLP over HTTP.
    Otlp,
}

/// One key of one Secret, named and never read into a rendered object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretKey {
    /// Namespace of the Secret.
    pub namespace: String,
    /// Name of the Secret.
    pub name: String,
    /// Key within its `data`.
    pub key: String,
}

/// How a sender proves who it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Authentication {
    /// HTTP basic authentication.
    Basic {
        /// The user's name.
        username: SecretKey,
        /// The password.
        password: SecretKey,
    },
    /// `Authorization: Bearer`.
    Bearer {
        /// The token.
        token: SecretKey,
    },
    /// OAuth 2.0 client credentials.
    OAuth2 {
        /// The client's id.
        client_id: SecretKey,
        /// The client's secret.
        client_secret: SecretKey,
        /// Where tokens are had.
        token_url: String,
        /// Scopes asked for.
        scopes: Vec<String>,
    },
    /// AWS Signature Version 4, with the role of the pod.
    SigV4 {
        /// The AWS region.
        region: String,
    },
}

/// How the connection is secured beyond the system's own roots.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tls {
    /// A company's certificate authority (PEM).
    pub ca: Option<SecretKey>,
    /// The sender's own certificate (PEM), for mutual TLS.
    pub certificate: Option<SecretKey>,
    /// The key of that certificate (PEM).
    pub key: Option<SecretKey>,
    /// Name to expect in the server's certificate.
    pub server_name: Option<String>,
}

/// One place where telemetry is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// A DNS label, unique within the flag.
    pub name: String,
    /// What it takes.
    pub signal: Signal,
    /// The URL of the push endpoint.
    pub url: String,
    /// Tenant, sent as `X-Scope-OrgID`.
    pub tenant: Option<String>,
    /// Further headers, none of them secret.
    pub headers: BTreeMap<String, String>,
    /// How the sender proves who it is.
    pub authentication: Option<Authentication>,
    /// How the connection is secured.
    pub tls: Option<Tls>,
}

impl Destination {
    /// Every Secret key that has to be readable before the destination can be used.
    pub fn secret_keys(&self) -> Vec<&SecretKey> {
        let mut keys = match &self.authentication {
            None | Some(Authentication::SigV4 { .. }) => vec![],
            Some(Authentication::Basic { username, password }) => vec![username, password],
            Some(Authentication::Bearer { token }) => vec![token],
            Some(Authentication::OAuth2 { client_id, client_secret, .. }) => vec![client_id, client_secret],
        };
        if let Some(tls) = &self.tls {
            keys.extend([&tls.ca, &tls.certificate, &tls.key].into_iter().flatten());
        }
        keys
    }
}
