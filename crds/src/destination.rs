//! Where telemetry is sent, as a person writes it into the flag.

use std::collections::BTreeMap;

use flagstaff_model::{Authentication, Destination, SecretKey, Signal, Tls};
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a destination takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DestinationSignal {
    /// Samples, by Prometheus remote write.
    Metrics,
    /// Log lines and events, by Loki's push API.
    Logs,
    /// Metrics, logs and traces by OTLP over HTTP.
    Otlp,
}

/// One key of a Secret in the platform namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecretReference {
    /// Name of the Secret, in the namespace of the operator (`flagstaff`).
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// Key within the Secret.
    #[schemars(length(min = 1, max = 253))]
    pub key: String,
}

/// HTTP basic authentication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BasicSetting {
    /// Where the user's name is.
    pub username: SecretReference,
    /// Where the password is.
    pub password: SecretReference,
}

/// A bearer token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BearerSetting {
    /// Where the token is.
    pub token: SecretReference,
}

/// OAuth 2.0 client credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OAuth2Setting {
    /// Where the client's id is.
    pub client_id: SecretReference,
    /// Where the client's secret is.
    pub client_secret: SecretReference,
    /// Where tokens are had.
    #[schemars(length(max = 2048), regex(pattern = r"^https?://"))]
    pub token_url: String,
    /// Scopes asked for.
    #[serde(default)]
    #[schemars(length(max = 16), inner(length(max = 256)))]
    pub scopes: Vec<String>,
}

/// AWS Signature Version 4, with the role of the agents' pods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SigV4Setting {
    /// The AWS region.
    #[schemars(length(min = 1, max = 64))]
    pub region: String,
}

/// TLS beyond the system's own roots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TlsSetting {
    /// Certificate authority (PEM) that signs the server's certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<SecretReference>,
    /// Own certificate (PEM), for mutual TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<SecretReference>,
    /// Key of the own certificate (PEM).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<SecretReference>,
    /// Name to expect in the server's certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub server_name: Option<String>,
}

/// One place where telemetry is sent. At most one of `basic`, `bearer`, `oauth2` and `sigv4`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[x_kube(validation = Rule::new("[has(self.basic), has(self.bearer), has(self.oauth2), has(self.sigv4)].filter(x, x).size() <= 1")
    .message("at most one of basic, bearer, oauth2 and sigv4 may be set"))]
#[x_kube(validation = Rule::new("!has(self.sigv4) || self.signal == 'metrics'")
    .message("sigv4 is for metrics only"))]
#[x_kube(validation = Rule::new("!has(self.tls) || (has(self.tls.certificate) == has(self.tls.key))")
    .message("tls.certificate and tls.key go together"))]
#[serde(rename_all = "camelCase")]
pub struct DestinationSetting {
    /// A name, unique within the flag; it shows in status and as a label of the agents' own metrics.
    #[schemars(length(min = 1, max = 63), regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"))]
    pub name: String,
    /// What it takes: `metrics` (Prometheus remote write), `logs` (Loki push) or `otlp`.
    pub signal: DestinationSignal,
    /// URL of the push endpoint, such as `https://mimir.example.com/api/v1/push`.
    #[schemars(length(max = 2048), regex(pattern = r"^https?://[^\s]+$"))]
    pub url: String,
    /// Tenant, sent as `X-Scope-OrgID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 150))]
    pub tenant: Option<String>,
    /// Further headers; never for secrets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::schema::label_map")]
    pub headers: BTreeMap<String, String>,
    /// HTTP basic authentication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basic: Option<BasicSetting>,
    /// A bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bearer: Option<BearerSetting>,
    /// OAuth 2.0 client credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth2: Option<OAuth2Setting>,
    /// AWS Signature Version 4 (metrics only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sigv4: Option<SigV4Setting>,
    /// TLS beyond the system's own roots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsSetting>,
}

impl DestinationSetting {
    /// The same destination in the words of the domain, its Secrets placed in `namespace`.
    pub fn resolve(&self, namespace: &str) -> Destination {
        let secret = |reference: &SecretReference| SecretKey {
            namespace: namespace.to_owned(),
            name: reference.name.clone(),
            key: reference.key.clone(),
        };
        let authentication = if let Some(basic) = &self.basic {
            Some(Authentication::Basic { username: secret(&basic.username), password: secret(&basic.password) })
        } else if let Some(bearer) = &self.bearer {
            Some(Authentication::Bearer { token: secret(&bearer.token) })
        } else if let Some(oauth2) = &self.oauth2 {
            Some(Authentication::OAuth2 {
                client_id: secret(&oauth2.client_id),
                client_secret: secret(&oauth2.client_secret),
                token_url: oauth2.token_url.clone(),
                scopes: oauth2.scopes.clone(),
            })
        } else {
            self.sigv4.as_ref().map(|sigv4| Authentication::SigV4 { region: sigv4.region.clone() })
        };
        Destination {
            name: self.name.clone(),
            signal: match self.signal {
                DestinationSignal::Metrics => Signal::Metrics,
                DestinationSignal::Logs => Signal::Logs,
                DestinationSignal::Otlp => Signal::Otlp,
            },
            url: self.url.clone(),
            tenant: self.tenant.clone(),
            headers: self.headers.clone(),
            authentication,
            tls: self.tls.as_ref().map(|tls| Tls {
                ca: tls.ca.as_ref().map(secret),
                certificate: tls.certificate.as_ref().map(secret),
                key: tls.key.as_ref().map(secret),
                server_name: tls.server_name.clone(),
            }),
        }
    }
}
