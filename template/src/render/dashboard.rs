//! Rendered Grafana dashboards.

use flagstaff_model::layer::escape;
use flagstaff_model::{Place, Problem};
use serde::Serialize;
use serde_json::Value;

use super::{stem, text};
use crate::code::Code;
use crate::engine::Rendered;
use crate::promql::{self, Used};

/// Largest dashboard, so that it fits into a ConfigMap.
const MAX_BYTES: usize = 900 * 1024;

/// A dashboard with title and uid whose queries are sound.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dashboard {
    /// The file's name without its ending.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its uid, the same on every cluster.
    pub uid: String,
    /// Folder in Grafana.
    pub folder: String,
    /// The dashboard's model.
    pub json: Value,
    /// Where in the pack it comes from.
    pub source: Place,
}

/// A query that a dashboard holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query<'a> {
    /// Its place within the dashboard.
    pub(crate) pointer: String,
    /// The query.
    pub(crate) expr: &'a str,
    /// Whether it is PromQL.
    pub(crate) promql: bool,
}

pub(super) fn read(rendered: &Rendered<'_, '_>, folder: &str) -> Result<Dashboard, Vec<Problem>> {
    let path = &rendered.path;
    let json: Value = serde_json::from_str(&rendered.text).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
        vec![rendered.trace(Code::Json.at(Place::at(path, error.line(), error.column()), reason))]
    })?;
    let mut problems = vec![];
    let refuse = |pointer: &str, message: String| Code::Dashboard.at(Place::pointer(path, pointer), message);
    if rendered.text.len() > MAX_BYTES {
        problems.push(refuse("", format!("the dashboard has {} bytes, the most are {MAX_BYTES}", rendered.text.len())));
    }
    let (title, uid) = (text(&json, "title"), text(&json, "uid"));
    if title.is_none() {
        problems.push(refuse("/title", "the dashboard has no title".into()));
    }
    match uid {
        None => problems.push(refuse("/uid", "the dashboard has no uid".into())),
        Some(uid) if uid.len() > 40 || !uid.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) => {
            problems.push(refuse("/uid", format!("the uid `{uid}` is not one of at most 40 letters, digits, - and _")));
        }
        Some(_) => {}
    }
    if json.get("id").is_some_and(|id| !id.is_null()) {
        problems.push(refuse("/id", "the dashboard has an id, which is a number of one Grafana".into()));
    }
    for query in queries(&json) {
        if query.promql {
            problems.extend(promql::check_templated(query.expr, &Place::pointer(path, query.pointer)).err());
        }
    }
    match (problems.is_empty(), title, uid) {
        (true, Some(title), Some(uid)) => Ok(Dashboard {
            name: stem(path),
            title: title.to_owned(),
            uid: uid.to_owned(),
            folder: folder.to_owned(),
            source: Place::file(path),
            json,
        }),
        _ => Err(problems),
    }
}

/// The metrics a dashboard uses: the model of any Grafana dashboard, not only of a pack's. Variables give way to
/// patterns, and a query that cannot be parsed counts by its words; queries of other languages are left out.
pub fn dashboard_metrics(dashboard: &Value) -> Used {
    let mut all = Used::default();
    for query in queries(dashboard).iter().filter(|query| query.promql) {
        all.add(promql::used(query.expr));
    }
    all
}

/// Every query of a dashboard: of panels, of those in rows, of annotations, of variables.
pub(crate) fn queries(dashboard: &Value) -> Vec<Query<'_>> {
    let mut found = vec![];
    walk(dashboard, String::new(), true, &mut found);
    found
}

fn walk<'a>(value: &'a Value, pointer: String, inherited: bool, found: &mut Vec<Query<'a>>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, format!("{pointer}/{index}"), inherited, found);
            }
        }
        Value::Object(fields) => {
            let promql = match fields.get("datasource") {
                Some(source) => is_prometheus(source).unwrap_or(inherited),
                None => inherited,
            };
            for (key, inner) in fields {
                let at = format!("{pointer}/{}", escape(key));
                match (key.as_str(), inner) {
                    ("expr", Value::String(expr)) => found.push(Query { pointer: at, expr, promql }),
                    ("query", _) if is_variable(fields) => variable_query(inner, at, promql, found),
                    _ => walk(inner, at, promql, found),
                }
            }
        }
        _ => {}
    }
}

/// Whether a data source is a Prometheus; none where it does not say.
fn is_prometheus(source: &Value) -> Option<bool> {
    let kind = match source {
        Value::Object(_) => source.get("type")?.as_str()?,
        _ => return None,
    };
    Some(kind.contains("prometheus"))
}

fn is_variable(fields: &serde_json::Map<String, Value>) -> bool {
    fields.get("type").and_then(Value::as_str) == Some("query") && fields.contains_key("name")
}

/// What a query variable asks: `label_values(query, label)`, `query_result(query)`; other forms name no query.
fn variable_query<'a>(value: &'a Value, pointer: String, promql: bool, found: &mut Vec<Query<'a>>) {
    let (text, pointer) = match value {
        Value::String(text) => (text.as_str(), pointer),
        Value::Object(fields) => match fields.get("query").and_then(Value::as_str) {
            Some(text) => (text, format!("{pointer}/query")),
            None => return,
        },
        _ => return,
    };
    let text = text.trim();
    let argument = |name: &str| text.strip_prefix(name)?.trim_start().strip_prefix('(')?.strip_suffix(')');
    let expr = match (argument("label_values"), argument("query_result")) {
        (Some(inner), _) => inner.rsplit_once(',').map(|(query, _)| query.trim()),
        (_, Some(inner)) => Some(inner.trim()),
        _ => None,
    };
    if let Some(expr) = expr {
        found.push(Query { pointer, expr, promql });
    }
}
