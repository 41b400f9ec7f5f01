//! What a team asks for its own namespace, as the templates see it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One port of the selected pods that serves metrics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Name of the container port; wins over `number`.
    pub port: Option<String>,
    /// Number of the port.
    pub number: Option<u16>,
    /// HTTP path, `/metrics` by default.
    pub path: String,
    /// `http` or `https`.
    pub scheme: String,
    /// Seconds between two scrapes.
    pub interval_seconds: u32,
}

/// A team's flag: what is observed in one namespace. Nothing in it reaches outside that namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// The team's namespace.
    pub namespace: String,
    /// Name of the `ServiceObservability`.
    pub name: String,
    /// UID of the `ServiceObservability`, owner of what is made for it.
    pub uid: String,
    /// Labels the pods carry; empty means every pod of the namespace.
    pub selector: BTreeMap<String, String>,
    /// Where metrics are served; empty means the pods' own annotations decide.
    pub endpoints: Vec<Endpoint>,
    /// Lowest log level that is kept (`debug`, `info`, `warn`, `error`), all by default.
    pub log_level: Option<String>,
    /// Whether logs are gathered.
    pub logs: bool,
}
