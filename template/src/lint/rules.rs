//! Alerts: each says what is wrong, how bad it is and what to do.

use std::collections::BTreeMap;

use flagstaff_model::{Place, Problem};
use serde_json::Value;

use crate::code::Code;
use crate::render::{Render, RuleFile};

const SEVERITIES: [&str; 4] = ["critical", "warning", "info", "none"];

pub(super) fn check(render: &Render) -> Vec<Problem> {
    render.rules.iter().flat_map(check_file).collect()
}

fn check_file(file: &RuleFile) -> Vec<Problem> {
    let mut problems = vec![];
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let groups = file.groups.as_array().into_iter().flatten().enumerate();
    for (group_index, group) in groups {
        let rules = group.get("rules").and_then(Value::as_array).into_iter().flatten().enumerate();
        for (rule_index, rule) in rules {
            let Some(alert) = rule.get("alert").and_then(Value::as_str) else { continue };
            let pointer = format!("/groups/{group_index}/rules/{rule_index}");
            let at = || Place::pointer(&file.source.file, pointer.clone());
            let text = |map: &str, key: &str| rule.get(map)?.get(key)?.as_str().filter(|text| !text.trim().is_empty());
            for (map, key) in [("annotations", "summary"), ("annotations", "runbook_url"), ("labels", "severity")] {
                if text(map, key).is_none() {
                    problems.push(Code::AlertStyle.at(at(), format!("the alert {alert} has no {key} among its {map}")));
                }
            }
            if let Some(severity) = text("labels", "severity").filter(|severity| !SEVERITIES.contains(severity)) {
                let message =
                    format!("the alert {alert} has the severity `{severity}`, known are {}", SEVERITIES.join(", "));
                problems.push(Code::AlertStyle.at(at(), message));
            }
            if let Some(url) = text("annotations", "runbook_url").filter(|url| !url.starts_with("https://")) {
                problems.push(
                    Code::AlertStyle.at(at(), format!("the runbook_url `{url}` of the alert {alert} is no https URL")),
                );
            }
            let severity = text("labels", "severity").unwrap_or_default();
            if names.insert(format!("{alert} {severity}"), pointer.clone()).is_some() {
                problems.push(Code::AlertStyle.at(at(), format!("two alerts are named {alert} with one severity")));
            }
        }
    }
    problems
}
