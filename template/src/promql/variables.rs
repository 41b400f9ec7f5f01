//! Queries of dashboards: Grafana's variables give way to something that parses in their place.

use std::collections::BTreeSet;

use flagstaff_model::{Place, Problem};
use promql_parser::parser::Expr;

use super::guard::guard;
use super::parse::parse;
use crate::code::Code;

/// Stands for a variable whose value is a word.
pub(super) const PLACEHOLDER: &str = "grafana_variable_";

/// What can stand where a variable stands.
const CANDIDATES: [&str; 4] = [PLACEHOLDER, "1", "5m", "grafana_variable_=\"\""];

/// Variables that Grafana gives, and what stands for them.
const BUILTIN: [(&str, &str); 7] = [
    ("__rate_interval", "5m"),
    ("__interval", "5m"),
    ("__range", "5m"),
    ("__interval_ms", "1"),
    ("__range_ms", "1"),
    ("__range_s", "1"),
    ("__rate_interval_ms", "1"),
];

/// Most variables for which every combination is tried.
const MAX_TRIED: u32 = 4;

/// A part of a templated query.
#[derive(Debug, PartialEq)]
enum Part<'a> {
    Text(&'a str),
    Variable { name: &'a str, quoted: bool },
}

/// The names of the variables a query uses (`$name`, `${name:format}`, `[[name]]`), Grafana's own left out.
pub fn variables(expr: &str) -> BTreeSet<String> {
    let named = parts(expr).into_iter().filter_map(|part| match part {
        Part::Variable { name, .. } if !name.starts_with("__") => {
            Some(name.split('.').next().unwrap_or(name).to_owned())
        }
        _ => None,
    });
    named.collect()
}

/// Checks a query of a dashboard.
///
/// A query whose variables keep it from being parsed is not an error: nobody but Grafana knows what it becomes. A query
/// without variables, with variables in its strings only, or one that is too large, is checked as any other.
///
/// # Errors
/// As `check`.
pub fn check_templated(expr: &str, place: &Place) -> Result<(), Problem> {
    match parse_templated(expr, place) {
        Err(problem) if problem.code == Code::PromqlSyntax.as_str() && may_become_anything(expr) => Ok(()),
        other => other.map(drop),
    }
}

/// Whether a variable stands where its value is more than a word in a string.
fn may_become_anything(expr: &str) -> bool {
    let open = |part: Part<'_>| matches!(part, Part::Variable { name, quoted: false } if builtin(name).is_none());
    parts(expr).into_iter().any(open)
}

pub(super) fn parse_templated(expr: &str, place: &Place) -> Result<Expr, Problem> {
    guard(expr, place)?;
    let parts = parts(expr);
    let mut names: Vec<&str> = vec![];
    for part in &parts {
        if let Part::Variable { name, quoted: false } = part
            && !names.contains(name)
            && builtin(name).is_none()
        {
            names.push(name);
        }
    }
    let count = u32::try_from(names.len()).unwrap_or(u32::MAX);
    let tries = if count <= MAX_TRIED { 4_usize.pow(count) } else { 4 };
    let mut first = None;
    for number in 0..tries {
        let choice = |index: usize| if count <= MAX_TRIED { number / 4_usize.pow(index as u32) % 4 } else { number };
        let text = substitute(&parts, |name| {
            let index = names.iter().position(|known| *known == name);
            builtin(name).unwrap_or(CANDIDATES[index.map_or(0, choice)])
        });
        match parse(&text, place) {
            Ok(parsed) => return Ok(parsed),
            Err(problem) => _ = first.get_or_insert(problem),
        }
    }
    Err(first.unwrap_or_else(|| Code::PromqlSyntax.at(place.clone(), "the query is empty")))
}

fn builtin(name: &str) -> Option<&'static str> {
    let known = BUILTIN.iter().find(|(builtin, _)| *builtin == name).map(|(_, text)| *text);
    known.or(name.starts_with("__").then_some("1"))
}

fn substitute<'a>(parts: &[Part<'a>], value: impl Fn(&'a str) -> &'static str) -> String {
    let pieces = parts.iter().map(|part| match part {
        Part::Text(text) => text,
        Part::Variable { quoted: true, .. } => PLACEHOLDER,
        Part::Variable { name, .. } => value(name),
    });
    pieces.collect()
}

/// Takes a query apart at its variables.
fn parts(expr: &str) -> Vec<Part<'_>> {
    let mut found = vec![];
    let mut quote: Option<char> = None;
    let mut escaped = false;
    let (mut start, mut skip_to) = (0, 0);
    for (at, c) in expr.char_indices() {
        if at < skip_to {
            continue;
        }
        if let Some((name, length)) = variable(&expr[at..]) {
            if at > start {
                found.push(Part::Text(&expr[start..at]));
            }
            found.push(Part::Variable { name, quoted: quote.is_some() });
            (start, skip_to, escaped) = (at + length, at + length, false);
            continue;
        }
        match quote {
            Some(_) if escaped => escaped = false,
            Some(open) if c == '\\' && open != '`' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'' | '`') => quote = Some(c),
            None => {}
        }
    }
    if start < expr.len() {
        found.push(Part::Text(&expr[start..]));
    }
    found
}

/// The variable a text begins with: its name and the length of the whole.
fn variable(text: &str) -> Option<(&str, usize)> {
    let word =
        |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(text.len());
    let enclosed = |open: &str, close: &str| {
        let inner = text.strip_prefix(open)?;
        let end = inner.find(close)?;
        let name = &inner[..inner[..end].find(':').unwrap_or(end)];
        (!name.is_empty() && word(name) == name.len()).then_some((name, open.len() + end + close.len()))
    };
    if let Some(found) = enclosed("${", "}").or_else(|| enclosed("[[", "]]")) {
        return Some(found);
    }
    let inner = text.strip_prefix('$')?;
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
    let starts = inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (starts && end > 0).then_some((&inner[..end], 1 + end))
}
