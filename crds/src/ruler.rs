//! A ruler outside the cluster that evaluates rules, as a person writes it into the flag.

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use crate::destination::{BasicSetting, BearerSetting, TlsSetting};

/// A ruler with the configuration API of Mimir: rule groups are posted to and deleted from a namespace of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[x_kube(validation = Rule::new("!(has(self.basic) && has(self.bearer))").message("at most one of basic and bearer may be set"))]
#[x_kube(validation = Rule::new("!has(self.tls) || (has(self.tls.certificate) == has(self.tls.key))")
    .message("tls.certificate and tls.key go together"))]
#[x_kube(validation = Rule::new("!has(self.tls) || !has(self.tls.serverName)")
    .message("tls.serverName is not honoured for a ruler; name it in the url"))]
#[serde(rename_all = "camelCase")]
pub struct RulerSetting {
    /// URL of the configuration API, such as `https://mimir.example.com/prometheus/config/v1/rules`.
    #[schemars(length(max = 2048), regex(pattern = r"^https?://[^\s]+$"))]
    pub url: String,
    /// Tenant, sent as `X-Scope-OrgID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 150))]
    pub tenant: Option<String>,
    /// HTTP basic authentication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basic: Option<BasicSetting>,
    /// A bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bearer: Option<BearerSetting>,
    /// TLS beyond the system's own roots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsSetting>,
}
