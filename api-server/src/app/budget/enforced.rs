//! What people and programs see of a budget's orders: what each cluster was ordered, and how its meter stands to that.

use flagstaff_model::wire::{Aggregated, BudgetActing, BudgetReport};
use jiff::Timestamp;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::aggregating::KeptMetric;
use super::refusing::{self, Ordered, RefusedSeries};
use crate::app::Error;
use crate::app::attention::Named;

/// A cluster's part of a budget.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BudgetOrdered {
    /// The cluster.
    pub cluster: Named,
    /// Series that it may have: its part of the hard limit, or of the soft one where there is no other.
    pub limit: u64,
    /// From so many series on it aggregates labels away: as much of its part as the soft limit is of the hard one; null where it is to
    /// aggregate none.
    pub from: Option<u64>,
    /// The labels that it is to aggregate away.
    pub labels: Vec<String>,
    /// Since when it is ordered so.
    pub ordered_at: Timestamp,
    /// When its meter last said how it stands to this budget; null where none did.
    pub heard_at: Option<Timestamp>,
    /// Whether that still says how it is.
    pub fresh: bool,
    /// `watching`, `learning`, `letting_through`, `aggregating`, `refusing`, `unable`, or a word of a newer meter; null where it said nothing.
    pub state: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// The limit that its meter keeps: another than `limit` while the order is on its way.
    pub kept_limit: Option<u64>,
    /// Active series, as its meter counts them.
    pub active: Option<f64>,
    /// Why nothing is done where something should be; empty otherwise.
    pub why: String,
    /// Different series that were refused in this clock hour: an estimate.
    pub refused_series: f64,
    /// Samples that were refused in this clock hour.
    pub refused_samples: u64,
    /// Series past the limit that were let through, because a rollout may double what was there.
    pub let_through: u64,
    /// What was refused in this clock hour, the most first, ten at most.
    pub refused: Vec<RefusedSeries>,
    /// Since when its meter aggregates; null where it does not, or does not say so.
    pub aggregating_since: Option<Timestamp>,
    /// Active series that it takes in.
    pub inputs: u64,
    /// Active series that it sends in their place.
    pub outputs: u64,
    /// Samples that it took in, in this clock hour.
    pub aggregated_samples: u64,
    /// Of those, samples that came after a later one of the same series: they change nothing.
    pub late_samples: u64,
    /// Metrics that keep such labels, by name, ten at most.
    pub kept: Vec<KeptMetric>,
}

/// The orders of one budget by the clusters' names.
pub(super) async fn orders(
    connection: &mut PgConnection,
    id: &str,
    now: Timestamp,
) -> Result<Vec<BudgetOrdered>, Error> {
    let found = refusing::ordered(connection, &[id.to_owned()], now).await?.remove(id);
    Ok(found.unwrap_or_default().into_iter().map(BudgetOrdered::from).collect())
}

impl From<Ordered> for BudgetOrdered {
    fn from(one: Ordered) -> Self {
        let heard_at = one.said.as_ref().map(|(_, at)| *at);
        let said = one.said.map(|(report, _)| report);
        let order = one.order.aggregate;
        // What was aggregated for an order of before is over with it.
        let aggregated = said.as_ref().and_then(|report| report.aggregated.as_ref()).filter(|_| order.is_some());
        let taken = |take: fn(&Aggregated) -> u64| aggregated.map(take).unwrap_or_default();
        let of = |take: fn(&BudgetReport) -> u64| said.as_ref().map(take).unwrap_or_default();
        Self {
            cluster: one.cluster,
            limit: one.order.limit,
            from: order.as_ref().map(|order| order.from),
            labels: order.as_ref().map(|order| order.labels.clone()).unwrap_or_default(),
            ordered_at: one.ordered_at,
            heard_at,
            fresh: one.fresh,
            state: said.as_ref().map(|report| word(&report.state)),
            since: said.as_ref().map(|report| report.since),
            kept_limit: said.as_ref().map(|report| report.limit),
            active: said.as_ref().map(|report| report.active),
            why: said.as_ref().map(|report| report.why.clone()).unwrap_or_default(),
            refused_series: said.as_ref().map(|report| report.refused_series).unwrap_or_default(),
            refused_samples: of(|report| report.refused_samples),
            let_through: of(|report| report.let_through),
            refused: said.iter().flat_map(|report| &report.refused).map(RefusedSeries::from).collect(),
            aggregating_since: aggregated.map(|aggregated| aggregated.since),
            inputs: taken(|aggregated| aggregated.inputs),
            outputs: taken(|aggregated| aggregated.outputs),
            aggregated_samples: taken(|aggregated| aggregated.samples),
            late_samples: taken(|aggregated| aggregated.late_samples),
            kept: aggregated.into_iter().flat_map(|aggregated| &aggregated.kept).map(KeptMetric::from).collect(),
        }
    }
}

/// The word as it came.
fn word(state: &BudgetActing) -> String {
    match state {
        BudgetActing::Watching => "watching".to_owned(),
        BudgetActing::Learning => "learning".to_owned(),
        BudgetActing::LettingThrough => "letting_through".to_owned(),
        BudgetActing::Aggregating => "aggregating".to_owned(),
        BudgetActing::Refusing => "refusing".to_owned(),
        BudgetActing::Unable => "unable".to_owned(),
        BudgetActing::Other(word) => word.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_wire() {
        let all = [
            BudgetActing::Watching,
            BudgetActing::Learning,
            BudgetActing::LettingThrough,
            BudgetActing::Aggregating,
            BudgetActing::Refusing,
            BudgetActing::Unable,
            BudgetActing::Other("melting".into()),
        ];
        for state in all {
            assert_eq!(serde_json::json!(word(&state)), serde_json::json!(state));
        }
    }
}
