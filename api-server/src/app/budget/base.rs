//! What the metrics of a budget had when it came into its state, as the replica that looks remembers it: growth within an hour is seen by
//! that, which the reports of whole hours before do not show.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::GREW_WITHIN;
use super::look::{GREW, Look, filter};
use super::says::Growth;
use super::scope::BudgetScope;
use super::state::BudgetState;
use crate::app::series::FleetNow;

/// Metrics that are remembered of each budget, the largest.
const METRICS: usize = 1000;

/// Budgets that are remembered; there are fewer.
const MOST: usize = 1000;

/// Of each budget by its id.
#[derive(Default)]
pub struct Bases(Mutex<HashMap<String, Base>>);

struct Base {
    at: Timestamp,
    state: BudgetState,
    clusters: BTreeSet<String>,
    metrics: HashMap<Arc<str>, f64>,
}

impl Bases {
    /// What grew most since then, and since when; none where nothing is remembered.
    pub(super) fn grew(&self, id: &str, fleet: &FleetNow, scope: &BudgetScope) -> Option<(Timestamp, Vec<Growth>)> {
        let bases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let base = bases.get(id)?;
        let full = base.metrics.len() >= METRICS;
        let mut grown: Vec<(Arc<str>, f64)> = metrics(fleet, scope, &base.clusters)
            .into_iter()
            // One that is not remembered is new, unless it was too small to be.
            .filter_map(|(metric, series)| match base.metrics.get(&metric) {
                None if full => None,
                before => Some((metric, series - before.copied().unwrap_or_default())),
            })
            .filter(|(_, by)| *by >= 1.0)
            .collect();
        grown.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        grown.truncate(GREW);
        let of = filter(scope);
        let growth = |(metric, by): (Arc<str>, f64)| Growth {
            label: fleet.costliest_label(None, &of, &metric),
            metric: metric.to_string(),
            by,
        };
        Some((base.at, grown.into_iter().map(growth).collect()))
    }

    /// Remembers how it is, where that is another state, more clusters count, or what is remembered is too old.
    pub(super) fn keep(&self, id: &str, state: BudgetState, fleet: &FleetNow, look: &Look, scope: &BudgetScope) {
        let mut bases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let serves = bases.get(id).is_some_and(|base| {
            base.state == state
                && look.counting.is_subset(&base.clusters)
                && fleet.as_of.duration_since(base.at) < GREW_WITHIN
        });
        if serves || look.counting.is_empty() {
            return;
        }
        let mut largest: Vec<(Arc<str>, f64)> = metrics(fleet, scope, &look.counting).into_iter().collect();
        largest.sort_by(|one, other| other.1.total_cmp(&one.1));
        largest.truncate(METRICS);
        let base =
            Base { at: fleet.as_of, state, clusters: look.counting.clone(), metrics: largest.into_iter().collect() };
        // A replica that does not look forgets none one by one: tries of budgets that never came to be would pile up.
        if bases.len() >= MOST {
            bases.clear();
        }
        bases.insert(id.to_owned(), base);
    }

    /// Forgets all but these.
    pub(super) fn retain(&self, ids: &[String]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|id, _| ids.contains(id));
    }
}

/// Series by metric in these clusters.
fn metrics(fleet: &FleetNow, scope: &BudgetScope, clusters: &BTreeSet<String>) -> HashMap<Arc<str>, f64> {
    let of = filter(scope);
    let mut by: HashMap<Arc<str>, f64> = HashMap::new();
    for counts in
        fleet.within(None, &of).filter(|one| clusters.contains(&one.id)).filter_map(|one| one.counts.as_deref())
    {
        for scope in counts.scopes.iter().filter(|scope| of.fits_scope(scope) && !scope.is_rest()) {
            *by.entry(scope.metric.clone()).or_default() += scope.count.active;
        }
    }
    by
}
