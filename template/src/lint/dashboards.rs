//! Dashboards: variables that exist, panels that ask something and have a title.

use std::collections::BTreeSet;

use flagstaff_model::{Place, Problem};
use serde_json::Value;

use crate::code::Code;
use crate::promql;
use crate::render::{Dashboard, Render, queries};

pub(super) fn check(render: &Render) -> Vec<Problem> {
    render.dashboards.iter().flat_map(check_dashboard).collect()
}

fn check_dashboard(dashboard: &Dashboard) -> Vec<Problem> {
    let file = &dashboard.source.file;
    let declared: BTreeSet<&str> = dashboard
        .json
        .pointer("/templating/list")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|variable| variable.get("name")?.as_str())
        .collect();
    let mut problems = vec![];
    for query in queries(&dashboard.json) {
        for name in promql::variables(query.expr) {
            if !declared.contains(name.as_str()) {
                let message = format!("the variable `${name}` is not declared in templating.list");
                problems.push(Code::DashboardVariable.at(Place::pointer(file, &query.pointer), message));
            }
        }
    }
    for (pointer, panel) in panels(&dashboard.json) {
        let at = |message: &str| Code::Dashboard.at(Place::pointer(file, pointer.clone()), message);
        let kind = panel.get("type").and_then(Value::as_str).unwrap_or_default();
        if ["row", "text", "dashlist", "news", "alertlist"].contains(&kind) {
            continue;
        }
        if panel.get("title").and_then(Value::as_str).is_none_or(str::is_empty) {
            problems.push(at("the panel has no title"));
        }
        let library = panel.get("libraryPanel").is_some();
        if !library && panel.get("targets").and_then(Value::as_array).is_none_or(Vec::is_empty) {
            problems.push(at("the panel asks nothing, it has no targets"));
        }
        if panel.get("gridPos").is_none() {
            problems.push(at("the panel has no gridPos"));
        }
    }
    problems
}

/// Every panel, those within rows too.
fn panels(dashboard: &Value) -> Vec<(String, &Value)> {
    let mut found = vec![];
    let outer = dashboard.get("panels").and_then(Value::as_array).into_iter().flatten();
    for (index, panel) in outer.enumerate() {
        let pointer = format!("/panels/{index}");
        let inner = panel.get("panels").and_then(Value::as_array).into_iter().flatten();
        found.extend(inner.enumerate().map(|(index, panel)| (format!("{pointer}/panels/{index}"), panel)));
        found.push((pointer, panel));
    }
    found
}
