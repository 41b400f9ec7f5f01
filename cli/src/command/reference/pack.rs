//! The parameters of a pack.

use flagstaff_template::Pack;
use serde_json::Value;

use super::cell;
use crate::exit::Failure;

pub fn document(name: &str) -> Result<String, Failure> {
    let pack = Pack::builtin(name).ok_or_else(|| {
        Failure::Usage(format!(
            "no pack `{name}` is compiled in; compiled in are: {}",
            Pack::builtin_names().join(", ")
        ))
    })?;
    let manifest = &pack.manifest;
    let mut text = format!(
        "# The pack {name}\n\nMade by `flagstaff reference pack {name}`.\n\n{} Version {}",
        manifest.summary, manifest.version
    );
    let requires = [("operator", &manifest.requires.operator), ("Kubernetes", &manifest.requires.kubernetes)];
    for (what, version) in requires {
        if let Some(version) = version {
            text.push_str(&format!(", for {what} {version}"));
        }
    }
    text.push_str(".\n\n## Values\n\n| Value | Type | Default | What it does |\n|---|---|---|---|\n");
    for (pointer, schema) in pack.parameters() {
        let name = pointer.trim_start_matches('/').replace('/', ".");
        let default =
            schema.get("default").map_or_else(String::new, |default| format!("`{}`", cell(&default.to_string())));
        let description = schema.get("description").and_then(Value::as_str).unwrap_or_default();
        text.push_str(&format!("| `{name}` | {} | {default} | {} |\n", kind(&schema), cell(description)));
    }
    if !manifest.agents.is_empty() {
        text.push_str("\n## Agents\n\n| Agent | Workload | When |\n|---|---|---|\n");
        for agent in &manifest.agents {
            let when = agent.when.as_deref().map_or_else(|| "always".to_owned(), |when| format!("`{}`", cell(when)));
            text.push_str(&format!("| {} | {} {} | {when} |\n", agent.name, agent.workload.kind, agent.workload.name));
        }
    }
    Ok(text)
}

/// The type of a value with its bounds, in a word or a few.
fn kind(schema: &Value) -> String {
    let mut words = match schema.get("type") {
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => String::new(),
    };
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        let choices: Vec<String> = choices.iter().map(|choice| format!("`{}`", cell(&choice.to_string()))).collect();
        words = choices.join(", ");
    }
    for (key, word) in [("minimum", "from"), ("maximum", "to"), ("pattern", "like")] {
        if let Some(bound) = schema.get(key) {
            let bound = bound.as_str().map_or_else(|| bound.to_string(), |pattern| format!("`{}`", cell(pattern)));
            words.push_str(&format!(" {word} {bound}"));
        }
    }
    words
}
