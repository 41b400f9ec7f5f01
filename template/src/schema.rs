//! The schema of a pack's parameters: defaults, and values checked against it with the layer that set them.

use std::collections::BTreeSet;
use std::sync::Arc;

use flagstaff_model::layer::escape;
use flagstaff_model::{Layer, LayeredValues, Place, Problem, Setting, ValueLayer};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{PatternOptions, Validator};
use serde_json::{Map, Value};

use crate::code::Code;
use crate::manifest::MANIFEST;
use crate::yaml;

/// Deepest nesting of objects in a schema.
const MAX_DEPTH: usize = 32;
/// Most declared properties, parents counted too.
const MAX_PROPERTIES: usize = 2_000;

/// A compiled schema.
#[derive(Debug, Clone)]
pub(crate) struct Schema {
    json: Value,
    validator: Arc<Validator>,
}

impl Schema {
    /// Compiles a schema. Supported: JSON Schema 2020-12 without references to elsewhere and without recursion.
    pub(crate) fn new(json: Value, manifest: &str) -> Result<Self, Vec<Problem>> {
        let refuse = |pointer: &str, message: String| {
            let pointer = format!("/parameters{pointer}");
            let place = match yaml::single(manifest, MANIFEST) {
                Ok(document) => document.place(MANIFEST, &pointer),
                Err(_) => Place::pointer(MANIFEST, pointer),
            };
            vec![Code::Schema.at(place, message)]
        };
        if let Err((pointer, message)) = shape(&json, &json, String::new(), &mut vec![], &mut BTreeSet::new()) {
            return Err(refuse(&pointer, message));
        }
        if json.get("type").and_then(Value::as_str) != Some("object") {
            return Err(refuse("/type", "the parameters have to be of type object".into()));
        }
        let mut declared = vec![];
        properties(&json, &json, "", 0, &mut declared);
        if declared.len() >= MAX_PROPERTIES {
            return Err(refuse("", format!("the schema declares {MAX_PROPERTIES} properties or more")));
        }
        let built = jsonschema::draft202012::options()
            .offline()
            .with_pattern_options(PatternOptions::regex())
            .should_validate_formats(true)
            .build(&json);
        match built {
            Ok(validator) => Ok(Self { json, validator: Arc::new(validator) }),
            Err(error) => Err(refuse(error.instance_path().as_str(), error.to_string())),
        }
    }

    pub(crate) fn json(&self) -> &Value {
        &self.json
    }

    /// Each declared property with its pointer among the values, parents first.
    pub(crate) fn properties(&self) -> Vec<(String, &Value)> {
        let mut found = vec![];
        properties(&self.json, &self.json, "", 0, &mut found);
        found
    }

    /// As [`Self::properties`], with references followed: what stands beside a reference wins.
    pub(crate) fn parameters(&self) -> Vec<(String, Value)> {
        let merged = |(pointer, property): (String, &Value)| {
            let mut schema = resolve(property, &self.json).clone();
            if let (Some(schema), Some(own)) = (schema.as_object_mut(), property.as_object()) {
                schema.extend(own.clone());
                schema.remove("$ref");
            }
            (pointer, schema)
        };
        self.properties().into_iter().map(merged).collect()
    }

    pub(crate) fn defaults(&self) -> ValueLayer {
        let values = default_of(&self.json, &self.json, 0).unwrap_or(Value::Null);
        let values = if values.is_object() { values } else { Value::Object(Map::new()) };
        ValueLayer { layer: Layer::Pack, values }
    }

    /// The values a template sees: what the layers say over the pack's defaults, a nullable one that is gone as null.
    pub(crate) fn effective(&self, values: &LayeredValues) -> LayeredValues {
        let mut filled = values.clone();
        if !filled.merged.is_object() {
            filled.merged = Value::Object(Map::new());
        }
        fill(&mut filled, &self.defaults().values, String::new());
        for (pointer, property) in self.properties() {
            if allows_null(resolve(property, &self.json)) {
                insert(&mut filled.merged, &pointer, Value::Null);
            }
        }
        filled
    }

