//! What the hub wants of a cluster. A missing or empty answer never removes anything: only an order that names the cluster does.

use serde::{Deserialize, Serialize};

use super::{BudgetOrder, Settings};

/// The query of `GET /agent/v1/desired`: what the cluster has, and how long it waits for something newer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DesiredQuery {
    /// The epoch last seen; empty at first.
    pub epoch: String,
    /// The generation last seen; 0 at first.
    #[serde(deserialize_with = "number_or_nothing")]
    pub generation: u64,
    /// How long the hub may hold the question before it answers 304.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_seconds: Option<u64>,
}

/// In a query a number that is not given may stand there as nothing: `generation=&epoch=`.
fn number_or_nothing<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    struct Visitor;
    impl serde::de::Visitor<'_> for Visitor {
        type Value = u64;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a number, or nothing")
        }

        fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<u64, E> {
            Ok(number)
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<u64, E> {
            if text.is_empty() { Ok(0) } else { text.parse().map_err(E::custom) }
        }
    }
    from.deserialize_any(Visitor)
}

/// The answer when there is something newer than what the query names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DesiredAnswer {
    /// Names the hub's database. Another one than before means a restored or an empty database: nothing older is believed without a person.
    pub epoch: String,
    /// Grows with each change for this cluster.
    pub generation: u64,
    /// Whether a person accepted the cluster, or needed not to.
    pub accepted: bool,
    /// Asks for a new credential: save the next one, then send its hash with a status.
    pub rotate_credential: bool,
    /// The order to take everything away, where a person gave it.
    pub removal: Option<Removal>,
    /// How often to report.
    pub status_every_seconds: u64,
    /// What layers set for the cluster; absent where the hub knows no layers or has none for it yet, and then all stays as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<Settings>,
    /// Budgets that the cluster's meter is to keep; absent from a hub that knows none, and then those known last go on. None is a word, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budgets: Option<Vec<BudgetOrder>>,
}

impl Default for DesiredAnswer {
    fn default() -> Self {
        Self {
            epoch: String::new(),
            generation: 0,
            accepted: false,
            rotate_credential: false,
            removal: None,
            status_every_seconds: super::STATUS_EVERY_SECONDS,
            settings: None,
            budgets: None,
        }
    }
}

/// An order to remove what was installed. It counts only where the UID is the cluster's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Removal {
    /// UID of the cluster that is meant.
    pub cluster_uid: String,
    /// Names the order, for the record.
    pub order_id: String,
}
