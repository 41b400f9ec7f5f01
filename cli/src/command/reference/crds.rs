//! Every field of the custom resources: path, type, default, limits, description.

use flagstaff_crds::definition;
use serde_json::Value;

use super::head;
use super::table::{default, kind, limits, table};
use crate::exit::Failure;

/// The page.
pub fn page() -> Result<String, Failure> {
    let mut text = head("The custom resources", "crds");
    text.push_str("\nEntries of a list are written as `path[]`. `kubectl explain clusterobservability.spec` says the same in a cluster.\n");
    for definition in definition::all() {
        let names = &definition.spec.names;
        text.push_str(&format!("\n## {}\n", names.kind));
        for version in &definition.spec.versions {
            let schema = serde_json::to_value(&version.schema).map_err(|error| Failure::Usage(error.to_string()))?;
            let root = &schema["openAPIV3Schema"];
            let api = format!("{}/{}", definition.spec.group, version.name);
            let short: Vec<String> = names.short_names.iter().flatten().map(|name| format!("`{name}`")).collect();
            text.push_str(&format!(
                "\n{}\n\n`apiVersion: {api}`, {}, short {}.\n",
                description(root),
                if definition.spec.scope == "Namespaced" { "in a namespace" } else { "cluster-scoped" },
                short.join(", ")
            ));
            for part in ["spec", "status"] {
                let mut rows = vec![];
                let mut rules = vec![];
                fields(&root["properties"][part], part, &mut rows, &mut rules);
                text.push_str(&format!("\n### {part}\n\n"));
                text.push_str(&table(&["Field", "Type", "Default", "Limits", "Meaning"], rows));
                if !rules.is_empty() {
                    text.push_str("\nRefused by the API server otherwise:\n\n");
                    text.push_str(&rules.concat());
                }
            }
            let mut own = vec![];
            validations(root, "the object", &mut own);
            if !own.is_empty() {
                text.push_str(&format!("\nOf the whole object:\n\n{}", own.concat()));
            }
        }
    }
    Ok(text)
}

fn description(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or_default().to_owned()
}

fn fields(schema: &Value, path: &str, rows: &mut Vec<Vec<String>>, rules: &mut Vec<String>) {
    validations(schema, path, rules);
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let here = format!("{path}.{name}");
        let needed = if required.contains(&name.as_str()) && path.starts_with("spec") { "required" } else { "" };
        let default = if needed.is_empty() { default(field) } else { needed.to_owned() };
        rows.push(vec![format!("`{here}`"), kind(field), default, limits(field), description(field)]);
        fields(field, &here, rows, rules);
        if field["items"].is_object() {
            fields(&field["items"], &format!("{here}[]"), rows, rules);
        }
    }
}

fn validations(schema: &Value, path: &str, rules: &mut Vec<String>) {
    for rule in schema["x-kubernetes-validations"].as_array().into_iter().flatten() {
        rules.push(format!("- `{path}`: {}\n", rule["message"].as_str().unwrap_or_default()));
    }
}
