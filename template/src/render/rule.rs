//! Rendered files of Prometheus rule groups.

use flagstaff_model::{Place, Problem};
use serde::Serialize;
use serde_json::{Map, Value};

use super::stem;
use crate::code::Code;
use crate::engine::Rendered;
use crate::promql::{self, Used};
use crate::yaml::{self, Document, Marks};

/// A file of rule groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleFile {
    /// The file's name without its ending.
    pub name: String,
    /// The groups, as a list in Prometheus' rule-file format.
    pub groups: Value,
    /// Where in the pack it comes from.
    pub source: Place,
}

impl RuleFile {
    /// The names of its groups.
    pub fn group_names(&self) -> impl Iterator<Item = &str> {
        self.groups.as_array().into_iter().flatten().filter_map(|group| group.get("name")?.as_str())
    }
}

/// The rules of a file, none where it became empty.
pub(super) fn read(rendered: &Rendered<'_, '_>) -> Result<Option<RuleFile>, Vec<Problem>> {
    let one = |problem: Problem| vec![rendered.trace(problem)];
    let documents = yaml::documents(&rendered.text, &rendered.path).map_err(one)?;
    let document = match documents.as_slice() {
        [] => return Ok(None),
        [document] => document,
        [_, second, ..] => {
            let place = Place::line(&rendered.path, second.line);
            return Err(one(Code::Rule.at(place, "a rule file is one document")));
        }
    };
    let problems = check_document(document, &rendered.path);
    if !problems.is_empty() {
        return Err(problems.into_iter().map(|problem| rendered.trace(problem)).collect());
    }
    let groups = document.value.get("groups").cloned().unwrap_or_default();
    if groups.as_array().is_none_or(Vec::is_empty) {
        return Ok(None);
    }
    Ok(Some(RuleFile { name: stem(&rendered.path), groups, source: Place::file(&rendered.path) }))
}

/// Checks a text of rule groups (`groups: […]`), such as a team's own. `file` is the name a problem gives.
///
/// Returned are the groups, or every problem with its line.
pub fn check_groups(text: &str, file: &str) -> Result<Value, Vec<Problem>> {
    let document = yaml::single(text, file).map_err(|problem| vec![problem])?;
    let problems = check_document(&document, file);
    if problems.is_empty() { Ok(document.value["groups"].clone()) } else { Err(problems) }
}

/// The metrics that rule groups use (a list in Prometheus' rule-file format). A query that cannot be parsed counts by
/// its words.
pub fn rule_metrics(groups: &Value) -> Used {
    let mut all = Used::default();
    let rules = groups.as_array().into_iter().flatten().filter_map(|group| group.get("rules")?.as_array()).flatten();
    for expr in rules.filter_map(|rule| rule.get("expr")?.as_str()) {
        all.add(promql::used(expr));
    }
    all
}

fn check_document(document: &Document<'_>, file: &str) -> Vec<Problem> {
    let mut check = Check { document, marks: document.marks(), file, problems: vec![] };
    check.document();
    check.problems
}

