//! Which metrics a query uses; in doubt rather one too many.

use std::collections::BTreeSet;

use flagstaff_model::{Place, Problem};
use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::token::T_EQL_REGEX;
use promql_parser::parser::{Expr, VectorSelector};

use super::parse::{parse, selectors};
use super::scan::{Piece, pieces};
use super::variables::{PLACEHOLDER, parse_templated};

pub(super) const METRIC_NAME: &str = "__name__";

/// The metrics that queries use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Used {
    /// Names.
    pub names: BTreeSet<String>,
    /// Anchored regular expressions that names may match, from `__name__=~` and from variables in names.
    pub patterns: BTreeSet<String>,
    /// A selector names no metric at all, so that any may be used.
    pub any: bool,
    /// Words of queries that could not be parsed: whatever metric has such a name counts as used.
    pub words: BTreeSet<String>,
}

impl Used {
    /// Whether a metric is used, or may be.
    ///
    /// A pattern that is no regular expression here counts for every name.
    pub fn contains(&self, metric: &str) -> bool {
        let matches = |pattern: &String| {
            Matcher::new_matcher(T_EQL_REGEX, METRIC_NAME.into(), pattern.clone()).map_or(true, |m| m.is_match(metric))
        };
        self.any || self.names.contains(metric) || self.words.contains(metric) || self.patterns.iter().any(matches)
    }

    /// Those of these metrics that a pattern matches. A pattern that is no regular expression here matches every name.
    pub fn matched<'a>(&self, metrics: impl IntoIterator<Item = &'a String>) -> BTreeSet<&'a str> {
        let matcher = |pattern: &String| Matcher::new_matcher(T_EQL_REGEX, METRIC_NAME.into(), pattern.clone());
        let matchers: Vec<_> = self.patterns.iter().map(matcher).collect();
        let is_matched = |metric: &&str| {
            matchers.iter().any(|matcher| matcher.as_ref().map_or(true, |matcher| matcher.is_match(metric)))
        };
        metrics.into_iter().map(String::as_str).filter(is_matched).collect()
    }

    /// Adds what another query uses.
    pub fn add(&mut self, other: Used) {
        self.names.extend(other.names);
        self.patterns.extend(other.patterns);
        self.words.extend(other.words);
        self.any |= other.any;
    }
}

/// The names of the metrics a query uses. Names that only a regular expression gives are told by [`used`].
///
/// # Errors
/// As `check`.
pub fn metrics(expr: &str) -> Result<BTreeSet<String>, Problem> {
    Ok(of(&parse(expr, &Place::file("query"))?).names)
}

/// What a query uses. It may hold variables of Grafana; one that cannot be parsed all the same is not left out:
/// each of its words counts as a name.
pub fn used(expr: &str) -> Used {
    match parse_templated(expr, &Place::file("query")) {
        Ok(parsed) => of(&parsed),
        Err(_) => {
            let words = pieces(expr).filter_map(|piece| match piece {
                Piece::Word(word) if !word.starts_with(|c: char| c.is_ascii_digit()) => Some(vec![word.to_owned()]),
                Piece::Text(text) => Some(
                    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':')
                        .map(str::to_owned)
                        .filter(|word| !word.is_empty())
                        .collect(),
                ),
                _ => None,
            });
            Used { words: words.flatten().collect(), ..Used::default() }
        }
    }
}

fn of(expr: &Expr) -> Used {
    let mut used = Used::default();
    selectors(expr, &mut |selector| used.add(of_selector(selector)));
    used
}

/// What a selector uses.
pub(super) fn of_selector(selector: &VectorSelector) -> Used {
    let mut used = Used::default();
    if let Some(name) = &selector.name {
        add_name(&mut used, name);
    }
    let mut known = selector.name.is_some();
    for matcher in selector.matchers.matchers.iter().filter(|matcher| matcher.name == METRIC_NAME) {
        match &matcher.op {
            MatchOp::Equal => {
                add_name(&mut used, &matcher.value);
                known = true;
            }
            MatchOp::Re(_) => {
                add_pattern(&mut used, &matcher.value);
                known = true;
            }
            MatchOp::NotEqual | MatchOp::NotRe(_) => {}
        }
    }
    used.any |= !known;
    used
}

fn add_name(used: &mut Used, name: &str) {
    if name.contains(PLACEHOLDER) {
        used.patterns.insert(name.replace(PLACEHOLDER, ".*"));
    } else {
        used.names.insert(name.to_owned());
    }
}

fn add_pattern(used: &mut Used, pattern: &str) {
    let plain =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':');
    let words: Vec<&str> = pattern.split('|').collect();
    if words.iter().all(|word| plain(word)) {
        words.iter().for_each(|word| add_name(used, word));
    } else {
        used.patterns.insert(pattern.replace(PLACEHOLDER, ".*"));
    }
}