    pub(crate) fn validate(&self, values: &LayeredValues) -> Vec<Problem> {
        let values = self.effective(values);
        let mut problems = vec![];
        for error in self.validator.iter_errors(&values.merged) {
            let pointer = error.instance_path().as_str().to_owned();
            match error.kind() {
                ValidationErrorKind::AdditionalProperties { unexpected }
                | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                    for name in unexpected {
                        let pointer = format!("{pointer}/{}", escape(name));
                        let message = format!("the pack has no parameter of this name, {}", said_by(&values, &pointer));
                        let problem = Code::Value.at(Place::pointer("values", pointer.clone()), message);
                        problems.push(match self.nearest(&pointer) {
                            Some(known) => problem.with_fix(format!("Did you mean {known}?")),
                            None => problem,
                        });
                    }
                }
                ValidationErrorKind::Required { property } => {
                    let pointer = format!("{pointer}/{}", escape(property.as_str().unwrap_or_default()));
                    let message = format!("a value is required here, {}", said_by(&values, &pointer));
                    problems.push(Code::ValueMissing.at(Place::pointer("values", pointer), message));
                }
                _ => {
                    let message = format!("{}, {}", short(&error.to_string()), said_by(&values, &pointer));
                    problems.push(Code::Value.at(Place::pointer("values", pointer), message));
                }
            }
        }
        problems.extend(self.taken_away(&values));
        problems.sort_by(|a, b| a.place.cmp(&b.place));
        problems
    }

    /// Declared values that a layer's null took away and templates would miss.
    fn taken_away(&self, values: &LayeredValues) -> Vec<Problem> {
        let gone = |pointer: &str| values.merged.pointer(pointer).is_none();
        let declared = self.properties().into_iter().filter(|(pointer, property)| {
            let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
            resolve(property, &self.json).get("default").is_some() && gone(pointer) && !gone(parent)
        });
        let problem = |(pointer, _): (String, &Value)| {
            let message = format!("the pack needs this value, {}", said_by(values, &pointer));
            Code::ValueMissing
                .at(Place::pointer("values", pointer), message)
                .with_fix("Leave it out to have the pack's default, instead of setting it to null.")
        };
        declared.map(problem).collect()
    }

    /// The declared sibling whose name is most like the one given.
    fn nearest(&self, pointer: &str) -> Option<String> {
        let (parent, name) = pointer.rsplit_once('/')?;
        let siblings = self.properties().into_iter().filter_map(|(known, _)| {
            let (other, leaf) = known.rsplit_once('/')?;
            let ratio = similar::TextDiff::from_chars(leaf, name).ratio();
            (other == parent && ratio > 0.6).then(|| (ratio, known.clone()))
        });
        siblings.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, known)| known)
    }
}

/// Who set a value, as the end of a sentence.
fn said_by(values: &LayeredValues, pointer: &str) -> String {
    let mut words: Vec<&Setting> = values.explain(pointer).into_values().filter_map(|words| words.last()).collect();
    let mut at = pointer;
    while words.is_empty() && !at.is_empty() {
        at = at.rsplit_once('/').map_or("", |(parent, _)| parent);
        words.extend(values.settings.get(at).and_then(|words| words.last()));
    }
    words.sort_by(|a, b| a.layer.cmp(&b.layer));
    match words.last() {
        Some(word) if word.value.is_null() => format!("set to null by {}", word.layer),
        Some(word) => format!("set by {}", word.layer),
        None => "set by no layer".into(),
    }
}

fn short(message: &str) -> String {
    match message.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
    }
}

/// Puts defaults where no layer has spoken.
fn fill(values: &mut LayeredValues, defaults: &Value, pointer: String) {
    let Some(entries) = defaults.as_object() else { return };
    for (key, default) in entries {
        let pointer = format!("{pointer}/{}", escape(key));
        let spoken =
            values.settings.get(&pointer).is_some_and(|words| words.iter().any(|word| word.layer > Layer::Pack));
        match (values.merged.pointer(&pointer), default) {
            (None, _) if spoken => {}
            (None, Value::Object(inner)) if !inner.is_empty() => {
                insert(&mut values.merged, &pointer, Value::Object(Map::new()));
                fill(values, default, pointer);
            }
            (None, _) => {
                insert(&mut values.merged, &pointer, default.clone());
                note(values, pointer, default);
            }
            (Some(Value::Object(_)), Value::Object(_)) => fill(values, default, pointer),
            (Some(_), _) => note(values, pointer, default),
        }
    }
}

