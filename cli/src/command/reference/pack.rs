//! Every parameter of a pack: name, default, description.

use flagstaff_template::Pack;
use serde_json::Value;

use super::head;
use super::table::{default, kind, limits, table};
use crate::exit::Failure;

/// The page.
pub fn page(name: &str) -> Result<String, Failure> {
    let known = Pack::builtin_names().join(", ");
    let unknown = || Failure::Usage(format!("no pack `{name}` is compiled in; compiled in are: {known}"));
    let pack = Pack::builtin(name).ok_or_else(unknown)?;
    let manifest = &pack.manifest;
    let command = if name == "base" { "pack".to_owned() } else { format!("pack {name}") };
    let mut text = head(&format!("The pack {}", manifest.name), &command);
    text.push_str(&format!(
        "\nVersion {}. {}\n\nThey are set in the flag, under `spec.packs`:\n\n```yaml\nspec:\n  packs:\n  - name: {}\n    values:\n      scrape: {{interval_seconds: 30}}\n```\n\n`flagstaff template explain builtin:{}` lists them with where each value came from, long lists in full.\n",
        manifest.version, manifest.summary, manifest.name, manifest.name
    ));
    for (name, group) in manifest.parameters["properties"].as_object().into_iter().flatten() {
        text.push_str(&format!("\n## {name}\n\n{}\n", description(group)));
        let mut rows = vec![];
        if group["properties"].is_object() {
            parameters(group, name, &mut rows);
        } else {
            rows.push(row(name, group));
        }
        text.push_str(&format!("\n{}", table(&["Parameter", "Type", "Default", "Limits", "Meaning"], rows)));
    }
    Ok(text)
}

fn parameters(schema: &Value, path: &str, rows: &mut Vec<Vec<String>>) {
    for (name, parameter) in schema["properties"].as_object().into_iter().flatten() {
        let here = format!("{path}.{name}");
        if parameter["properties"].is_object() {
            rows.push(vec![
                format!("`{here}`"),
                "group".to_owned(),
                String::new(),
                String::new(),
                description(parameter),
            ]);
            parameters(parameter, &here, rows);
        } else {
            rows.push(row(&here, parameter));
        }
    }
}

fn row(path: &str, parameter: &Value) -> Vec<String> {
    vec![format!("`{path}`"), kind(parameter), default(parameter), limits(parameter), description(parameter)]
}

fn description(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or_default().trim().to_owned()
}