struct Check<'a> {
    document: &'a Document<'a>,
    marks: Marks,
    file: &'a str,
    problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    fn place(&self, pointer: &str) -> Place {
        let place = match self.marks.get(pointer) {
            Some(mark) => Place::at(self.file, mark.line, mark.column),
            None => Place::line(self.file, self.document.line),
        };
        Place { pointer: Some(pointer.to_owned()), ..place }
    }

    fn refuse(&mut self, pointer: &str, message: impl Into<String>) {
        let problem = Code::Rule.at(self.place(pointer), message);
        self.problems.push(problem);
    }

    /// Refuses keys that Prometheus does not know.
    fn keys(&mut self, object: &Map<String, Value>, known: &[&str], pointer: &str) {
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            self.refuse(
                &format!("{pointer}/{}", flagstaff_model::layer::escape(key)),
                format!("`{key}` is not known here"),
            );
        }
    }

    fn document(&mut self) {
        let value = &self.document.value;
        let Some(groups) = value.get("groups").and_then(Value::as_array) else {
            return self.refuse("", "a rule file is a mapping with a list `groups`");
        };
        if let Some(object) = value.as_object() {
            self.keys(object, &["groups"], "");
        }
        let mut names: Vec<&str> = vec![];
        for (index, group) in groups.iter().enumerate() {
            let pointer = format!("/groups/{index}");
            let Some(object) = group.as_object() else {
                self.refuse(&pointer, "a group is a mapping");
                continue;
            };
            let known = ["name", "interval", "query_offset", "limit", "labels", "rules", "partial_response_strategy"];
            self.keys(object, &known, &pointer);
            match object.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()) {
                None => self.refuse(&format!("{pointer}/name"), "a group needs a name, which is a string"),
                Some(name) if names.contains(&name) => {
                    self.refuse(&format!("{pointer}/name"), format!("two groups are named `{name}`"));
                }
                Some(name) => names.push(name),
            }
            self.durations(object, &["interval", "query_offset"], &pointer);
            self.strings(object, "labels", &pointer);
            match object.get("rules").and_then(Value::as_array) {
                None => self.refuse(&format!("{pointer}/rules"), "a group needs a list `rules`"),
                Some(rules) if rules.is_empty() => self.refuse(&format!("{pointer}/rules"), "the group has no rules"),
                Some(rules) => {
                    for (index, rule) in rules.iter().enumerate() {
                        self.rule(rule, &format!("{pointer}/rules/{index}"));
                    }
                }
            }
        }
    }

    fn rule(&mut self, rule: &'a Value, pointer: &str) {
        let Some(object) = rule.as_object() else { return self.refuse(pointer, "a rule is a mapping") };
        let name = |key: &str| object.get(key).and_then(Value::as_str).filter(|name| !name.is_empty());
        match (object.contains_key("alert"), object.contains_key("record")) {
            (true, false) => {
                self.keys(object, &["alert", "expr", "for", "keep_firing_for", "labels", "annotations"], pointer);
                if name("alert").is_none() {
                    self.refuse(&format!("{pointer}/alert"), "an alert's name is a string");
                }
            }
            (false, true) => {
                self.keys(object, &["record", "expr", "labels"], pointer);
                let metric = |name: &str| {
                    !name.starts_with(|c: char| c.is_ascii_digit())
                        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':')
                };
                if !name("record").is_some_and(metric) {
                    self.refuse(&format!("{pointer}/record"), "what a rule records is named like a metric");
                }
            }
            _ => self.refuse(pointer, "a rule has either `alert` or `record`"),
        }
        match object.get("expr") {
            Some(Value::String(expr)) => {
                let place = self.place(&format!("{pointer}/expr"));
                self.problems.extend(promql::check(expr, &place).err());
            }
            // A number is a query too.
            Some(Value::Number(_)) => {}
            _ => self.refuse(&format!("{pointer}/expr"), "a rule needs a query `expr`"),
        }
        self.durations(object, &["for", "keep_firing_for"], pointer);
        self.strings(object, "labels", pointer);
        self.strings(object, "annotations", pointer);
    }

    fn durations(&mut self, object: &Map<String, Value>, keys: &[&str], pointer: &str) {
        for key in keys {
            let at = format!("{pointer}/{key}");
            match object.get(*key) {
                None => {}
                Some(Value::String(text)) if is_duration(text) => {}
                Some(other) => self.refuse(&at, format!("`{key}` is a duration such as 5m, not {other}")),
            }
        }
    }

    /// Labels and annotations: every value has to be a string for every reader of YAML.
    fn strings(&mut self, object: &Map<String, Value>, key: &str, pointer: &str) {
        let entries = match object.get(key) {
            None => return,
            Some(Value::Object(entries)) => entries,
            Some(_) => return self.refuse(&format!("{pointer}/{key}"), format!("`{key}` is a mapping")),
        };
        for (name, value) in entries {
            let at = format!("{pointer}/{key}/{}", flagstaff_model::layer::escape(name));
            let plain = self.marks.get(&at).and_then(|mark| mark.plain.clone());
            let written = match value {
                Value::String(text) if plain.is_some() && yaml_1_1_takes_otherwise(text) => text.clone(),
                Value::String(_) => {
                    if key == "labels" && !is_label(name) {
                        self.refuse(&at, format!("`{name}` is not the name of a label"));
                    }
                    continue;
                }
                other => plain.unwrap_or_else(|| other.to_string()),
            };
            let message = format!("`{name}: {written}` is not a string for every reader of YAML");
            let problem =
                Code::RuleString.at(self.place(&at), message).with_fix(format!("Write {name}: \"{written}\"."));
            self.problems.push(problem);
        }
    }
}

