//! What the hub sets in layers for a cluster, and what the cluster says became of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Layer;

/// All layers that are for one cluster, as they were released to it. No layers at all is a word, too: the hub sets nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Names this content: the same layers have the same revision.
    pub revision: String,
    /// The layers, lowest first.
    pub layers: Vec<SettingsLayer>,
}

/// What one layer sets; what is absent it leaves to the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsLayer {
    /// Which layer.
    pub layer: Layer,
    /// Whether the cluster is observed, where its flag says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Whether what runs is left as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspend: Option<bool>,
    /// Values by the name of the pack; `null` takes a lower layer's value away.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub packs: BTreeMap<String, Value>,
    /// Where telemetry is sent, whole: in the form of the flag's `spec.destinations`, Secrets by their name in the cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destinations: Option<Vec<Value>>,
}

/// What became of the settings of a hub. An operator that knows no settings sends none of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingsReport {
    /// The newest revision that was taken in; empty before the first.
    pub revision: String,
    /// Whether all that it asks for is there and has come to rest: ready, switched off, or suspended.
    pub held: bool,
    /// Why it is not followed, with layer and place; what was good before runs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// What a layer of the hub says and the flag says otherwise.
    pub overridden: Vec<Overridden>,
    /// What holds.
    pub effective: EffectiveSettings,
}

/// A word of a layer that does not hold, because a stronger one was spoken on the cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Overridden {
    /// What it is about: `/enabled`, `/destinations`, or a value such as `/packs/base/logs/rate`.
    pub pointer: String,
    /// The layer whose word does not hold, as a person reads it.
    pub layer: String,
    /// Who says otherwise: `flag`.
    pub by: String,
    /// What is said there.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub value: Value,
}

/// What holds of what is no value of a pack, and who says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EffectiveSettings {
    /// Whether the cluster is observed.
    pub enabled: bool,
    /// Who says so: `flag`, a layer, or nobody (empty).
    pub enabled_by: String,
    /// Whether what runs is left as it is.
    pub suspended: bool,
    /// Who says so; empty when nobody does.
    pub suspended_by: String,
    /// How many destinations there are.
    pub destinations: u64,
    /// Who names them: `flag`, a layer, `chart`, or nobody (empty).
    pub destinations_by: String,
}
