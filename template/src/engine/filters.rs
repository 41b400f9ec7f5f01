//! The filters beside MiniJinja's own.

use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, Value};
use sha2::{Digest, Sha256};

use super::quantity::to_bytes;
use crate::alloy::literal;

pub(super) fn add_filters(environment: &mut Environment<'_>) {
    environment.add_filter("alloy", |value: &Value| Ok::<_, Error>(literal(&to_json(value)?)));
    environment.add_filter("alloy_ident", |name: &str| alloy_ident(name));
    environment.add_filter("yaml", |value: &Value| Ok::<_, Error>(yaml(&to_json(value)?)));
    environment.add_filter("json", |value: &Value| Ok::<_, Error>(to_json(value)?.to_string()));
    environment.add_filter("bytes", |value: &Value| match value.kind() {
        ValueKind::Number => value.as_i64().and_then(|n| u64::try_from(n).ok()).ok_or_else(|| not_a_quantity(value)),
        _ => value.as_str().and_then(to_bytes).ok_or_else(|| not_a_quantity(value)),
    });
    environment.add_filter("re", |text: &str| re(text));
    environment.add_filter("sha", |text: &str| super::hex(&Sha256::digest(text.as_bytes()))[..10].to_owned());
}

fn not_a_quantity(value: &Value) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("{value} is not a quantity of bytes such as 512Mi"))
}

fn to_json(value: &Value) -> Result<serde_json::Value, Error> {
    if value.is_undefined() {
        return Err(Error::new(ErrorKind::UndefinedError, "the filtered value does not exist"));
    }
    serde_json::to_value(value).map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))
}

/// A value as YAML on one line: JSON, with what YAML readers would not take raw escaped too.
fn yaml(value: &serde_json::Value) -> String {
    let mut text = String::new();
    for c in value.to_string().chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => text.push(c),
        }
    }
    text
}

/// A name as an Alloy identifier. Lower-case letters and digits stay, `-` becomes `_`, all else is spelt as
/// `Z<hex>Z`; so two names never give the same identifier.
pub(crate) fn alloy_ident(name: &str) -> String {
    if name.is_empty() {
        return "Z".into();
    }
    let keyword = ["true", "false", "null"].contains(&name);
    let mut ident = String::with_capacity(name.len());
    for (index, c) in name.chars().enumerate() {
        let first = index == 0;
        match c {
            'a'..='z' if !(first && keyword) => ident.push(c),
            '0'..='9' if !first => ident.push(c),
            '-' => ident.push('_'),
            c => ident.push_str(&format!("Z{:x}Z", u32::from(c))),
        }
    }
    ident
}

/// A string escaped for a regular expression of RE2.
fn re(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn names_stay_readable_as_identifiers() {
        for (name, ident) in [
            ("kube-state-metrics", "kube_state_metrics"),
            ("a_b", "aZ5fZb"),
            ("1st", "Z31Zst"),
            ("", "Z"),
            ("true", "Z74Zrue"),
            ("Z", "Z5aZ"),
            ("a.b", "aZ2eZb"),
        ] {
            assert_eq!(alloy_ident(name), ident);
        }
    }

    #[test]
    fn regular_expressions_are_escaped() {
        assert_eq!(re("a.b-c+(d)|[e]{1}^$\\"), r"a\.b-c\+\(d\)\|\[e\]\{1\}\^\$\\");
    }

    #[test]
    fn yaml_on_one_line_survives_awkward_characters() {
        let value = json!({"a": "x\u{85}\u{2028}\u{feff}\u{7f}\n: # '\"", "on": ["No", null, 1.5, {"k": "1:20"}]});
        let text = yaml(&value);
        assert!(!text.contains('\n'));
        assert_eq!(crate::yaml::single(&text, "f").unwrap().value, value);
    }

    proptest! {
        #[test]
        fn identifiers_are_valid_and_never_the_same_for_two_names(a in "\\PC{0,8}|[a-z0-9_Z-]{0,8}", b in "\\PC{0,8}|[a-z0-9_Z-]{0,8}") {
            let ident = alloy_ident(&a);
            prop_assert!(ident.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'));
            prop_assert!(ident.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
            prop_assert!(!["true", "false", "null"].contains(&ident.as_str()));
            prop_assert_eq!(a == b, ident == alloy_ident(&b));
        }

        #[test]
        fn yaml_filter_round_trips(text in any::<String>()) {
            let value = json!([text, {"k": text}]);
            prop_assert_eq!(crate::yaml::single(&yaml(&value), "f").unwrap().value, value);
        }
    }
}
