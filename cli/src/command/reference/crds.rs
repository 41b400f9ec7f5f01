//! Every field of the custom resources.

use flagstaff_crds::definition;
use serde_json::Value;

use super::cell;

pub fn document() -> String {
    let mut text = String::from("# Custom resources\n\nMade by `flagstaff reference crds`.\n");
    for crd in definition::all() {
        let spec = &crd.spec;
        for version in &spec.versions {
            text.push_str(&format!("\n## {} ({}/{}, {})\n", spec.names.kind, spec.group, version.name, spec.scope));
            let schema = serde_json::to_value(&version.schema).unwrap_or_default();
            let schema = &schema["openAPIV3Schema"];
            if let Some(description) = schema["description"].as_str() {
                text.push_str(&format!("\n{}\n", cell(description)));
            }
            for part in ["spec", "status"] {
                let fields = &schema["properties"][part];
                if fields.is_object() {
                    text.push_str(&format!(
                        "\n### {part}\n\n| Field | Type | Default | What it is |\n|---|---|---|---|\n"
                    ));
                    rows(fields, "", &mut text);
                }
            }
        }
    }
    text
}

fn rows(schema: &Value, path: &str, text: &mut String) {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let here = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let (kind, inner, inner_path) = kind(field, &here);
        let default = match field.get("default") {
            Some(default) => format!("`{}`", cell(&default.to_string())),
            None if required.contains(&name.as_str()) => "required".into(),
            None => String::new(),
        };
        let description = cell(field["description"].as_str().unwrap_or_default());
        text.push_str(&format!("| `{here}` | {kind} | {default} | {description} |\n"));
        rows(inner, &inner_path, text);
    }
}

/// The type of a field, and where its own fields are.
fn kind<'a>(field: &'a Value, path: &str) -> (String, &'a Value, String) {
    let name = field["type"].as_str().unwrap_or("any");
    if let Some(choices) = field["enum"].as_array() {
        let choices: Vec<String> =
            choices.iter().filter_map(Value::as_str).map(|choice| format!("`{choice}`")).collect();
        return (choices.join(", "), &Value::Null, String::new());
    }
    match name {
        "array" => {
            let items = &field["items"];
            (format!("list of {}", items["type"].as_str().unwrap_or("any")), items, format!("{path}[]"))
        }
        "object" if field["additionalProperties"].is_object() => {
            let values = &field["additionalProperties"];
            (format!("map of {}", values["type"].as_str().unwrap_or("any")), values, format!("{path}.*"))
        }
        _ => (name.to_owned(), field, path.to_owned()),
    }
}
