//! Values in layers, later ones winning, with a record of which layer set what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where a value came from; the order is the order of precedence, the last wins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// The pack's own default.
    Pack,
    /// The whole fleet.
    Fleet,
    /// One provider.
    Provider(String),
    /// One region.
    Region(String),
    /// A group of clusters.
    Group(String),
    /// One cluster, set in the hub.
    Cluster,
    /// The flag on the cluster itself.
    Flag,
    /// A layer of a newer peer, kept as it came; where it belongs is not known, so nobody may act by it.
    #[serde(untagged)]
    Other(OtherLayer),
}

/// A layer that this version does not know: its JSON as text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Value", into = "Value")]
pub struct OtherLayer(String);

impl From<Value> for OtherLayer {
    fn from(value: Value) -> Self {
        Self(value.to_string())
    }
}

impl From<OtherLayer> for Value {
    fn from(layer: OtherLayer) -> Self {
        serde_json::from_str(&layer.0).unwrap_or(Value::String(layer.0))
    }
}

impl std::fmt::Display for Layer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Layer::Pack => f.write_str("pack default"),
            Layer::Fleet => f.write_str("fleet"),
            Layer::Provider(name) => write!(f, "provider {name}"),
            Layer::Region(name) => write!(f, "region {name}"),
            Layer::Group(name) => write!(f, "group {name}"),
            Layer::Cluster => f.write_str("cluster"),
            Layer::Flag => f.write_str("flag"),
            Layer::Other(OtherLayer(text)) => write!(f, "the unknown layer {text}"),
        }
    }
}

/// The values one layer sets: a JSON object; `null` takes a lower layer's value away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValueLayer {
    /// Which layer.
    pub layer: Layer,
    /// What it sets.
    pub values: Value,
}

/// One layer's word on one value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// Which layer.
    pub layer: Layer,
    /// What it says; `null` where it takes the value away.
    pub value: Value,
}

/// All layers merged, with every word that was spoken on each value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LayeredValues {
    /// The effective values.
    pub merged: Value,
    /// For each leaf (JSON pointer), what each layer said, lowest first; the last one holds.
    pub settings: BTreeMap<String, Vec<Setting>>,
}

impl LayeredValues {
    /// Merges layers by precedence. Objects merge by key; anything else, lists too, is replaced whole.
    pub fn merge(layers: &[ValueLayer]) -> Self {
        let mut ordered: Vec<&ValueLayer> = layers.iter().collect();
        ordered.sort_by(|a, b| a.layer.cmp(&b.layer));
        let mut result = Self { merged: Value::Object(Default::default()), ..Self::default() };
        for layer in ordered {
            merge_into(&mut result.merged, &layer.values);
            record(&mut result.settings, &layer.layer, &layer.values, String::new());
        }
        result
    }

    /// What every layer said on a value or on anything below it, keyed by JSON pointer.
    pub fn explain(&self, pointer: &str) -> BTreeMap<&str, &[Setting]> {
        let below = format!("{}/", pointer.trim_end_matches('/'));
        self.settings
            .iter()
            .filter(|(key, _)| pointer.is_empty() || key.as_str() == pointer || key.starts_with(&below))
            .map(|(key, settings)| (key.as_str(), settings.as_slice()))
            .collect()
    }

    /// The layer whose word holds for a leaf.
    pub fn source(&self, pointer: &str) -> Option<&Layer> {
        self.settings.get(pointer)?.last().map(|setting| &setting.layer)
    }
}

fn merge_into(base: &mut Value, over: &Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                if value.is_null() {
                    base.remove(key);
                } else {
                    merge_into(base.entry(key.clone()).or_insert(Value::Null), value);
                }
            }
        }
        (base, Value::Object(over)) => {
            *base = Value::Object(Default::default());
            merge_into(base, &Value::Object(over.clone()));
        }
        (base, over) => *base = over.clone(),
    }
}

fn record(settings: &mut BTreeMap<String, Vec<Setting>>, layer: &Layer, value: &Value, pointer: String) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                record(settings, layer, value, format!("{pointer}/{}", escape(key)));
            }
        }
        Value::Object(_) if pointer.is_empty() => {}
        leaf => settings.entry(pointer).or_default().push(Setting { layer: layer.clone(), value: leaf.clone() }),
    }
}

/// Escapes one key for a JSON pointer (RFC 6901).
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn layers() -> Vec<ValueLayer> {
        vec![
            ValueLayer { layer: Layer::Flag, values: json!({"logs": {"rate": 5}}) },
            ValueLayer { layer: Layer::Pack, values: json!({"logs": {"rate": 1, "on": true}, "list": [1, 2]}) },
            ValueLayer {
                layer: Layer::Region("eu".into()),
                values: json!({"logs": {"rate": 3, "on": null}, "list": [9]}),
            },
        ]
    }

    #[test]
    fn the_last_layer_wins_whatever_the_order_given() {
        let values = LayeredValues::merge(&layers());
        assert_eq!(values.merged, json!({"logs": {"rate": 5}, "list": [9]}));
        assert_eq!(values.source("/logs/rate"), Some(&Layer::Flag));
        assert_eq!(values.source("/list"), Some(&Layer::Region("eu".into())));
    }

    #[test]
    fn a_layer_of_a_newer_peer_is_kept_as_it_came() {
        for text in [json!("fleet"), json!({"region": "eu"}), json!({"tenant": {"id": 7}}), json!("planet")] {
            let layer: Layer = serde_json::from_value(text.clone()).unwrap();
            assert_eq!(matches!(layer, Layer::Other(_)), text == json!("planet") || text.get("tenant").is_some());
            assert_eq!(serde_json::to_value(&layer).unwrap(), text);
        }
    }

    #[test]
    fn every_word_on_a_value_is_kept() {
        let values = LayeredValues::merge(&layers());
        let rate: Vec<String> =
            values.explain("/logs/rate")["/logs/rate"].iter().map(|s| format!("{}={}", s.layer, s.value)).collect();
        assert_eq!(rate, ["pack default=1", "region eu=3", "flag=5"]);
        assert_eq!(values.explain("/logs").len(), 2);
        assert_eq!(values.explain("/log").len(), 0, "a prefix of a key is not its parent");
    }
}
