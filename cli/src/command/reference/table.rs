//! Tables in Markdown, and what JSON Schema says in words.

use serde_json::Value;

/// A table; bars and line ends in cells are escaped.
pub fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}

/// What a schema bounds a value to, such as `1 to 63 characters, matches ^[a-z]+$`.
pub fn limits(schema: &Value) -> String {
    let number = |key: &str| schema.get(key).filter(|value| value.is_number()).map(Value::to_string);
    let mut parts = vec![];
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        let words: Vec<String> = words.iter().filter(|word| !word.is_null()).map(code).collect();
        parts.push(format!("one of {}", words.join(", ")));
    }
    for (low, high, unit) in [
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " entries"),
        ("minProperties", "maxProperties", " entries"),
    ] {
        match (number(low), number(high)) {
            (Some(low), Some(high)) => parts.push(format!("{low} to {high}{unit}")),
            (Some(low), None) => parts.push(format!("at least {low}{unit}")),
            (None, Some(high)) => parts.push(format!("at most {high}{unit}")),
            (None, None) => {}
        }
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        parts.push(format!("matches `{pattern}`"));
    }
    parts.join(", ")
}

/// The type of a value, such as `list of string`.
pub fn kind(schema: &Value) -> String {
    let plain = match schema.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        Some(Value::Array(kinds)) => {
            let kinds: Vec<&str> = kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect();
            kinds.join(" or ")
        }
        _ => "any".to_owned(),
    };
    match plain.as_str() {
        "array" => format!("list of {}", schema.get("items").map_or_else(|| "any".to_owned(), kind)),
        "object" => match schema.get("additionalProperties") {
            Some(inner @ Value::Object(_)) => format!("map of {}", kind(inner)),
            _ => plain,
        },
        _ => plain,
    }
}

/// A default for people; a long list is counted.
pub fn default(schema: &Value) -> String {
    match schema.get("default") {
        None => String::new(),
        Some(Value::Object(fields)) if fields.values().all(|value| !value.is_null()) && fields.len() > 1 => {
            String::new()
        }
        Some(Value::Array(entries)) if entries.len() > 3 => format!("{} entries", entries.len()),
        Some(value) => code(value),
    }
}

fn code(value: &Value) -> String {
    format!("`{value}`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn schemas_in_words() {
        assert_eq!(
            limits(&json!({"minLength": 1, "maxLength": 63, "pattern": "^a$"})),
            "1 to 63 characters, matches `^a$`"
        );
        assert_eq!(limits(&json!({"enum": ["a", null]})), "one of `\"a\"`");
        assert_eq!(kind(&json!({"type": "array", "items": {"type": "string"}})), "list of string");
        assert_eq!(kind(&json!({"type": "object", "additionalProperties": {"type": "string"}})), "map of string");
        assert_eq!(table(&["A"], [vec!["x|y".to_owned()]]), "| A |\n|---|\n| x\\|y |\n");
    }
}
