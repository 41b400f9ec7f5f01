//! What layers come to on a cluster: which are for it, what they say together, and what another edit would make of it. Pure.

use std::collections::BTreeMap;

use flagstaff_model::wire::{Settings, SettingsLayer};
use flagstaff_model::{Layer, LayeredValues, ValueLayer};
use serde_json::{Map, Value, json};

use super::content::{Content, Selector};
use crate::secret;
use crate::store::cluster_settings::TargetRow;

/// The revision of no layers at all.
const NOTHING: &str = "none";

/// A layer as it counts for somebody.
#[derive(Debug, Clone)]
pub struct Counting {
    /// `fleet`, `provider`, `region`, `group` or `cluster`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Of a group.
    pub selector: Selector,
    /// What it sets.
    pub content: Content,
}

impl Counting {
    /// Whether it is for this cluster.
    pub fn is_for(&self, cluster: &TargetRow) -> bool {
        match self.kind.as_str() {
            "fleet" => true,
            "provider" => cluster.provider == self.name,
            "region" => cluster.region == self.name,
            "cluster" => cluster.id == self.name,
            "group" => {
                let has = |name: &str| match name {
                    "provider" => Some(cluster.provider.as_str()),
                    "region" => Some(cluster.region.as_str()),
                    "environment" => Some(cluster.environment.as_str()),
                    label => cluster.labels.get(label).and_then(Value::as_str),
                };
                // A group that names nothing is for nobody, rather than for all.
                !self.selector.is_empty() && self.selector.iter().all(|(name, value)| has(name) == Some(value))
            }
            _ => false,
        }
    }

    fn layer(&self) -> Layer {
        match self.kind.as_str() {
            "fleet" => Layer::Fleet,
            "provider" => Layer::Provider(self.name.clone()),
            "region" => Layer::Region(self.name.clone()),
            "group" => Layer::Group(self.name.clone()),
            _ => Layer::Cluster,
        }
    }
}

/// What the layers say to a cluster, lowest first. The same layers have the same revision.
pub fn settings(layers: &[Counting], cluster: &TargetRow) -> Settings {
    let mut found: Vec<SettingsLayer> = layers
        .iter()
        .filter(|layer| layer.is_for(cluster) && !layer.content.is_empty())
        .map(|layer| SettingsLayer {
            layer: layer.layer(),
            enabled: layer.content.enabled,
            suspend: layer.content.suspend,
            packs: layer.content.packs.clone(),
            destinations: layer.content.destinations.clone(),
        })
        .collect();
    found.sort_by(|one, other| one.layer.cmp(&other.layer));
    let revision = match found.as_slice() {
        [] => NOTHING.to_owned(),
        some => {
            let text = sorted(&serde_json::to_value(some).unwrap_or_default()).to_string();
            secret::hex(&secret::sha256(&text))[..16].to_owned()
        }
    };
    Settings { revision, layers: found }
}

/// The same value with the keys of every object in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let ordered: BTreeMap<&String, Value> = members.iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(ordered.into_iter().map(|(key, value)| (key.clone(), value)).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// Every word of every layer by JSON pointer: `/enabled`, `/suspend`, `/destinations`, `/packs/<pack>/…`.
pub fn words(settings: &Settings) -> LayeredValues {
    let layers: Vec<ValueLayer> = settings
        .layers
        .iter()
        .map(|layer| {
            let mut values = Map::new();
            let mut set = |name: &str, value: Option<Value>| {
                if let Some(value) = value {
                    values.insert(name.to_owned(), value);
                }
            };
            set("enabled", layer.enabled.map(Value::from));
            set("suspend", layer.suspend.map(Value::from));
            set("destinations", layer.destinations.clone().map(Value::from));
            set("packs", (!layer.packs.is_empty()).then(|| json!(layer.packs)));
            ValueLayer { layer: layer.layer.clone(), values: Value::Object(values) }
        })
        .collect();
    LayeredValues::merge(&layers)
}

/// One value that another edit makes otherwise; `null` where no layer says anything.
#[derive(Debug, Clone, PartialEq, serde::Serialize, utoipa::ToSchema)]
pub struct Difference {
    /// Which value, as a JSON pointer.
    pub pointer: String,
    /// What holds now.
    #[schema(value_type = Object, nullable)]
    pub before: Value,
    /// What would hold.
    #[schema(value_type = Object, nullable)]
    pub after: Value,
}

