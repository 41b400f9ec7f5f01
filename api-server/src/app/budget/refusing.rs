//! Which clusters refuse series for a budget, as their meters say, and when that is over.

use std::collections::BTreeMap;

use flagstaff_model::wire::{BudgetAct, BudgetActing, BudgetOrder, BudgetReport, Refused};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::order;
use crate::app::Error;
use crate::app::attention::Named;
use crate::app::series::is_young;
use crate::store::budget_order;

/// Nobody may have refused or aggregated for so long until it is over: a meter that does it now and then makes no flapping state.
const QUIET: SignedDuration = SignedDuration::from_mins(10);

/// Entries of what was refused that are shown, and those that are told.
const SHOWN: usize = 10;
const TOLD: usize = 3;

/// A cluster that has an order for a budget.
#[derive(Debug, Clone)]
pub(super) struct Ordered {
    pub(super) cluster: Named,
    pub(super) order: BudgetOrder,
    pub(super) ordered_at: Timestamp,
    /// What its meter said last, and when that came.
    pub(super) said: Option<(BudgetReport, Timestamp)>,
    /// Whether that still says how it is.
    pub(super) fresh: bool,
}

impl Ordered {
    /// Its report, where it still says how it is and that series are refused, as it was ordered.
    pub(super) fn refusing(&self) -> Option<&BudgetReport> {
        let said = self.said.as_ref().map(|(report, _)| report);
        let asked = self.fresh && self.order.act == BudgetAct::Refuse;
        said.filter(|report| asked && report.state == BudgetActing::Refusing)
    }
}

/// Who refuses series, and which.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Refusing {
    /// Clusters that refuse.
    pub clusters: Vec<Named>,
    /// Different series that they refused in this clock hour: an estimate.
    pub series: f64,
    /// Samples that they refused in this clock hour.
    pub samples: u64,
    /// What they refused in this clock hour, the most first, ten at most.
    pub refused: Vec<RefusedSeries>,
}

/// New series of one metric that were refused.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RefusedSeries {
    /// Metric; of a histogram its name without `_bucket`, `_sum` and `_count`.
    pub metric: String,
    /// Team.
    pub team: String,
    /// Job that sends it.
    pub job: String,
    /// The label whose values grew; null where that is not known.
    pub label: Option<String>,
    /// Different series: an estimate.
    pub series: f64,
    /// Samples.
    pub samples: u64,
}

impl From<&Refused> for RefusedSeries {
    fn from(of: &Refused) -> Self {
        Self {
            metric: of.metric.clone(),
            team: of.team.clone(),
            job: of.job.clone(),
            label: Some(of.label.clone()).filter(|label| !label.is_empty()),
            series: of.series,
            samples: of.samples,
        }
    }
}

impl Refusing {
    /// Those of them that refuse, together.
    pub(super) fn of(ordered: &[Ordered]) -> Self {
        let mut this = Self::default();
        let mut by: BTreeMap<(String, String, String, Option<String>), RefusedSeries> = BTreeMap::new();
        for (cluster, report) in ordered.iter().filter_map(|one| Some((&one.cluster, one.refusing()?))) {
            this.clusters.push(cluster.clone());
            this.series += report.refused_series;
            this.samples = this.samples.saturating_add(report.refused_samples);
            for one in report.refused.iter().map(RefusedSeries::from) {
                let key = (one.metric.clone(), one.team.clone(), one.job.clone(), one.label.clone());
                match by.entry(key) {
                    std::collections::btree_map::Entry::Vacant(new) => {
                        new.insert(one);
                    }
                    std::collections::btree_map::Entry::Occupied(mut known) => {
                        known.get_mut().series += one.series;
                        known.get_mut().samples = known.get().samples.saturating_add(one.samples);
                    }
                }
            }
        }
        this.refused = by.into_values().collect();
        this.refused
            .sort_by(|one, other| other.series.total_cmp(&one.series).then_with(|| other.samples.cmp(&one.samples)));
        this.refused.truncate(SHOWN);
        this
    }

    /// What was refused most, for a sentence.
    pub(super) fn most(&self) -> &[RefusedSeries] {
        &self.refused[..self.refused.len().min(TOLD)]
    }
}

