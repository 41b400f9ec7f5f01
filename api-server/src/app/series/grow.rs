//! What grew between two looks at the fleet, by metric.

use std::collections::HashMap;

use super::counts::Counts;
use super::filter::SeriesFilter;
use super::fleet::FleetNow;
use crate::access::Access;

/// A metric that has more series than before.
#[derive(Debug, Clone, PartialEq)]
pub struct Grown {
    /// The metric.
    pub metric: String,
    /// The label that costs it the most series now; none where its labels are not known.
    pub label: Option<String>,
    /// How many series more.
    pub by: f64,
}

impl FleetNow {
    /// The metrics that grew most since then, of the series that a filter means; only clusters that are known both times count.
    pub fn grew(&self, reach: Option<&Access>, filter: &SeriesFilter, before: &Self, limit: usize) -> Vec<Grown> {
        let mut by: HashMap<&str, f64> = HashMap::new();
        for cluster in self.within(reach, filter) {
            let then = before.cluster(&cluster.id).and_then(|then| then.counts.as_deref());
            let (Some(now), Some(then)) = (cluster.counts.as_deref(), then) else { continue };
            for (counts, sign) in [(now, 1.0), (then, -1.0)] {
                for scope in counts.scopes.iter().filter(|scope| filter.fits_scope(scope) && !scope.is_rest()) {
                    *by.entry(&*scope.metric).or_default() += sign * scope.count.active;
                }
            }
        }
        let mut grown: Vec<_> = by.into_iter().filter(|(_, by)| *by >= 1.0).collect();
        grown.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(other.0)));
        grown.truncate(limit);
        let label = |metric: &str| self.costliest_label(reach, filter, metric);
        grown.into_iter().map(|(metric, by)| Grown { metric: metric.to_owned(), label: label(metric), by }).collect()
    }

    /// The label that costs a metric the most series now; none where its labels are not known.
    pub fn costliest_label(&self, reach: Option<&Access>, filter: &SeriesFilter, metric: &str) -> Option<String> {
        let known = self.within(reach, filter).filter_map(|cluster| cluster.counts.as_deref());
        costliest(metric, known).map(|(label, _)| label)
    }
}

/// The label of a metric that costs most series in all of these clusters together, and how many those are.
pub(super) fn costliest<'a>(metric: &str, clusters: impl Iterator<Item = &'a Counts>) -> Option<(String, f64)> {
    let mut saves: HashMap<&str, f64> = HashMap::new();
    for label in clusters.filter_map(|counts| counts.labels.get(metric)).flatten() {
        *saves.entry(&label.label).or_default() += (label.series - label.series_without).max(0.0);
    }
    let most = saves.into_iter().max_by(|one, other| one.1.total_cmp(&other.1).then_with(|| other.0.cmp(one.0)));
    most.filter(|(_, saves)| *saves > 0.0).map(|(label, saves)| (label.to_owned(), saves))
}

#[cfg(test)]
mod tests {
    use super::super::fleet::tests::{cluster, counts, fleet, scope};
    use super::*;

    #[test]
    fn only_clusters_known_both_times_grow() {
        let before = fleet(vec![
            cluster("a", "eu", Some(counts(vec![scope("up", "shop", "j", 5.0), scope("http", "shop", "j", 100.0)]))),
            cluster("b", "eu", None),
        ]);
        let now = fleet(vec![
            cluster("a", "eu", Some(counts(vec![scope("up", "shop", "j", 4.0), scope("http", "shop", "j", 150.0)]))),
            cluster("b", "eu", Some(counts(vec![scope("new", "shop", "j", 9000.0)]))),
        ]);
        let grown = now.grew(None, &SeriesFilter::default(), &before, 3);
        assert_eq!(grown, [Grown { metric: "http".into(), label: None, by: 50.0 }]);
    }
}
