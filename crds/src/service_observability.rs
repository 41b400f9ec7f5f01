//! `ServiceObservability`: a team's flag for its own namespace.

use std::collections::BTreeMap;

use flagstaff_model::{Endpoint, Service};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::Condition;

/// What a team wants observed in its namespace. Nothing in it reaches outside that namespace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, CustomResource, KubeSchema)]
#[kube(
    group = "flagstaff.dev",
    version = "v1alpha1",
    kind = "ServiceObservability",
    plural = "serviceobservabilities",
    shortname = "svcobs",
    category = "flagstaff",
    namespaced,
    status = "ServiceObservabilityStatus",
    derive = "PartialEq",
    doc = "A team's flag: which pods of its namespace are scraped, which logs are kept, and rules of its own.",
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason"),
    printcolumn(name = "Rules", type_ = "integer", json_path = ".status.rules"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(
        name = "Message",
        type_ = "string",
        priority = 1,
        json_path = ".status.conditions[?(@.type==\"Ready\")].message"
    )
)]
#[serde(rename_all = "camelCase")]
pub struct ServiceObservabilitySpec {
    /// Labels of the pods that are meant; left out: every pod of the namespace.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::schema::label_map")]
    pub selector: BTreeMap<String, String>,
    /// Where the pods serve metrics; left out: ports named `metrics`, and the pods' own annotations.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub endpoints: Vec<EndpointSetting>,
    /// Whether logs of these pods are gathered.
    #[serde(default = "yes")]
    pub logs: bool,
    /// The lowest level of log lines that is kept.
    #[serde(default)]
    pub log_level: LogLevel,
    /// Rules of the team; every selector in them is bound to this namespace.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub rules: Vec<TeamRule>,
}

fn yes() -> bool {
    true
}

/// A port that serves metrics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, KubeSchema)]
#[x_kube(validation = Rule::new("has(self.port) != has(self.number)").message("give either port (a name) or number"))]
#[serde(rename_all = "camelCase")]
pub struct EndpointSetting {
    /// Name of the container port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 15))]
    pub port: Option<String>,
    /// Number of the port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<i32>", range(min = 1, max = 65535))]
    pub number: Option<u16>,
    /// HTTP path.
    #[serde(default = "metrics_path")]
    #[schemars(length(min = 1, max = 1024), regex(pattern = r"^/"))]
    pub path: String,
    /// `http` or `https`.
    #[serde(default)]
    pub scheme: Scheme,
    /// Seconds between two scrapes.
    #[serde(default = "interval")]
    #[schemars(with = "i32", range(min = 5, max = 3600))]
    pub interval_seconds: u32,
}

fn metrics_path() -> String {
    "/metrics".into()
}

fn interval() -> u32 {
    60
}

/// How an endpoint is reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Plain HTTP.
    #[default]
    Http,
    /// HTTP over TLS; the pod's certificate is not verified.
    Https,
}

/// The lowest level of log lines that is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Every line.
    #[default]
    All,
    /// From debug.
    Debug,
    /// From info.
    Info,
    /// From warn.
    Warn,
    /// From error.
    Error,
}

/// A rule of a team: an alert, or a recorded series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, KubeSchema)]
#[x_kube(validation = Rule::new("has(self.alert) != has(self.record)").message("give either alert or record"))]
#[serde(rename_all = "camelCase")]
pub struct TeamRule {
    /// Name of the alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^[a-zA-Z_][a-zA-Z0-9_]*$"))]
    pub alert: Option<String>,
    /// Name of the recorded series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^[a-zA-Z_:][a-zA-Z0-9_:]*$"))]
    pub record: Option<String>,
    /// The expression in PromQL; each selector gets `namespace` of this namespace.
    #[schemars(length(min = 1, max = 8192))]
    pub expr: String,
    /// How long it has to hold before the alert fires, such as `5m`.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16), regex(pattern = r"^([0-9]+(ms|s|m|h|d|w|y))+$"))]
    pub for_: Option<String>,
    /// Labels of the alert; `namespace` is always this namespace.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::schema::label_map")]
    pub labels: BTreeMap<String, String>,
    /// Annotations of the alert.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::schema::label_map")]
    pub annotations: BTreeMap<String, String>,
}

/// The state of a team's flag.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceObservabilityStatus {
    /// Generation of the spec this status speaks of.
    #[serde(default)]
    pub observed_generation: i64,
    /// `Ready` and what stands in its way.
    #[serde(default)]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
    /// Number of rules that are loaded.
    #[serde(default)]
    pub rules: i64,
}

impl ServiceObservability {
    /// The same request in the words of the domain.
    pub fn resolve(&self) -> Service {
        let endpoint = |e: &EndpointSetting| Endpoint {
            port: e.port.clone(),
            number: e.number,
            path: e.path.clone(),
            scheme: match e.scheme {
                Scheme::Http => "http".into(),
                Scheme::Https => "https".into(),
            },
            interval_seconds: e.interval_seconds,
        };
        Service {
            namespace: self.metadata.namespace.clone().unwrap_or_default(),
            name: self.metadata.name.clone().unwrap_or_default(),
            uid: self.metadata.uid.clone().unwrap_or_default(),
            selector: self.spec.selector.clone(),
            endpoints: self.spec.endpoints.iter().map(endpoint).collect(),
            log_level: match self.spec.log_level {
                LogLevel::All => None,
                LogLevel::Debug => Some("debug".into()),
                LogLevel::Info => Some("info".into()),
                LogLevel::Warn => Some("warn".into()),
                LogLevel::Error => Some("error".into()),
            },
            logs: self.spec.logs,
        }
    }
}
