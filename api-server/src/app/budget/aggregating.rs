//! Which clusters aggregate labels away for a budget, as their meters say.

use std::collections::BTreeMap;

use flagstaff_model::wire::{Aggregated, KeptLabels};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refusing::Ordered;
use crate::app::attention::Named;

/// Metrics whose labels stay that are shown, and those that are told.
const SHOWN: usize = 10;
const TOLD: usize = 3;

/// Who aggregates labels away, and what comes of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Aggregating {
    /// Clusters that aggregate.
    pub clusters: Vec<Named>,
    /// The labels that they were ordered to aggregate away.
    pub labels: Vec<String>,
    /// Active series that they take in.
    pub inputs: u64,
    /// Active series that they send in their place.
    pub outputs: u64,
    /// Metrics that keep such labels, by name, ten at most.
    pub kept: Vec<KeptMetric>,
}

/// A metric whose labels are not aggregated away.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeptMetric {
    /// Metric; of a histogram its name without `_bucket`, `_sum` and `_count`. Empty where it is not only one.
    pub metric: String,
    /// The labels that stay.
    pub labels: Vec<String>,
    /// Why, for people: the rule that uses them, or that the metric is no counter.
    pub why: String,
}

impl From<&KeptLabels> for KeptMetric {
    fn from(of: &KeptLabels) -> Self {
        Self { metric: of.metric.clone(), labels: of.labels.clone(), why: of.why.clone() }
    }
}

impl Aggregating {
    /// Those of them that aggregate, together.
    pub(super) fn of(ordered: &[Ordered]) -> Self {
        let mut this = Self::default();
        // Two labels of a metric may stay for two reasons.
        let mut kept: BTreeMap<(String, String), KeptMetric> = BTreeMap::new();
        for one in ordered {
            let (Some(order), true) = (&one.order.aggregate, one.is_aggregating()) else { continue };
            this.clusters.push(one.cluster.clone());
            add(&mut this.labels, &order.labels);
            let Some(said) = one.aggregated() else { continue };
            this.inputs = this.inputs.saturating_add(said.inputs);
            this.outputs = this.outputs.saturating_add(said.outputs);
            for one in &said.kept {
                let key = (one.metric.clone(), one.why.clone());
                let known = kept.entry(key).or_insert_with(|| KeptMetric { labels: vec![], ..one.into() });
                add(&mut known.labels, &one.labels);
            }
        }
        this.kept = kept.into_values().take(SHOWN).collect();
        this
    }

    /// Metrics whose labels stay, for a sentence.
    pub(super) fn told(&self) -> &[KeptMetric] {
        &self.kept[..self.kept.len().min(TOLD)]
    }
}

impl Ordered {
    /// Whether its meter says so, and that still says how it is.
    pub(super) fn is_aggregating(&self) -> bool {
        use flagstaff_model::wire::BudgetActing::Aggregating;
        let asked = self.fresh && self.order.aggregate.is_some();
        let does =
            |report: &flagstaff_model::wire::BudgetReport| report.aggregated.is_some() || report.state == Aggregating;
        asked && self.said.as_ref().is_some_and(|(report, _)| does(report))
    }

    /// What its meter said of what it aggregates.
    pub(super) fn aggregated(&self) -> Option<&Aggregated> {
        self.said.as_ref().and_then(|(report, _)| report.aggregated.as_ref())
    }
}

fn add(to: &mut Vec<String>, more: &[String]) {
    for one in more {
        if !to.contains(one) {
            to.push(one.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use flagstaff_model::wire::{AggregateOrder, BudgetActing, BudgetOrder, BudgetReport};
    use jiff::Timestamp;

    use super::*;

    fn said(cluster: &str, state: BudgetActing, aggregated: Option<Aggregated>) -> Ordered {
        let report = BudgetReport { state, aggregated, ..BudgetReport::default() };
        let aggregate = Some(AggregateOrder { labels: vec!["pod".into()], from: 10 });
        Ordered {
            cluster: Named { id: cluster.into(), name: cluster.into() },
            order: BudgetOrder { aggregate, ..BudgetOrder::default() },
            ordered_at: Timestamp::UNIX_EPOCH,
            said: Some((report, Timestamp::UNIX_EPOCH)),
            fresh: true,
        }
    }

    fn some(inputs: u64, outputs: u64, kept: &[(&str, &str)]) -> Option<Aggregated> {
        let kept = kept.iter().map(|(metric, label)| KeptLabels {
            metric: (*metric).into(),
            labels: Some(*label).filter(|label| !label.is_empty()).map(str::to_owned).into_iter().collect(),
            why: format!("{metric} is needed"),
        });
        Some(Aggregated { inputs, outputs, kept: kept.collect(), ..Aggregated::default() })
    }

    #[test]
    fn what_clusters_aggregate_is_added_up_and_what_is_old_or_was_not_asked_is_not() {
        let old = Ordered { fresh: false, ..said("old", BudgetActing::Aggregating, some(99, 99, &[])) };
        let mut unasked = said("unasked", BudgetActing::Aggregating, some(99, 99, &[]));
        unasked.order.aggregate = None;
        let silent = Ordered { said: None, ..said("silent", BudgetActing::Watching, None) };
        let all = [
            said("a", BudgetActing::Aggregating, some(100, 10, &[("http", "pod"), ("rpc", "pod")])),
            // One that refuses aggregates, too.
            said("b", BudgetActing::Refusing, some(50, 5, &[("http", "instance"), ("", "")])),
            said("c", BudgetActing::Watching, None),
            said("d", BudgetActing::Aggregating, None),
            old,
            unasked,
            silent,
        ];
        let found = Aggregating::of(&all);
        assert_eq!(found.clusters.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["a", "b", "d"]);
        assert_eq!((found.inputs, found.outputs, found.labels), (150, 15, vec!["pod".to_owned()]));
        let kept: Vec<_> = found.kept.iter().map(|one| (one.metric.as_str(), one.labels.join(" "))).collect();
        assert_eq!(kept, [("", String::new()), ("http", "pod instance".to_owned()), ("rpc", "pod".to_owned())]);
        let mut other = said("b", BudgetActing::Aggregating, some(1, 1, &[("http", "instance")]));
        if let Some((report, _)) = &mut other.said {
            report.aggregated.as_mut().expect("aggregated").kept[0].why = "another rule".into();
        }
        let found = Aggregating::of(&[said("a", BudgetActing::Aggregating, some(1, 1, &[("http", "pod")])), other]);
        let why: Vec<_> = found.kept.iter().map(|one| (one.labels.join(" "), one.why.as_str())).collect();
        assert_eq!(why, [("instance".to_owned(), "another rule"), ("pod".to_owned(), "http is needed")]);
    }
}
