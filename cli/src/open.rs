//! Opening what the arguments name: packs, inputs, files of values, settings.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use flagstaff_model::{Layer, LayeredValues, ValueLayer};
use flagstaff_template::{Input, Pack, yaml};
use serde_json::{Map, Value};

use crate::exit::Failure;
use crate::report::tell;

/// A pack by its folder or, as `builtin:NAME`, one that is compiled in.
#[derive(Debug, Clone)]
pub enum PackArgument {
    /// A folder.
    Folder(PathBuf),
    /// The name of a compiled-in pack.
    Builtin(String),
}

impl FromStr for PackArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("builtin:") {
            Some(name) if Pack::builtin_names().iter().any(|known| known == name) => Ok(Self::Builtin(name.into())),
            Some(name) => {
                let known = Pack::builtin_names().join(", ");
                Err(format!("no pack `{name}` is compiled in; compiled in are: {known}"))
            }
            None if Path::new(text).is_dir() => Ok(Self::Folder(text.into())),
            None => Err("there is no such folder; a pack is a folder or builtin:NAME".into()),
        }
    }
}

impl PackArgument {
    /// The folder, where it is one.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Builtin(_) => None,
        }
    }

    /// Reads the pack; its problems are told.
    pub fn open(&self) -> Result<Pack, Failure> {
        match self {
            Self::Folder(folder) => Pack::from_dir(folder).map_err(|problems| tell(problems, Some(folder))),
            Self::Builtin(name) => {
                Pack::builtin(name).ok_or_else(|| Failure::Usage(format!("the pack `{name}` cannot be read")))
            }
        }
    }
}

/// A file of values and the layer it stands for: `FILE`, or `LAYER=FILE`.
#[derive(Debug, Clone)]
pub struct ValuesArgument {
    layer: Layer,
    file: PathBuf,
}

impl FromStr for ValuesArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((layer, file)) => Ok(Self { layer: parse_layer(layer)?, file: file.into() }),
            None => Ok(Self { layer: Layer::Cluster, file: text.into() }),
        }
    }
}

fn parse_layer(text: &str) -> Result<Layer, String> {
    let unknown =
        || format!("`{text}` is no layer; layers are fleet, provider:NAME, region:NAME, group:NAME, cluster and flag");
    let (kind, name) = text.split_once(':').map_or((text, None), |(kind, name)| (kind, Some(name.to_owned())));
    match (kind, name.filter(|name| !name.is_empty())) {
        ("fleet", None) => Ok(Layer::Fleet),
        ("provider", Some(name)) => Ok(Layer::Provider(name)),
        ("region", Some(name)) => Ok(Layer::Region(name)),
        ("group", Some(name)) => Ok(Layer::Group(name)),
        ("cluster", None) => Ok(Layer::Cluster),
        ("flag", None) => Ok(Layer::Flag),
        _ => Err(unknown()),
    }
}

/// One value set by path: `a.b=value`, the value as YAML, `\.` for a dot within a key.
#[derive(Debug, Clone)]
pub struct SetArgument(Value);

impl FromStr for SetArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (path, value) = text.split_once('=').ok_or("it has to be PATH=VALUE")?;
        let value = match yaml::documents(value, "value").map_err(|problem| problem.message)?.pop() {
            Some(document) => document.value,
            None if value.trim().is_empty() => Value::String(String::new()),
            None => Value::Null,
        };
        let keys: Vec<String> = path.replace("\\.", "\0").split('.').map(|key| key.replace('\0', ".")).collect();
        if keys.iter().any(String::is_empty) {
            return Err(format!("`{path}` is no path of keys parted by dots"));
        }
        let nest = |inner, key: &String| Value::Object(Map::from_iter([(key.clone(), inner)]));
        Ok(Self(keys.iter().rev().fold(value, nest)))
    }
}

/// The input of `--input` over the sample: what the file leaves out is the sample's.
pub fn input(file: Option<&Path>) -> Result<Input, Failure> {
    let Some(file) = file else { return Ok(Input::sample()) };
    let unreadable = |error: serde_json::Error| Failure::Usage(format!("{}: {error}", file.display()));
    let mut value = serde_json::to_value(Input::sample()).map_err(unreadable)?;
    lay_over(&mut value, read_yaml(file)?);
    serde_json::from_value(value).map_err(unreadable)
}

/// Puts one value over another: mappings by key, anything else whole.
fn lay_over(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                match base.get_mut(&key) {
                    Some(inner) => lay_over(inner, value),
                    None => _ = base.insert(key, value),
                }
            }
        }
        (base, over) => *base = over,
    }
}

/// The layers that the arguments give, above the pack's defaults.
pub fn layers(pack: &Pack, values: &[ValuesArgument], settings: &[SetArgument]) -> Result<LayeredValues, Failure> {
    let mut layers = vec![pack.defaults()];
    for argument in values {
        let values = read_yaml(&argument.file)?;
        if !values.is_object() {
            return Err(Failure::Usage(format!("{}: values are a mapping", argument.file.display())));
        }
        layers.push(ValueLayer { layer: argument.layer.clone(), values });
    }
    layers.extend(settings.iter().map(|setting| ValueLayer { layer: Layer::Flag, values: setting.0.clone() }));
    Ok(LayeredValues::merge(&layers))
}

/// Reads a text file.
pub fn read_text(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))
}

/// A file of one YAML or JSON document; an empty one is an empty mapping.
fn read_yaml(file: &Path) -> Result<Value, Failure> {
    let text = read_text(file)?;
    let mut documents =
        yaml::documents(&text, &file.display().to_string()).map_err(|problem| Failure::Usage(problem.to_string()))?;
    if documents.len() > 1 {
        return Err(Failure::Usage(format!("{}: the file holds more than one document", file.display())));
    }
    Ok(documents.pop().map_or_else(|| Value::Object(Map::new()), |document| document.value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_paths_and_yaml() {
        let set = |text: &str| text.parse::<SetArgument>().map(|set| set.0);
        assert_eq!(set("a.b=5"), Ok(json!({"a": {"b": 5}})));
        assert_eq!(set("a=[x, 1]"), Ok(json!({"a": ["x", 1]})));
        assert_eq!(set("a\\.b/c=on"), Ok(json!({"a.b/c": "on"})));
        assert_eq!(set("a="), Ok(json!({"a": ""})));
        assert_eq!(set("a=null"), Ok(json!({"a": null})));
        assert!(set("a").is_err() && set("a..b=1").is_err() && set("a=[").is_err());
    }

    #[test]
    fn layers_have_names() {
        assert_eq!(parse_layer("region:eu"), Ok(Layer::Region("eu".into())));
        assert!(parse_layer("region").is_err() && parse_layer("pack").is_err() && parse_layer("flag:x").is_err());
    }
}
