//! What the operator really applied of an object: the fields it manages, as the API server keeps account of them.

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

/// The object as its manager applied it, without owners: defaults and what others wrote are left out.
pub fn applied_by(object: &Value, manager: &str) -> Result<Value> {
    let entries = object.pointer("/metadata/managedFields").and_then(Value::as_array).context("no managed fields")?;
    let entry = entries
        .iter()
        .find(|entry| entry["manager"] == manager && entry["operation"] == "Apply")
        .with_context(|| format!("nothing was applied by {manager}"))?;
    let mut manifest = json!({"apiVersion": object["apiVersion"], "kind": object["kind"]});
    merge(&mut manifest, owned(object, &entry["fieldsV1"]));
    for field in ["name", "namespace"] {
        if let Some(value) = object["metadata"].get(field) {
            manifest["metadata"][field] = value.clone();
        }
    }
    if let Some(metadata) = manifest["metadata"].as_object_mut() {
        metadata.remove("ownerReferences");
    }
    Ok(manifest)
}

fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}

/// The part of a value that a set of fields names; an empty set names all of it.
fn owned(value: &Value, fields: &Value) -> Value {
    let Some(fields) = fields.as_object().filter(|fields| fields.keys().any(|field| field != ".")) else {
        return value.clone();
    };
    match value {
        Value::Object(object) => {
            let mut part = Map::new();
            for (field, below) in fields {
                let Some(name) = field.strip_prefix("f:") else { continue };
                if let Some(value) = object.get(name) {
                    part.insert(name.to_owned(), owned(value, below));
                }
            }
            Value::Object(part)
        }
        Value::Array(items) => {
            Value::Array(items.iter().filter_map(|item| below(item, fields).map(|set| owned(item, set))).collect())
        }
        other => other.clone(),
    }
}

/// The set of fields that names an item of a list: by its keys, or by its value.
fn below<'a>(item: &Value, fields: &'a Map<String, Value>) -> Option<&'a Value> {
    fields.iter().find_map(|(field, below)| {
        let parsed = |text: &str| serde_json::from_str::<Value>(text).ok();
        let named = if let Some(keys) = field.strip_prefix("k:").and_then(parsed) {
            keys.as_object()?.iter().all(|(key, value)| item.get(key) == Some(value))
        } else {
            field.strip_prefix("v:").and_then(parsed).is_some_and(|value| &value == item)
        };
        named.then_some(below)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_applied_is_left() -> Result<()> {
        let object = json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {
                "name": "a", "namespace": "b", "uid": "x", "labels": {"mine": "1", "theirs": "2"},
                "ownerReferences": [{"uid": "u", "name": "flag"}],
                "managedFields": [
                    {"manager": "other", "operation": "Update", "fieldsV1": {"f:status": {}}},
                    {"manager": "me", "operation": "Apply", "fieldsV1": {
                        "f:metadata": {"f:labels": {"f:mine": {}}, "f:ownerReferences": {"k:{\"uid\":\"u\"}": {}}},
                        "f:spec": {
                            "f:selector": {},
                            "f:finalizers": {"v:\"keep\"": {}},
                            "f:ports": {"k:{\"port\":80,\"protocol\":\"TCP\"}": {".": {}, "f:port": {}, "f:name": {}}},
                        },
                    }},
                ],
            },
            "spec": {
                "selector": {"app": "a", "tier": "b"}, "clusterIP": "10.0.0.1", "finalizers": ["keep", "foreign"],
                "ports": [{"port": 80, "protocol": "TCP", "name": "web", "targetPort": 80}, {"port": 81, "protocol": "TCP"}],
            },
            "status": {"loadBalancer": {}},
        });
        let expected = json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "a", "namespace": "b", "labels": {"mine": "1"}},
            "spec": {
                "selector": {"app": "a", "tier": "b"}, "finalizers": ["keep"], "ports": [{"port": 80, "name": "web"}],
            },
        });
        assert_eq!(applied_by(&object, "me")?, expected);
        assert!(applied_by(&object, "nobody").is_err());
        Ok(())
    }
}
