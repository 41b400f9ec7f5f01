//! What changes between two sets of objects, readable, with the content of Secrets masked.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::render::{Object, ObjectId};
use crate::yaml::to_yaml;

/// What happens to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It is only in the new set.
    Added,
    /// It is only in the old set.
    Removed,
    /// It is in both and differs.
    Changed,
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
        })
    }
}

/// What changes in one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Which object.
    pub id: ObjectId,
    /// What happens to it.
    pub kind: ChangeKind,
    /// A unified diff of its YAML with keys in order; values of Secrets are shown as hashes.
    pub text: String,
}

/// What changes from `old` to `new`, ordered by object. The order of keys is no change.
pub fn diff(old: &[Object], new: &[Object]) -> Vec<Change> {
    let mut pairs: BTreeMap<ObjectId, (Option<&Object>, Option<&Object>)> = BTreeMap::new();
    for object in old {
        pairs.entry(object.id()).or_default().0 = Some(object);
    }
    for object in new {
        pairs.entry(object.id()).or_default().1 = Some(object);
    }
    let change = |(id, (old, new)): (ObjectId, (Option<&Object>, Option<&Object>))| {
        let kind = match (old, new) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            (Some(old), Some(new)) if old.value == new.value => return None,
            _ => ChangeKind::Changed,
        };
        let (before, after) = (shown(old), shown(new));
        let name = id.to_string();
        let text = similar::TextDiff::from_lines(&before, &after)
            .unified_diff()
            .context_radius(3)
            .header(if old.is_some() { &name } else { "/dev/null" }, if new.is_some() { &name } else { "/dev/null" })
            .to_string();
        Some(Change { id, kind, text })
    };
    pairs.into_iter().filter_map(change).collect()
}

fn shown(object: Option<&Object>) -> String {
    let Some(object) = object else { return String::new() };
    let mut value = sorted(&object.value);
    if object.kind() == "Secret" {
        mask(&mut value);
    }
    to_yaml(&value).unwrap_or_else(|error| format!("# {error}\n"))
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let ordered: BTreeMap<&String, &Value> = fields.iter().collect();
            Value::Object(ordered.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// Puts a short hash in place of each value, so that a change shows and the value does not.
fn mask(value: &mut Value) {
    for key in ["data", "stringData"] {
        for entry in value.get_mut(key).and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
            let hash = crate::engine::hex(&Sha256::digest(entry.to_string().as_bytes()));
            *entry = Value::String(format!("<masked, sha256 {}>", &hash[..10]));
        }
    }
    // What kubectl keeps of the last apply holds the values once more.
    let annotations = value.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut);
    if let Some(last) = annotations.and_then(|all| all.get_mut("kubectl.kubernetes.io/last-applied-configuration")) {
        *last = Value::String("<masked>".into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flagstaff_model::Place;
    use serde_json::json;

    fn object(kind: &str, name: &str, extra: Value) -> Object {
        let mut value = json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}});
        value.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        Object::new(value, Place::file("f")).unwrap()
    }

    #[test]
    fn added_removed_and_changed_objects_are_told() {
        let old =
            [object("ConfigMap", "a", json!({"data": {"x": "1", "y": "2"}})), object("ConfigMap", "b", json!({}))];
        let new =
            [object("ConfigMap", "c", json!({})), object("ConfigMap", "a", json!({"data": {"y": "2", "x": "3"}}))];
        let changes = diff(&old, &new);
        let kinds: Vec<String> = changes.iter().map(|c| format!("{} {}", c.kind, c.id)).collect();
        assert_eq!(kinds, ["changed ConfigMap a", "removed ConfigMap b", "added ConfigMap c"]);
        assert!(changes[0].text.contains("-  x: \"1\"\n+  x: \"3\"\n"), "{}", changes[0].text);
        let reordered = [object("ConfigMap", "a", json!({"data": {"y": "2", "x": "1"}}))];
        assert!(diff(&old[..1], &reordered).is_empty());
    }

    #[test]
    fn a_secret_shows_that_it_changes_and_never_what_it_holds() {
        let annotations =
            json!({"name": "s", "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "hunter2"}});
        let old = [object("Secret", "s", json!({"data": {"p": "aHVudGVyMg=="}, "metadata": annotations}))];
        let new = [object("Secret", "s", json!({"stringData": {"p": "hunter3"}}))];
        let text = &diff(&old, &new)[0].text;
        assert!(text.contains("masked") && !text.contains("aHVudGVyMg") && !text.contains("hunter"), "{text}");
    }
}
