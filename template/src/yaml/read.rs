//! Reading: a text is split into its documents, each becomes JSON, and an error says where.

use flagstaff_model::{Place, Problem};
use serde_json::{Map, Number, Value};

use super::locate::Marks;
use crate::code::Code;

/// One document of a YAML text.
#[derive(Debug, Clone)]
pub struct Document<'a> {
    /// What it says; never null.
    pub value: Value,
    /// Line of its first content, from 1.
    pub line: usize,
    text: &'a str,
    offset: usize,
}

impl Document<'_> {
    /// Where each part of the document stands, keyed by JSON pointer.
    pub fn marks(&self) -> Marks {
        Marks::of(self.text, self.offset)
    }

    /// The place of one part in `file`; the document's first line where it is not known.
    pub fn place(&self, file: &str, pointer: &str) -> Place {
        let mark = self.marks().get(pointer).cloned();
        match mark {
            Some(mark) => Place { pointer: Some(pointer.to_owned()), ..Place::at(file, mark.line, mark.column) },
            None => Place { pointer: Some(pointer.to_owned()), ..Place::line(file, self.line) },
        }
    }
}

/// Reads every document that has content. Lines in problems count from the start of `text`.
///
/// Refused: text that is not YAML, a key that stands twice in a mapping, keys that are not scalars, tags, numbers
/// that JSON cannot hold.
pub fn documents<'a>(text: &'a str, file: &str) -> Result<Vec<Document<'a>>, Problem> {
    let mut found = vec![];
    for (offset, chunk) in chunks(text) {
        let Some(first) = first_content(chunk) else { continue };
        let value = read(chunk, offset, file)?;
        if !value.is_null() {
            found.push(Document { value, line: offset + first + 1, text: chunk, offset });
        }
    }
    Ok(found)
}

/// Reads a text that has to be exactly one document.
pub fn single<'a>(text: &'a str, file: &str) -> Result<Document<'a>, Problem> {
    let mut all = documents(text, file)?;
    match all.len() {
        1 => Ok(all.remove(0)),
        0 => Err(Code::Empty.at(Place::file(file), "the file has no content")),
        _ => Err(Code::Yaml.at(Place::line(file, all[1].line), "the file holds more than one document")),
    }
}

/// Splits at document markers: (lines before, text). A marker's line stays in the text, blanked, so columns hold.
fn chunks(text: &str) -> Vec<(usize, &str)> {
    let mut found = vec![];
    let (mut start, mut start_line, mut at) = (0, 0, 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if is_marker(line) && at > start {
            found.push((start_line, &text[start..at]));
            (start, start_line) = (at, number);
        }
        at += line.len();
    }
    if at > start {
        found.push((start_line, &text[start..at]));
    }
    found
}

