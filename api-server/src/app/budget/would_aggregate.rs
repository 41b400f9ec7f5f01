//! How often a budget would have aggregated labels away lately, and what would be left without them.

use flagstaff_sketch::Precision;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::look::filter;
use super::lookback::{between, gaps, hours};
use super::says::grouped;
use super::scope::BudgetScope;
use crate::app::series::view::Number;
use crate::app::series::{Counts, FleetNow, Hour};

/// How often a budget would have aggregated labels away in the last 24 clock hours, the running one among them, as if all of it were in one
/// cluster; and what would be left.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct WouldAggregate {
    /// Hours that some cluster of it reported.
    pub hours: u64,
    /// Of those, the ones in which it would have aggregated for sure.
    pub hours_at_least: u64,
    /// Those in which it may have.
    pub hours_at_most: u64,
    /// Starts of hours that only some of its clusters reported.
    pub partly: Vec<Timestamp>,
    /// Starts of hours that none of its clusters reported: nothing is known of them.
    pub unknown: Vec<Timestamp>,
    /// What would be left without the labels; null where that is not known: of a budget that is not for one metric of all teams, or whose
    /// labels no meter looks at.
    pub left: Option<LeftWithout>,
}

/// Series of a metric that would be left without labels, if it is a counter whose labels no rule needs.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LeftWithout {
    /// Active series now, in the clusters that are known.
    pub series: Number,
    /// Those that would be left, by the meters' estimates.
    pub left: Number,
    /// Whether it may be fewer: meters count what is left without one label, and here it is several.
    pub is_at_most: bool,
    /// Clusters that are in both numbers.
    pub clusters: u64,
    /// Clusters that the budget is for.
    pub clusters_of: u64,
}

impl WouldAggregate {
    /// Looks back, and at what there is now.
    pub(super) fn within(hours: &[Hour], from: f64, now: (&FleetNow, &BudgetScope, &[String])) -> Self {
        let mut this = Self { left: LeftWithout::of(now), ..Self::default() };
        for hour in hours {
            if hour.counted == 0 {
                this.unknown.push(hour.at);
                continue;
            }
            if hour.counted < hour.of {
                this.partly.push(hour.at);
            }
            this.hours += 1;
            this.hours_at_least += u64::from(hour.active >= from);
            // So many were never there at once, if they were fewer in the whole hour.
            this.hours_at_most += u64::from(hour.active.max(hour.distinct) >= from);
        }
        this
    }

    /// The same in sentences.
    pub(super) fn says(&self) -> String {
        let text = match (self.hours, self.hours_at_most) {
            (0, _) => {
                "How often it would have aggregated in the last 24 hours is not known: no cluster of it reported."
                    .to_owned()
            }
            (_, 0) => format!(
                "In the last 24 hours it would have aggregated in none of the {} that are known.",
                hours(self.hours)
            ),
            _ => format!(
                "In the last 24 hours it would have aggregated in {} of the {} that are known.",
                between(self.hours_at_least, self.hours_at_most),
                hours(self.hours)
            ),
        };
        let gaps = gaps(self.hours, &self.partly, &self.unknown);
        let left = match &self.left {
            None => "What would be left without the labels is not known.".to_owned(),
            Some(left) => left.says(),
        };
        format!("{text}{gaps} {left}")
    }
}

impl LeftWithout {
    fn of((fleet, scope, labels): (&FleetNow, &BudgetScope, &[String])) -> Option<Self> {
        // Labels are counted by metric, whichever team it is of.
        let (Some(metric), None) = (&scope.metric, &scope.team) else { return None };
        let filter = filter(scope);
        let (mut series, mut variance, mut left, mut error, mut clusters, mut of) = (0.0, 0.0, 0.0, 0.0, 0, 0);
        for cluster in fleet.within(None, &filter) {
            of += 1;
            let Some(counts) = cluster.counts.as_deref() else { continue };
            let sum = counts.sum(&filter);
            // One that has none of it is known, too: nothing would be left.
            let found = if sum.series > 0.0 { without(counts, metric, labels, sum.series) } else { Some(0.0) };
            let Some(found) = found else { continue };
            clusters += 1;
            series += sum.series;
            variance += sum.variance;
            left += found;
            error += (found * Precision::P14.standard_error()).powi(2);
        }
        let known = clusters > 0 && series > 0.0;
        known.then(|| Self {
            series: Number::of(series, variance),
            left: Number::of(left, error),
            is_at_most: labels.len() > 1,
            clusters,
            clusters_of: of,
        })
    }

    fn says(&self) -> String {
        let partly = match self.clusters == self.clusters_of {
            true => String::new(),
            false => format!(" Known in {} of {} clusters.", self.clusters, self.clusters_of),
        };
        format!(
            "Without {} there would be {} {} series (± {}) of {} now, as far as it is a counter and no rule needs {}.{partly}",
            if self.is_at_most { "the labels" } else { "the label" },
            if self.is_at_most { "at most" } else { "about" },
            grouped(self.left.value as f64),
            grouped(self.left.standard_error.ceil()),
            grouped(self.series.value as f64),
            if self.is_at_most { "them" } else { "it" },
        )
    }
}