/// The clusters that have orders for each of some budgets, by name.
pub(super) async fn ordered(
    connection: &mut PgConnection,
    budgets: &[String],
    now: Timestamp,
) -> Result<BTreeMap<String, Vec<Ordered>>, Error> {
    let mut by: BTreeMap<String, Vec<Ordered>> = BTreeMap::new();
    if budgets.is_empty() {
        return Ok(by);
    }
    for row in budget_order::with_reports(connection, budgets).await? {
        let report = row.report.map(serde_json::from_value::<BudgetReport>).transpose();
        let report = report.map_err(|error| Error::Internal(error.into()))?;
        let one = Ordered {
            fresh: is_young(row.received_at, row.looked_at, row.closed, now),
            cluster: Named { id: row.cluster_id, name: row.cluster_name },
            order: order::read(row.ordered)?,
            ordered_at: row.ordered_at.to_jiff(),
            said: report.zip(row.received_at.map(|at| at.to_jiff())),
        };
        by.entry(row.budget_id).or_default().push(one);
    }
    Ok(by)
}

/// When a cluster was last known to do what a budget asks for; one that does not ask for it any more has nothing of it.
pub(super) fn last_done(asks: bool, before: Option<Timestamp>, does: bool, now: Timestamp) -> Option<Timestamp> {
    match (asks, does) {
        (false, _) => None,
        (true, true) => Some(now),
        (true, false) => before,
    }
}

/// Whether a budget still counts as one for which it is done.
pub(super) fn holds(done_at: Option<Timestamp>, now: Timestamp) -> bool {
    done_at.is_some_and(|at| now.duration_since(at) < QUIET)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_that_alternates_makes_one_state_and_ten_quiet_minutes_end_it() {
        let start: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
        let mut at = None;
        let mut states = vec![];
        // Each minute a look: it refuses in every other one for an hour, and then no more.
        for minute in 0..80 {
            let now = start + SignedDuration::from_mins(minute);
            at = last_done(true, at, minute < 60 && minute % 2 == 0, now);
            states.push(holds(at, now));
        }
        assert!(states[..68].iter().all(|holds| *holds), "it flaps: {states:?}");
        assert_eq!(states.iter().filter(|holds| **holds).count(), 68, "the last refusal was in minute 58");
        assert!(!holds(last_done(false, at, true, start), start), "one that watches refuses nothing");
    }

    fn said(cluster: &str, state: BudgetActing, fresh: bool, refused: &[(&str, f64)]) -> Ordered {
        let refused: Vec<Refused> = refused
            .iter()
            .map(|(metric, series)| Refused {
                metric: (*metric).into(),
                label: "path".into(),
                series: *series,
                samples: 5,
                ..Refused::default()
            })
            .collect();
        let report = BudgetReport {
            state,
            refused_series: refused.iter().map(|one| one.series).sum(),
            refused_samples: 7,
            refused,
            ..BudgetReport::default()
        };
        Ordered {
            cluster: Named { id: cluster.into(), name: cluster.into() },
            order: BudgetOrder { act: BudgetAct::Refuse, ..BudgetOrder::default() },
            ordered_at: Timestamp::UNIX_EPOCH,
            said: Some((report, Timestamp::UNIX_EPOCH)),
            fresh,
        }
    }

    #[test]
    fn what_clusters_refuse_is_added_up_and_what_is_old_or_a_strange_word_is_not() {
        let mut unasked = said("f", BudgetActing::Refusing, true, &[("http", 99.0)]);
        unasked.order.act = BudgetAct::Aggregate;
        let all = [
            unasked,
            said("a", BudgetActing::Refusing, true, &[("http", 10.0), ("up", 1.0)]),
            said("b", BudgetActing::Refusing, true, &[("http", 20.0)]),
            said("c", BudgetActing::Refusing, false, &[("http", 99.0)]),
            said("d", BudgetActing::Other("melting".into()), true, &[("http", 99.0)]),
            said("e", BudgetActing::LettingThrough, true, &[("http", 99.0)]),
        ];
        let found = Refusing::of(&all);
        assert_eq!(found.clusters.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((found.series, found.samples), (31.0, 14));
        let refused: Vec<_> = found
            .refused
            .iter()
            .map(|one| (one.metric.as_str(), one.label.as_deref(), one.series, one.samples))
            .collect();
        assert_eq!(refused, [("http", Some("path"), 30.0, 10), ("up", Some("path"), 1.0, 5)]);
    }
}