fn is_marker(line: &str) -> bool {
    let rest = line.strip_prefix("---");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

/// Index of the first line with content, if there is any.
fn first_content(chunk: &str) -> Option<usize> {
    chunk.lines().position(|line| {
        let line = if is_marker(line) { &line[3..] } else { line }.trim();
        !line.is_empty() && !line.starts_with('#') && line != "..."
    })
}

fn read(chunk: &str, offset: usize, file: &str) -> Result<Value, Problem> {
    let yaml: serde_yaml::Value = serde_yaml::from_str(chunk).map_err(|error| {
        if let Some((key, first, mark)) = super::locate::duplicate(chunk, offset) {
            let message = format!("the key `{key}` stands here and on line {}", first.line);
            return Code::YamlDuplicate
                .at(Place::at(file, mark.line, mark.column), message)
                .with_fix("Remove one of the two.");
        }
        let place = match error.location() {
            Some(location) => Place::at(file, offset + location.line(), location.column()),
            None => Place::line(file, offset + 1),
        };
        Code::Yaml.at(place, reason(&error.to_string()))
    })?;
    to_json(yaml, String::new()).map_err(|(pointer, message)| {
        let place = match Marks::of(chunk, offset).get(&pointer) {
            Some(mark) => Place::at(file, mark.line, mark.column),
            None => Place::line(file, offset + 1),
        };
        Code::Yaml.at(Place { pointer: Some(pointer), ..place }, message)
    })
}

/// The parser's reason without the place, which the problem already tells.
fn reason(message: &str) -> String {
    match message.split_once(" at line ") {
        Some((reason, _)) => reason.to_owned(),
        None => message.to_owned(),
    }
}

fn to_json(value: serde_yaml::Value, pointer: String) -> Result<Value, (String, String)> {
    use serde_yaml::Value as Yaml;
    Ok(match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Bool(value),
        Yaml::String(value) => Value::String(value),
        Yaml::Number(value) => Value::Number(number(&value).ok_or((pointer, format!("{value} is no JSON number")))?),
        Yaml::Sequence(items) => {
            let items = items.into_iter().enumerate().map(|(index, item)| to_json(item, format!("{pointer}/{index}")));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Yaml::Mapping(entries) => {
            let mut object = Map::new();
            for (key, value) in entries {
                let key = match key {
                    Yaml::String(key) => key,
                    Yaml::Number(key) => key.to_string(),
                    Yaml::Bool(key) => key.to_string(),
                    _ => return Err((pointer, "a key of this mapping is not a string".into())),
                };
                let pointer = format!("{pointer}/{}", flagstaff_model::layer::escape(&key));
                if object.contains_key(&key) {
                    return Err((pointer, format!("the key `{key}` stands twice")));
                }
                let value = to_json(value, pointer)?;
                object.insert(key, value);
            }
            Value::Object(object)
        }
        Yaml::Tagged(tagged) => return Err((pointer, format!("the tag {} is not supported", tagged.tag))),
    })
}

fn number(value: &serde_yaml::Number) -> Option<Number> {
    if let Some(value) = value.as_u64() {
        return Some(value.into());
    }
    if let Some(value) = value.as_i64() {
        return Some(value.into());
    }
    Number::from_f64(value.as_f64()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_know_their_lines() {
        let text = "# a\n---\n\nkind: A\n--- # b\nkind: B\n---\n# nothing\n---\n{kind: C}\n...\n";
        let all = documents(text, "f").unwrap();
        let lines: Vec<(String, usize)> =
            all.iter().map(|d| (d.value["kind"].as_str().unwrap().into(), d.line)).collect();
        assert_eq!(lines, [("A".into(), 4), ("B".into(), 6), ("C".into(), 10)]);
    }

    #[test]
    fn content_on_the_marker_line_counts() {
        let all = documents("--- {a: 1}\n--- |\n  x\n--- # b: 2\n", "f").unwrap();
        let told: Vec<(Value, usize)> = all.into_iter().map(|d| (d.value, d.line)).collect();
        assert_eq!(told, [(json!({"a": 1}), 1), (json!("x\n"), 2)]);
    }

    #[test]
    fn fault_06_nothing_but_markers_is_no_document() {
        for text in ["", "---", "---\n", "---\n---\n", "# x\n---\n...\n", "\u{feff}", "null\n", "~"] {
            assert!(documents(text, "f").unwrap().is_empty(), "{text:?}");
            assert_eq!(single(text, "f").unwrap_err().code, "template.empty");
        }
    }

    #[test]
    fn an_error_says_line_and_column_in_the_whole_text() {
        let problem = documents("a: 1\n---\nb: [1, 2\nc: 3\n", "f").unwrap_err();
        assert_eq!((problem.place.line, problem.code.as_str()), (Some(4), "template.yaml"));
        let problem = documents("a: 1\n---\nb:\n  c: 1\n  d: 2\n  c: 3\n", "f").unwrap_err();
        assert_eq!(
            problem.to_string(),
            "f:6:3: the key `c` stands here and on line 4 (template.yaml_duplicate). Remove one of the two."
        );
        assert!(documents("1: a\n\"1\": b\n", "f").is_err(), "the same key once JSON");
        assert!(documents("a: !secret b\n", "f").is_err());
        assert!(documents("a: .inf\n", "f").is_err());
        assert!(documents("? [a]\n: b\n", "f").is_err());
    }

    #[test]
    fn an_alias_bomb_is_refused() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for n in 1..12 {
            let list = vec![format!("*a{}", n - 1); 10].join(", ");
            text.push_str(&format!("a{n}: &a{n} [{list}]\n"));
        }
        assert!(documents(&text, "f").is_err());
        assert!(documents(&"[".repeat(100_000), "f").is_err());
    }
}
