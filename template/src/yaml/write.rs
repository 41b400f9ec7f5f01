//! Writing: every string that some YAML reader would take for something else is quoted.

use serde_json::Value;

/// One value as a YAML document, ending in a newline.
///
/// # Errors
/// Says why where the value cannot be written, which no JSON value is known to cause.
pub fn to_yaml(value: &Value) -> Result<String, String> {
    let options = serde_saphyr::ser_options! { folded_wrap_chars: usize::MAX };
    let text = serde_saphyr::to_string_with_options(value, options).map_err(|error| error.to_string())?;
    Ok(if text.ends_with('\n') { text } else { text + "\n" })
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
