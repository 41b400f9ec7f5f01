//! The names that every template sees.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::Serde;
use minijinja::{Error, ErrorKind, Value};

use crate::input::Input;
use crate::pack::{PLAIN, Pack};

/// The names with what they stand for; `values` are the effective ones.
pub(super) fn names(pack: &Pack, input: &Input, values: &serde_json::Value) -> Vec<(&'static str, Value)> {
    let facts = &input.facts;
    let apis = Arc::new(facts.apis.clone());
    let kubernetes = Value::from_pairs([
        ("version", Value::from(facts.kubernetes_version.as_str())),
        ("minor", Value::from(facts.kubernetes_minor)),
        ("has", Value::from_function(move |api: &str| apis.contains(api))),
    ]);
    let about = Value::from_pairs([
        ("name", Value::from(pack.manifest.name.as_str())),
        ("version", Value::from(pack.manifest.version.as_str())),
        ("digest", Value::from(pack.digest.as_str())),
    ]);
    let images = input.images.clone();
    let plain: BTreeMap<String, String> = pack
        .files()
        .keys()
        .filter(|path| path.starts_with(PLAIN))
        .filter_map(|path| Some((path.clone(), pack.text(path)?.to_owned())))
        .collect();
    let file = move |path: &str| {
        let missing = || Error::new(ErrorKind::InvalidOperation, format!("the pack has no file `{path}` in {PLAIN}"));
        plain.get(path).cloned().ok_or_else(missing)
    };
    vec![
        ("values", Value::from(Serde(values))),
        ("cluster", Value::from(Serde(&facts.cluster))),
        ("kubernetes", kubernetes),
        ("nodes", Value::from(Serde(&facts.nodes))),
        ("components", Value::from(Serde(&input.components))),
        ("node_exporter", Value::from(Serde(&input.node_exporter))),
        ("kube_state_metrics", Value::from(Serde(&input.kube_state_metrics))),
        ("profile", Value::from(input.profile.as_str())),
        ("namespace", Value::from(input.namespace.as_str())),
        ("destinations", Value::from(Serde(&input.destinations))),
        ("observed_namespaces", Value::from(Serde(&facts.observed_namespaces))),
        ("services", Value::from(Serde(&input.services))),
        ("resources", Value::from(Serde(&input.resources))),
        ("scale", Value::from(Serde(&input.scale))),
        ("pack", about),
        ("image", Value::from_function(move |reference: &str| images.apply(reference))),
        ("file", Value::from_function(file)),
        ("meter_image", Value::from(input.meter_image.as_str())),
        ("operator_image", Value::from(input.operator_image.as_str())),
        ("pull_secrets", Value::from(Serde(&input.pull_secrets))),
        ("proxy", Value::from(Serde(&input.proxy))),
    ]
}
