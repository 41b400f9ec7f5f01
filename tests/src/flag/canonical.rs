//! Objects in a form that can be compared between clusters and times.

use kube::ResourceExt;
use kube::api::DynamicObject;
use serde_json::{Value, json};

/// Names one object: its kind, namespace and name.
pub fn name_of(object: &DynamicObject) -> String {
    let kind = object.types.as_ref().map(|types| types.kind.clone()).unwrap_or_default();
    format!("{kind} {}/{}", object.namespace().unwrap_or_default(), object.name_any())
}

/// An object without what differs between two clusters that were told the same.
pub fn canonical(object: &DynamicObject) -> Value {
    let mut value = serde_json::to_value(object).unwrap_or_default();
    if let Some(object) = value.as_object_mut() {
        object.remove("status");
        // What controllers fill in; what we apply has none of them.
        if let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) {
            for field in ["clusterIP", "clusterIPs"] {
                if spec.get(field).is_some_and(|value| value != "None" && value != &json!(["None"])) {
                    spec.remove(field);
                }
            }
        }
    }
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        for field in ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"] {
            metadata.remove(field);
        }
        for owner in metadata.get_mut("ownerReferences").and_then(Value::as_array_mut).into_iter().flatten() {
            owner.as_object_mut().map(|owner| owner.remove("uid"));
        }
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
            annotations.remove("deprecated.daemonset.template.generation");
        }
    }
    value
}
