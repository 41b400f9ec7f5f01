//! What the meters' newest reports say of a budget's scope.

use std::collections::BTreeSet;

use super::says::Growth;
use super::scope::BudgetScope;
use crate::app::series::{FleetNow, SeriesFilter};

/// How many metrics are named when something grew.
pub(super) const GREW: usize = 3;

/// One look.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Look {
    /// Active series; none where no cluster counted.
    pub(super) series: Option<f64>,
    /// Variance of it; 0 where it is exact.
    pub(super) variance: f64,
    /// Clusters that counted.
    pub(super) counting: BTreeSet<String>,
    /// All clusters that it is for.
    pub(super) clusters: BTreeSet<String>,
}

impl Look {
    /// Looks.
    pub(super) fn at(fleet: &FleetNow, scope: &BudgetScope) -> Self {
        let filter = filter(scope);
        let counted = fleet.count(None, &filter);
        let ids = |all: bool| {
            let within = fleet.within(None, &filter).filter(|cluster| all || cluster.counts.is_some());
            within.map(|cluster| cluster.id.clone()).collect()
        };
        Self {
            series: (counted.clusters_counted > 0).then_some(counted.series),
            variance: counted.variance,
            counting: ids(false),
            clusters: ids(true),
        }
    }

    /// How many clusters it is for.
    pub(super) fn of(&self) -> i64 {
        i64::try_from(self.clusters.len()).unwrap_or(i64::MAX)
    }

    /// Whether one of these, that is still there, does not count now.
    pub(super) fn misses(&self, known: &[String]) -> bool {
        known.iter().any(|id| self.clusters.contains(id) && !self.counting.contains(id))
    }
}

/// What grew most between two looks at the fleet.
pub(super) fn grew(now: &FleetNow, before: &FleetNow, scope: &BudgetScope) -> Vec<Growth> {
    let grown = now.grew(None, &filter(scope), before, GREW).into_iter();
    grown.map(|one| Growth { metric: one.metric, label: one.label, by: one.by }).collect()
}

/// Those series.
pub(super) fn filter(scope: &BudgetScope) -> SeriesFilter {
    SeriesFilter {
        provider: scope.provider.clone(),
        region: scope.region.clone(),
        cluster: scope.cluster.clone(),
        team: scope.team.clone(),
        metric: scope.metric.clone(),
        job: None,
    }
}