/// Records the pack's word on a value as the first, where it is missing.
fn note(values: &mut LayeredValues, pointer: String, default: &Value) {
    let words = values.settings.entry(pointer).or_default();
    if words.first().is_none_or(|word| word.layer != Layer::Pack) {
        words.insert(0, Setting { layer: Layer::Pack, value: default.clone() });
    }
}

/// Sets a value in an object that exists, unless one is there.
fn insert(values: &mut Value, pointer: &str, value: Value) {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    if let Some(Value::Object(object)) = values.pointer_mut(parent) {
        object.entry(key.replace("~1", "/").replace("~0", "~")).or_insert(value);
    }
}

/// Follows a reference within the schema.
pub(crate) fn resolve<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    let mut at = schema;
    for _ in 0..MAX_DEPTH {
        let target = at.get("$ref").and_then(Value::as_str).and_then(|target| root.pointer(target.strip_prefix('#')?));
        match target {
            Some(target) => at = target,
            None => break,
        }
    }
    at
}

fn allows_null(schema: &Value) -> bool {
    match schema.get("type") {
        Some(Value::String(name)) => name == "null",
        Some(Value::Array(names)) => names.iter().any(|name| name == "null"),
        _ => false,
    }
}

fn default_of(schema: &Value, root: &Value, depth: usize) -> Option<Value> {
    let target = resolve(schema, root);
    let own = schema.get("default").or_else(|| target.get("default")).cloned();
    let Some(declared) = target.get("properties").and_then(Value::as_object) else { return own };
    let mut object = match own {
        None => Map::new(),
        Some(Value::Object(object)) => object,
        other => return other,
    };
    if depth < MAX_DEPTH {
        for (key, property) in declared {
            if !object.contains_key(key)
                && let Some(default) = default_of(property, root, depth + 1)
            {
                object.insert(key.clone(), default);
            }
        }
    }
    (!object.is_empty() || target.get("default").is_some()).then_some(Value::Object(object))
}

fn properties<'a>(schema: &'a Value, root: &'a Value, at: &str, depth: usize, found: &mut Vec<(String, &'a Value)>) {
    let Some(declared) = resolve(schema, root).get("properties").and_then(Value::as_object) else { return };
    for (key, property) in declared {
        let pointer = format!("{at}/{}", escape(key));
        if found.len() >= MAX_PROPERTIES {
            return;
        }
        found.push((pointer.clone(), property));
        if depth < MAX_DEPTH {
            properties(property, root, &pointer, depth + 1, found);
        }
    }
}

/// Refuses what could send the validator elsewhere or round in circles. `open` are the references being followed,
/// `sound` those already found sound.
fn shape<'a>(
    schema: &'a Value,
    root: &'a Value,
    pointer: String,
    open: &mut Vec<&'a str>,
    sound: &mut BTreeSet<&'a str>,
) -> Result<(), (String, String)> {
    match schema {
        Value::Object(entries) => {
            for (key, value) in entries {
                let at = format!("{pointer}/{}", escape(key));
                match (key.as_str(), value.as_str()) {
                    ("default" | "const" | "enum" | "examples", _) => {}
                    ("$dynamicRef" | "$recursiveRef" | "$id" | "$anchor", Some(_)) => {
                        return Err((at, format!("{key} is not supported")));
                    }
                    ("$ref", Some(target)) => {
                        let Some(inner) = target.strip_prefix('#').and_then(|target| root.pointer(target)) else {
                            return Err((at, format!("`{target}` is not in this schema")));
                        };
                        if open.contains(&target) || open.len() >= MAX_DEPTH || target == "#" {
                            return Err((at, "the schema refers to itself, which is not supported".into()));
                        }
                        if !sound.contains(target) {
                            open.push(target);
                            shape(inner, root, at, open, sound)?;
                            open.pop();
                            sound.insert(target);
                        }
                    }
                    _ => shape(value, root, at, open, sound)?,
                }
            }
            Ok(())
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| shape(item, root, format!("{pointer}/{index}"), open, sound)),
        _ => Ok(()),
    }
}