/// Series of a metric that would be left in a cluster without that one of the labels that saves most; none where its labels are not looked at.
fn without(counts: &Counts, metric: &str, labels: &[String], series: f64) -> Option<f64> {
    let known = counts.labels.get(metric).filter(|known| !known.is_empty())?;
    let saved = known.iter().filter(|label| labels.contains(&label.label));
    // Those that do not have the label stay as they are.
    let saves = saved.map(|label| (label.series - label.series_without).max(0.0)).fold(0.0, f64::max);
    Some((series - saves).max(0.0))
}

#[cfg(test)]
mod tests {
    use flagstaff_model::wire::{LabelCount, ScopeCount, SeriesCount, SeriesReport};
    use std::sync::Arc;

    use super::*;
    use crate::app::series::ClusterNow;

    fn hour(counted: usize, active: f64, distinct: f64) -> Hour {
        Hour { at: Timestamp::UNIX_EPOCH, counted, of: 2, active, distinct, new: 0 }
    }

    fn cluster(name: &str, series: f64, labels: &[(&str, f64, f64)]) -> ClusterNow {
        let count = SeriesCount { active: series, ..SeriesCount::default() };
        let scope = ScopeCount { metric: "http".into(), team: "shop".into(), job: "web".into(), count };
        let label = |(label, series, without): &(&str, f64, f64)| LabelCount {
            metric: "http".into(),
            label: (*label).into(),
            series: *series,
            series_without: *without,
            ..LabelCount::default()
        };
        let labels = labels.iter().map(label).collect();
        let report = SeriesReport { total: count, scopes: vec![scope], labels, ..SeriesReport::default() };
        ClusterNow {
            id: name.into(),
            name: name.into(),
            place: Default::default(),
            enrolled_at: Timestamp::UNIX_EPOCH,
            counts: Some(Arc::new(Counts::of(report))),
            heard_at: None,
        }
    }

    fn left(clusters: Vec<ClusterNow>, scope: &BudgetScope, labels: &[&str]) -> Option<LeftWithout> {
        let fleet = FleetNow { as_of: Timestamp::UNIX_EPOCH, clusters };
        let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        LeftWithout::of((&fleet, scope, &labels))
    }

    fn http() -> BudgetScope {
        BudgetScope { metric: Some("http".into()), ..BudgetScope::default() }
    }

    #[test]
    fn hours_are_bounds_and_those_nobody_reported_are_unknown() {
        let hours = [hour(2, 900.0, 950.0), hour(2, 900.0, 1_100.0), hour(1, 1_000.0, 1_000.0), hour(0, 0.0, 0.0)];
        let fleet = FleetNow { as_of: Timestamp::UNIX_EPOCH, clusters: vec![] };
        let would = |hours: &[Hour]| WouldAggregate::within(hours, 1_000.0, (&fleet, &http(), &["pod".to_owned()]));
        let found = would(&hours);
        assert_eq!((found.hours, found.hours_at_least, found.hours_at_most), (3, 1, 2));
        assert_eq!((found.partly.len(), found.unknown.len()), (1, 1));
        assert_eq!(
            found.says(),
            "In the last 24 hours it would have aggregated in between 1 and 2 of the 3 hours that are known. Of 1 hour only some clusters \
             reported. Of 1 hour nothing is known. What would be left without the labels is not known."
        );
        assert!(
            would(&hours[..1]).says().contains("aggregated in none of the 1 hour that"),
            "{}",
            would(&hours[..1]).says()
        );
        assert!(
            would(&hours[3..]).says().starts_with("How often it would have aggregated in the last 24 hours is not")
        );
    }

    #[test]
    fn what_is_left_without_a_label_has_its_error_and_is_only_told_of_one_metric() {
        let all = || {
            vec![
                cluster("a", 1_000.0, &[("pod", 900.0, 100.0), ("code", 1_000.0, 250.0)]),
                cluster("b", 500.0, &[("code", 500.0, 100.0)]),
                cluster("unlooked", 70.0, &[]),
            ]
        };
        // 100 of them have no such label, and b's have none.
        let found = left(all(), &http(), &["pod"]).expect("known");
        assert_eq!((found.series.value, found.left.value, found.clusters, found.clusters_of), (1_500, 700, 2, 3));
        assert!((4.0..6.0).contains(&found.left.standard_error), "{found:?}");
        assert_eq!(
            found.says(),
            "Without the label there would be about 700 series (± 5) of 1,500 now, as far as it is a counter and no rule needs it. Known in 2 \
             of 3 clusters."
        );
        let both = left(all(), &http(), &["pod", "code"]).expect("known");
        assert_eq!((both.left.value, both.is_at_most), (300, true), "of each cluster the label that saves most");
        assert!(both.says().starts_with("Without the labels there would be at most 300 series"), "{}", both.says());
        assert_eq!(left(all().into_iter().skip(2).collect(), &http(), &["pod"]), None);
        assert_eq!(left(all(), &BudgetScope::default(), &["pod"]), None);
        assert_eq!(left(all(), &BudgetScope { team: Some("shop".into()), ..http() }, &["pod"]), None);
        assert_eq!(left(vec![], &http(), &["pod"]), None);
    }
}