/// What is otherwise from one to the other.
pub fn differences(before: &Settings, after: &Settings) -> Vec<Difference> {
    let (before, after) = (words(before), words(after));
    let mut pointers: Vec<&String> = before.settings.keys().chain(after.settings.keys()).collect();
    pointers.sort();
    pointers.dedup();
    let at = |values: &LayeredValues, pointer: &str| values.merged.pointer(pointer).cloned().unwrap_or_default();
    pointers
        .into_iter()
        .map(|pointer| Difference {
            pointer: pointer.clone(),
            before: at(&before, pointer),
            after: at(&after, pointer),
        })
        .filter(|difference| difference.before != difference.after)
        .collect()
}

#[cfg(test)]
pub(in crate::app) mod tests {
    use super::*;

    /// A healthy cluster in a region.
    pub(in crate::app) fn cluster(id: &str, region: &str) -> TargetRow {
        TargetRow {
            id: id.into(),
            name: id.into(),
            region: region.into(),
            provider: "aws".into(),
            environment: "prod".into(),
            labels: json!({"team": "a"}),
            state: "healthy".into(),
            revision: None,
            settings: None,
        }
    }

    fn layer(kind: &str, name: &str, content: Value) -> Counting {
        let content = serde_json::from_value(content).expect("content");
        Counting { kind: kind.into(), name: name.into(), selector: Selector::new(), content }
    }

    #[test]
    fn a_cluster_gets_the_layers_that_are_for_it_lowest_first() {
        let layers = [
            layer("cluster", "c1", json!({"enabled": true})),
            layer("cluster", "c2", json!({"enabled": false})),
            layer("region", "eu", json!({"packs": {"base": {"rate": 2}}})),
            layer("region", "us", json!({"packs": {"base": {"rate": 3}}})),
            layer("provider", "aws", json!({"suspend": false})),
            layer("fleet", "all", json!({"packs": {"base": {"rate": 1, "on": true}}})),
            layer("region", "eu", json!({})),
        ];
        let found = settings(&layers, &cluster("c1", "eu"));
        let names: Vec<String> = found.layers.iter().map(|layer| layer.layer.to_string()).collect();
        assert_eq!(names, ["fleet", "provider aws", "region eu", "cluster"], "one that sets nothing is left out");
        assert_eq!(words(&found).merged["packs"]["base"], json!({"rate": 2, "on": true}));
        assert_eq!(settings(&[], &cluster("c1", "eu")).revision, NOTHING);
    }

    #[test]
    fn a_group_is_for_those_with_all_its_labels() {
        let mut group = layer("group", "a", json!({"enabled": true}));
        assert!(!group.is_for(&cluster("c", "eu")), "without a selector it is for nobody");
        group.selector = [("team".to_owned(), "a".to_owned()), ("environment".to_owned(), "prod".to_owned())].into();
        assert!(group.is_for(&cluster("c", "eu")));
        group.selector.insert("region".into(), "us".into());
        assert!(!group.is_for(&cluster("c", "eu")));
    }

    #[test]
    fn a_revision_names_the_content_whatever_the_order_of_keys() {
        let one = [layer("fleet", "all", json!({"packs": {"base": {"a": 1, "b": {"x": 1, "y": 2}}}}))];
        let other = [layer("fleet", "all", json!({"packs": {"base": {"b": {"y": 2, "x": 1}, "a": 1}}}))];
        let cluster = cluster("c", "eu");
        assert_eq!(settings(&one, &cluster).revision, settings(&other, &cluster).revision);
        let third = [layer("fleet", "all", json!({"packs": {"base": {"a": 2}}}))];
        assert_ne!(settings(&one, &cluster).revision, settings(&third, &cluster).revision);
    }

    #[test]
    fn differences_are_what_holds_not_what_is_said() {
        let cluster = cluster("c", "eu");
        let region = layer("region", "eu", json!({"packs": {"base": {"rate": 2}}}));
        let before = settings(std::slice::from_ref(&region), &cluster);
        let masked = layer("fleet", "all", json!({"packs": {"base": {"rate": 1, "on": true}}, "enabled": true}));
        let after = settings(&[masked, region], &cluster);
        let told: Vec<_> =
            differences(&before, &after).into_iter().map(|one| (one.pointer, one.before, one.after)).collect();
        let expected = [
            ("/enabled".to_owned(), Value::Null, json!(true)),
            ("/packs/base/on".to_owned(), Value::Null, json!(true)),
        ];
        assert_eq!(told, expected, "the region's word holds as before");
    }
}
