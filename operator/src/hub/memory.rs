//! What this cluster remembers of its hub, in a Secret of its own: saved before it is first used.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde::{Deserialize, Serialize};
use serde_json::json;

use flagstaff_crds::ClusterObservability;
use flagstaff_model::wire::{BudgetOrder, Settings};

use super::error::HubError;
use crate::object::Owner;

/// Name of the Secret, in the platform namespace.
pub const SECRET: &str = "flagstaff-hub";
/// Its one key.
const KEY: &str = "memory.json";
/// Field manager, apart from that of objects: the Secret is no member of the set and is never pruned.
const MANAGER: &str = "flagstaff-hub";

/// What is remembered. A field that a newer operator wrote is dropped, never refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The hub's URL at joining.
    pub url: String,
    /// Id of the join token that was used; no secret.
    pub join_token_id: String,
    /// The hub's identity key, as the join token pinned it.
    pub identity_key: String,
    /// Number of the newest trust that was seen.
    pub trust_number: u64,
    /// Whether the system's roots count for the hub's certificate.
    pub public_roots: bool,
    /// Certificates that the hub's may come from (PEM).
    pub certificates_pem: String,
    /// The bearer token of this cluster.
    pub credential: String,
    /// The next one, from when it is saved until the hub took it.
    pub next_credential: String,
    /// The hub's name for this cluster; empty until it enrolled.
    pub cluster_id: String,
    /// The epoch of the hub's database.
    pub epoch: String,
    /// The newest generation of what the hub wants.
    pub generation: u64,
    /// What the hub sets in layers, as it was last heard; none before the first word.
    pub settings: Option<Settings>,
    /// The last of it that could be followed.
    pub good_settings: Option<Settings>,
    /// Budgets that the meter is to keep, as they were last heard; none before the first word.
    pub budgets: Option<Vec<BudgetOrder>>,
    /// The epoch under which an older state was heard; until a person confirms it, nothing of that epoch is followed.
    pub doubted_epoch: String,
    /// The annotation by which a person last confirmed an older state; it counts once.
    pub confirmed: String,
    /// The order by which this cluster left the hub; it joins again with another join token only.
    pub left_by_order: String,
}

impl Memory {
    /// Whether this cluster has joined the hub at `url` and has a credential for it.
    pub fn can_report(&self, url: &str) -> bool {
        self.url == url && !self.cluster_id.is_empty() && !self.credential.is_empty()
    }
}

/// What the hub has set, as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// The newest word; none before the first.
    pub newest: Option<Settings>,
    /// The last that could be followed.
    pub good: Option<Settings>,
    /// Budgets that the meter is to keep.
    pub budgets: Vec<BudgetOrder>,
}

impl From<Memory> for Kept {
    fn from(memory: Memory) -> Self {
        if memory.left_by_order.is_empty() {
            Self { newest: memory.settings, good: memory.good_settings, budgets: memory.budgets.unwrap_or_default() }
        } else {
            // Whoever left a hub has nothing from it.
            Self { newest: Some(Settings::default()), ..Self::default() }
        }
    }
}

/// Reads what is remembered; nothing, when there is none.
///
/// # Errors
/// [`HubError::Memory`] when the Secret cannot be read.
pub async fn load(client: &Client, namespace: &str) -> Result<Memory, HubError> {
    let api: Api<Secret> = Api::namespaced(client.clone(), namespace);
    let found = api.get_opt(SECRET).await.map_err(|error| fault(crate::error::sentence(&error)))?;
    let Some(ByteString(bytes)) = found.and_then(|secret| secret.data).and_then(|mut data| data.remove(KEY)) else {
        return Ok(Memory::default());
    };
    // Broken, it is as good as lost: the cluster joins anew.
    Ok(serde_json::from_slice(&bytes).unwrap_or_else(|error| {
        tracing::error!(%error, secret = SECRET, "what is remembered of the hub cannot be read; joining anew");
        Memory::default()
    }))
}

/// Saves it; what was saved is used only afterwards.
///
/// # Errors
/// [`HubError::Memory`] when the Secret cannot be written.
pub async fn save(client: &Client, namespace: &str, memory: &Memory) -> Result<(), HubError> {
    let text = serde_json::to_string(memory).map_err(|error| fault(error.to_string()))?;
    let api: Api<ClusterObservability> = Api::all(client.clone());
    let flag = api.get_metadata_opt("cluster").await.map_err(|error| fault(crate::error::sentence(&error)))?;
    // It goes with the flag: whoever deletes the flag wants nothing of ours left.
    let owners: Vec<_> = flag
        .and_then(|flag| flag.metadata.uid)
        .map(|uid| Owner { kind: "ClusterObservability", name: "cluster".into(), uid }.reference())
        .into_iter()
        .collect();
    let labels = BTreeMap::from([("app.kubernetes.io/part-of", "flagstaff")]);
    let patch = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
        "metadata": {"name": SECRET, "namespace": namespace, "labels": labels, "ownerReferences": owners},
        "stringData": {KEY: text},
    });
    let api: Api<Secret> = Api::namespaced(client.clone(), namespace);
    let params = PatchParams { force: true, ..PatchParams::apply(MANAGER) };
    api.patch(SECRET, &params, &Patch::Apply(&patch))
        .await
        .map(|_| ())
        .map_err(|error| fault(crate::error::sentence(&error)))
}

fn fault(why: String) -> HubError {
    HubError::Memory { name: SECRET.into(), why }
}
