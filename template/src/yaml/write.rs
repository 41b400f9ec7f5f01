//! Writing: every string that some YAML reader would take for something else is quoted.

use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_saphyr::LitStr;

/// One value as a YAML document, ending in a newline.
///
/// # Errors
/// Says why where the value cannot be written, which no JSON value is known to cause.
pub fn to_yaml(value: &Value) -> Result<String, String> {
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    let text = serde_saphyr::to_string_with_options(&Written(value), options).map_err(|error| error.to_string())?;
    Ok(if text.ends_with('\n') { text } else { text + "\n" })
}

/// A value that is written with its texts of several lines as literal blocks.
struct Written<'a>(&'a Value);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::String(text) if is_block(text) => LitStr(text).serialize(serializer),
            Value::Array(items) => serializer.collect_seq(items.iter().map(Written)),
            Value::Object(fields) => serializer.collect_map(fields.iter().map(|(key, value)| (key, Written(value)))),
            other => other.serialize(serializer),
        }
    }
}

/// Whether every reader of YAML takes a text back from a literal block; readers differ on white space at its edges.
fn is_block(text: &str) -> bool {
    let lines = text.strip_suffix('\n').unwrap_or(text);
    lines.contains('\n')
        && !lines.starts_with([' ', '\t', '\n'])
        && !lines.ends_with([' ', '\t', '\n'])
        && text
            .chars()
            .all(|c| c == '\n' || c == '\t' || (!c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')))
        && lines
            .split('\n')
            .all(|line| !line.trim_start_matches(' ').starts_with('\t') && (line.is_empty() || !line.trim().is_empty()))
}

/// Many values as one YAML text, each beginning with `---`.
///
/// # Errors
/// As [`to_yaml`].
pub fn to_yaml_documents<'a>(values: impl IntoIterator<Item = &'a Value>) -> Result<String, String> {
    let mut text = String::new();
    for value in values {
        text.push_str("---\n");
        text.push_str(&to_yaml(value)?);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::single;
    use serde_json::json;

    #[test]
    fn strings_that_yaml_1_1_reads_otherwise_are_quoted() {
        for word in [
            "on",
            "off",
            "yes",
            "No",
            "y",
            "N",
            "1:20",
            "0o7",
            "017",
            "0x1F",
            "1e3",
            "1_000",
            "~",
            "null",
            "",
            ".inf",
            "2020-01-01",
            "true",
            "=",
            "<<",
            "-",
            "- a",
            "a: b",
            "#x",
            "12",
            "1.5",
        ] {
            let text = to_yaml(&json!({ "v": word })).unwrap();
            let quoted = text.trim_end().strip_prefix("v: ").unwrap();
            assert!(quoted.starts_with(['"', '\'']), "{word:?} was written as {quoted}");
            assert_eq!(single(&text, "f").unwrap().value, json!({ "v": word }));
            let text = to_yaml(&json!({ word: 1 })).unwrap();
            assert_eq!(single(&text, "f").unwrap().value, json!({ word: 1 }), "{text}");
        }
    }

    #[test]
    fn long_and_many_lined_strings_come_back() {
        for word in [
            "a\nb\n",
            "a\nb",
            " a\n b\n\n",
            "\n",
            "a\n\n\n",
            &"long words ".repeat(40),
            "tab\there\n",
            "\u{85}\u{2028}x\ny",
        ] {
            let text = to_yaml(&json!({ "v": [word, { "w": word }] })).unwrap();
            assert_eq!(single(&text, "f").unwrap().value, json!({ "v": [word, { "w": word }] }), "{text}");
        }
    }
}
