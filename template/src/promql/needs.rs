//! Which labels of which metric a query needs, so that the others may be summed away before they are stored; in doubt all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use flagstaff_model::Place;
use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::{AggregateExpr, Expr, LabelModifier, VectorSelector};

use super::parse::{operands, parse};
use super::used::{METRIC_NAME, Used, of_selector, used};

/// What sums carry that a meter sends in place of series. Whoever asks for it tells sums from series, and so sees any label go.
const SUMMED: &str = "flagstaff_meter";

/// Sums come once a minute, and a rate needs some of them: over less it would be another one, or none.
const SHORTEST_RANGE: Duration = Duration::from_secs(180);

/// The labels of a metric that queries need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Labels {
    /// Every label, whatever it is named.
    All,
    /// These, and no others.
    Only(BTreeSet<String>),
}

/// The metrics that queries use, and the labels of these that they need.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// The metrics, as [`used`] finds them.
    pub used: Used,
    /// The labels of each metric that has a name there, also where it is only a word. Of metrics that only a pattern names, and of
    /// every metric where a selector names none, all labels are needed; such a metric may be listed here as well.
    pub labels: BTreeMap<String, Labels>,
}

impl Needs {
    /// Whether a label of a metric is needed, or may be.
    pub fn contains(&self, metric: &str, label: &str) -> bool {
        let is_named = match self.labels.get(metric) {
            Some(Labels::All) => true,
            Some(Labels::Only(labels)) => labels.contains(label),
            None => false,
        };
        is_named || self.used.any || !self.used.matched([&metric.to_owned()]).is_empty()
    }

    /// Adds what another query needs.
    pub fn add(&mut self, other: Needs) {
        self.used.add(other.used);
        other.labels.into_iter().for_each(|(metric, labels)| add(&mut self.labels, metric, labels));
    }
}

/// What a query needs.
///
/// `sum` and `sum by (…)` directly over `rate` or `increase` of a metric with a name, over three minutes or more, need the labels they group by and those in its
/// matchers: their value stays the same when counters that differ in other labels only are summed before. Everything else needs
/// all labels. Of a query that cannot be parsed every word is a metric whose labels are all needed.
pub fn needs(expr: &str) -> Needs {
    let used = used(expr);
    let mut labels = BTreeMap::new();
    if let Ok(parsed) = parse(expr, &Place::file("query")) {
        walk(&parsed, &mut labels);
    }
    // Whatever is used and was not found above is not understood.
    for metric in used.names.iter().chain(&used.words) {
        labels.entry(metric.clone()).or_insert(Labels::All);
    }
    Needs { used, labels }
}

fn walk(expr: &Expr, found: &mut BTreeMap<String, Labels>) {
    match expr {
        Expr::Aggregate(aggregate) if let Some((metric, labels)) = summed(aggregate) => {
            add(found, metric.to_owned(), Labels::Only(labels));
        }
        Expr::VectorSelector(selector) => add_all(found, selector),
        Expr::MatrixSelector(selector) => add_all(found, &selector.vs),
        _ => operands(expr).into_iter().for_each(|operand| walk(operand, found)),
    }
}

/// The metric of a sum over a rate, and the labels that the sum needs.
fn summed(aggregate: &AggregateExpr) -> Option<(&str, BTreeSet<String>)> {
    let grouped: &[String] = match &aggregate.modifier {
        None => &[],
        Some(LabelModifier::Include(labels)) => &labels.labels,
        Some(LabelModifier::Exclude(_)) => return None,
    };
    let Expr::Call(call) = bare(&aggregate.expr) else { return None };
    let is_rate = aggregate.op.to_string() == "sum" && ["rate", "increase"].contains(&call.func.name);
    let [range] = call.args.args.as_slice() else { return None };
    let Expr::MatrixSelector(selector) = bare(range) else { return None };
    let (metric, matchers) = named(&selector.vs)?;
    let labels: BTreeSet<String> = matchers.map(|matcher| &matcher.name).chain(grouped).cloned().collect();
    let is_long = selector.range >= SHORTEST_RANGE;
    (is_rate && is_long && !labels.contains(SUMMED)).then_some((metric, labels))
}

/// An expression without the parentheses around it.
fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => bare(&paren.expr),
        other => other,
    }
}

/// The one metric that a selector can only select, and its other matchers. Several metrics under one name may clash once they lose labels.
fn named(selector: &VectorSelector) -> Option<(&str, impl Iterator<Item = &Matcher>)> {
    let matchers = &selector.matchers.matchers;
    let mut names = matchers.iter().filter(|matcher| matcher.name == METRIC_NAME);
    let name = match (selector.name.as_deref(), names.next(), names.next()) {
        (Some(name), None, None) => name,
        (None, Some(Matcher { op: MatchOp::Equal, value, .. }), None) if !value.is_empty() => value,
        _ => return None,
    };
    Some((name, matchers.iter().filter(|matcher| matcher.name != METRIC_NAME)))
}

fn add_all(found: &mut BTreeMap<String, Labels>, selector: &VectorSelector) {
    of_selector(selector).names.into_iter().for_each(|metric| add(found, metric, Labels::All));
}

fn add(found: &mut BTreeMap<String, Labels>, metric: String, labels: Labels) {
    match (found.entry(metric).or_insert_with(|| Labels::Only(BTreeSet::new())), labels) {
        (Labels::Only(known), Labels::Only(more)) => known.extend(more),
        (known, _) => *known = Labels::All,
    }
}