fn is_label(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && !name.starts_with("__")
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a text without quotes is a boolean, null or number in YAML 1.1, which kubectl and Helm read.
fn yaml_1_1_takes_otherwise(text: &str) -> bool {
    let word = text.to_ascii_lowercase();
    if ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", ""].contains(&word.as_str()) {
        return true;
    }
    let digits = word.trim_start_matches(['-', '+']).replace('_', "");
    let sexagesimal = digits.contains(':')
        && digits.split(':').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let based = ["0x", "0o", "0b"].iter().any(|base| {
        digits.strip_prefix(base).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_hexdigit()))
    });
    sexagesimal
        || based
        || (digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && digits.parse::<f64>().is_ok())
}

/// Whether a text is a duration of Prometheus: `1d12h`, `5m`, `500ms`, `0`.
fn is_duration(text: &str) -> bool {
    if text == "0" {
        return true;
    }
    let mut rest = text;
    for unit in ["y", "w", "d", "h", "m", "s", "ms"] {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let Some(tail) = rest[digits..].strip_prefix(unit) else { continue };
        let whole = digits > 0 && digits < 10 && !(unit == "m" && tail.starts_with('s'));
        if whole {
            rest = tail;
        }
    }
    rest.is_empty() && !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "groups:\n- name: g\n  rules:\n  - alert: Down\n    expr: up == 0\n    for: 5m\n    labels: {severity: warning}\n    annotations:\n      summary: SUMMARY\n";

    #[test]
    fn fault_24_a_summary_that_yaml_reads_as_a_boolean_is_refused_with_its_line() {
        for summary in ["No", "on", "YES", "y", "1:20", "0o7", "17", "null", "1_000", "false", "~"] {
            let problems = check_groups(&RULES.replace("SUMMARY", summary), "rules/a.yaml").unwrap_err();
            assert_eq!(problems.len(), 1);
            assert_eq!(
                (problems[0].place.line, problems[0].code.as_str()),
                (Some(9), "template.rule_string"),
                "{summary}"
            );
            assert_eq!(problems[0].fix.as_deref(), Some(format!("Write summary: \"{summary}\".").as_str()));
            assert!(check_groups(&RULES.replace("SUMMARY", &format!("\"{summary}\"")), "f").is_ok());
        }
        assert!(check_groups(&RULES.replace("SUMMARY", "No pod is up"), "f").is_ok());
    }

    #[test]
    fn durations_are_those_of_prometheus() {
        for good in ["5m", "1d12h", "500ms", "0", "1h30m10s", "2w"] {
            assert!(is_duration(good), "{good}");
        }
        for bad in ["", "5", "m", "5 m", "1m1h", "5min", "-5m", "1.5h", "5m5m"] {
            assert!(!is_duration(bad), "{bad}");
        }
    }

    #[test]
    fn what_prometheus_does_not_know_is_refused() {
        for (from, to) in [
            ("for: 5m", "for: 5 minutes"),
            ("alert: Down", "alert: Down\n    record: x"),
            ("expr: up == 0", "expr: up =="),
            ("    for:", "    fro:"),
            ("labels: {severity: warning}", "labels: [severity]"),
            ("labels: {severity", "labels: {\"a-b\""),
            ("name: g", "name: 5"),
            ("groups:", "group:"),
        ] {
            assert!(check_groups(&RULES.replace(from, to), "f").is_err(), "{to}");
        }
    }
}
