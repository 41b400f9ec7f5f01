//! The hub that a cluster reports to, as a person writes it into the flag.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The central API server of a fleet. The cluster calls it, never the reverse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HubSetting {
    /// URL of the hub, such as `https://flagstaff.example.com`.
    #[schemars(length(max = 2048), regex(pattern = r"^https?://[^\s]+$"))]
    pub url: String,
    /// The Secret with the join token, in the namespace of the operator. It may be deleted once the cluster has joined.
    pub join_token_secret: JoinTokenReference,
}

/// One key of a Secret in the platform namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JoinTokenReference {
    /// Name of the Secret.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// Key within the Secret.
    #[serde(default = "token")]
    #[schemars(length(min = 1, max = 253))]
    pub key: String,
}

fn token() -> String {
    "token".into()
}
