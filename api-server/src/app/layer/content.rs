//! What a person may write into a layer, and why something else is refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::Error;

/// Labels that a group's clusters have; `provider`, `region` and `environment` count as labels.
pub type Selector = BTreeMap<String, String>;

/// What a layer sets; what is absent it leaves to the others.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Content {
    /// Whether clusters are observed whose flag leaves it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Whether what runs is left as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspend: Option<bool>,
    /// Values by the name of the pack; `null` takes a lower layer's value away.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object)]
    pub packs: BTreeMap<String, Value>,
    /// Where telemetry is sent, whole: as the flag's `spec.destinations`, Secrets by their name in the cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub destinations: Option<Vec<Value>>,
}

/// No layer is larger, as JSON.
const LARGEST: usize = 64 << 10;
const KINDS: [&str; 5] = ["fleet", "provider", "region", "group", "cluster"];

impl Content {
    /// Whether it sets nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reads what a person sent.
    pub fn read(value: Value) -> Result<Self, Error> {
        if value.to_string().len() > LARGEST {
            return Err(Error::invalid(format!("A layer is at most {} KiB of JSON.", LARGEST >> 10)));
        }
        let read: Self = serde_json::from_value(value).map_err(|error| {
            Error::invalid(format!("content: {error}. It has enabled, suspend, packs and destinations."))
        })?;
        if let Some(name) = read.packs.iter().find_map(|(name, values)| (!values.is_object()).then_some(name)) {
            return Err(Error::invalid(format!("content /packs/{name}: the values of a pack are an object.")));
        }
        for (index, one) in read.destinations.iter().flatten().enumerate() {
            let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
            let wrong = if text("name").is_empty() {
                "has no name"
            } else if !["metrics", "logs", "otlp"].contains(&text("signal")) {
                "has a signal other than metrics, logs and otlp"
            } else if !["http://", "https://"].iter().any(|scheme| text("url").starts_with(scheme)) {
                "has a url that begins with neither http:// nor https://"
            } else {
                continue;
            };
            return Err(Error::invalid(format!("content /destinations/{index}: it {wrong}.")));
        }
        Ok(read)
    }
}

/// Whether there can be such a layer with such a selector.
pub fn check_name(kind: &str, name: &str, selector: &Selector) -> Result<(), Error> {
    if !KINDS.contains(&kind) {
        return Err(Error::invalid(format!("There is no kind of layer {kind}: {}.", KINDS.join(", "))));
    }
    if kind == "fleet" && name != "all" {
        return Err(Error::invalid("The fleet's layer is called all."));
    }
    if name.is_empty() || name.len() > 253 {
        return Err(Error::invalid("A layer has a name of at most 253 letters."));
    }
    match (kind, selector.is_empty()) {
        ("group", true) => Err(Error::invalid("A group needs a selector: the labels that its clusters have.")),
        ("group", false) | (_, true) => Ok(()),
        (_, false) => Err(Error::invalid("Only a group has a selector.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_makes_no_sense_is_refused_by_its_place() {
        for (content, words) in [
            (json!({"enable": true}), "enable"),
            (json!({"enabled": "yes"}), "content"),
            (json!({"packs": {"base": 5}}), "/packs/base"),
            (json!({"destinations": [{"name": "m"}]}), "/destinations/0"),
            (json!({"destinations": [{"name": "m", "signal": "metrics", "url": "m"}]}), "url"),
        ] {
            let refused = Content::read(content).expect_err("refused").to_string();
            assert!(refused.contains(words), "{refused}");
        }
        assert!(Content::read(json!({})).expect("content").is_empty());
    }

    #[test]
    fn only_groups_have_selectors() {
        let some: Selector = [("team".to_owned(), "a".to_owned())].into();
        assert!(check_name("group", "a", &some).is_ok() && check_name("group", "a", &Selector::new()).is_err());
        assert!(check_name("region", "eu", &some).is_err() && check_name("fleet", "eu", &Selector::new()).is_err());
        assert!(check_name("planet", "earth", &Selector::new()).is_err());
    }
}
