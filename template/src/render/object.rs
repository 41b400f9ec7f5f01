//! Rendered Kubernetes objects.

use std::fmt;

use flagstaff_model::{Place, Problem};
use serde::Serialize;
use serde_json::Value;

use crate::code::Code;
use crate::engine::Rendered;
use crate::yaml;

/// A Kubernetes object with apiVersion, kind and name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Object {
    /// The object.
    pub value: Value,
    /// Where in the pack it comes from.
    pub source: Place,
}

/// What makes an object the same as another, whatever its version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ObjectId {
    /// API group; empty for the core group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Namespace, where it is given.
    pub namespace: Option<String>,
    /// Name.
    pub name: String,
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        if !self.group.is_empty() {
            write!(f, ".{}", self.group)?;
        }
        f.write_str(" ")?;
        if let Some(namespace) = &self.namespace {
            write!(f, "{namespace}/")?;
        }
        f.write_str(&self.name)
    }
}

impl Object {
    /// An object from elsewhere, such as a live one.
    ///
    /// # Errors
    /// Says what it lacks.
    pub fn new(value: Value, source: Place) -> Result<Self, Problem> {
        match check(&value) {
            Ok(()) => Ok(Self { value, source }),
            Err((pointer, message)) => Err(Code::Object.at(Place { pointer: Some(pointer.into()), ..source }, message)),
        }
    }

    /// Such as `apps/v1`.
    pub fn api_version(&self) -> &str {
        self.text("/apiVersion")
    }

    /// Such as `DaemonSet`.
    pub fn kind(&self) -> &str {
        self.text("/kind")
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    /// Its namespace, where it is given.
    pub fn namespace(&self) -> Option<&str> {
        self.value.pointer("/metadata/namespace")?.as_str()
    }

    /// What makes it the same object as another.
    pub fn id(&self) -> ObjectId {
        ObjectId {
            group: self.api_version().rsplit_once('/').map_or("", |(group, _)| group).to_owned(),
            kind: self.kind().to_owned(),
            namespace: self.namespace().map(str::to_owned),
            name: self.name().to_owned(),
        }
    }

    fn text(&self, pointer: &str) -> &str {
        self.value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}

fn check(value: &Value) -> Result<(), (&'static str, String)> {
    if !value.is_object() {
        return Err(("", "the document is not an object".into()));
    }
    let needed = |pointer: &'static str| match value.pointer(pointer) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.as_str()),
        Some(Value::String(_)) | None => Err((pointer, format!("{} is missing", &pointer[1..]))),
        Some(other) => Err((pointer, format!("{} has to be a string, not {other}", &pointer[1..]))),
    };
    let version = needed("/apiVersion")?;
    let kind = needed("/kind")?;
    if version.split('/').count() > 2 || version.split('/').any(str::is_empty) {
        return Err(("/apiVersion", format!("`{version}` is not an apiVersion")));
    }
    if !kind.starts_with(|c: char| c.is_ascii_uppercase()) || !kind.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err(("/kind", format!("`{kind}` is not a kind")));
    }
    if kind == "List" || (kind.ends_with("List") && value.get("items").is_some()) {
        return Err(("/kind", "lists are not supported, write one document for each object".into()));
    }
    if value.pointer("/metadata/generateName").is_some() {
        return Err(("/metadata/generateName", "generateName is not supported, objects need their name".into()));
    }
    let name = needed("/metadata/name")?;
    if name.len() > 253 || name.contains(['/', '%']) || name.chars().any(char::is_whitespace) || name.starts_with('.') {
        return Err(("/metadata/name", format!("`{name}` is not a name")));
    }
    if value.pointer("/metadata/namespace").is_some() && !crate::manifest::is_dns_label(needed("/metadata/namespace")?)
    {
        return Err(("/metadata/namespace", "the namespace is not a DNS label".into()));
    }
    for map in ["/metadata/labels", "/metadata/annotations"] {
        let entries = match value.pointer(map) {
            None => continue,
            Some(Value::Object(entries)) => entries,
            Some(_) => return Err((map, format!("{} is not a mapping", &map[1..]))),
        };
        if let Some((key, value)) = entries.iter().find(|(_, value)| !value.is_string()) {
            return Err((map, format!("`{key}: {value}` is not a string, quote it")));
        }
    }
    Ok(())
}

/// The objects of one file; each is sound or a problem.
pub(super) fn read(rendered: &Rendered<'_, '_>) -> Result<Vec<Result<Object, Problem>>, Problem> {
    let documents = yaml::documents(&rendered.text, &rendered.path).map_err(|problem| rendered.trace(problem))?;
    let objects = documents.into_iter().map(|document| match check(&document.value) {
        Ok(()) => Ok(Object { source: rendered.origin(document.line), value: document.value }),
        Err((pointer, message)) => {
            Err(rendered.trace(Code::Object.at(document.place(&rendered.path, pointer), message)))
        }
    });
    Ok(objects.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pointer_of_problem(value: Value) -> Option<String> {
        Object::new(value, Place::file("f")).err()?.place.pointer
    }

    #[test]
    fn objects_need_version_kind_and_name() {
        let good = json!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "a", "namespace": "b"}});
        let object = Object::new(good.clone(), Place::file("f")).unwrap();
        assert_eq!(object.id().to_string(), "DaemonSet.apps b/a");
        for (pointer, wrong) in [
            ("/apiVersion", json!(null)),
            ("/apiVersion", json!("a/b/c")),
            ("/kind", json!("daemonset")),
            ("/kind", json!("List")),
            ("/metadata/name", json!(5)),
            ("/metadata/name", json!("")),
            ("/metadata/namespace", json!("A B")),
        ] {
            let mut value = good.clone();
            *value.pointer_mut(pointer).unwrap() = wrong;
            assert_eq!(pointer_of_problem(value).as_deref(), Some(pointer));
        }
        let mut value = good;
        value["metadata"]["labels"] = json!({"on": true});
        assert_eq!(pointer_of_problem(value).as_deref(), Some("/metadata/labels"));
        assert_eq!(pointer_of_problem(json!([])).as_deref(), Some(""));
    }
}
