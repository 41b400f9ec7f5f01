//! What people and programs see of a budget's orders: what each cluster was ordered, and how its meter stands to that.

use flagstaff_model::wire::{BudgetActing, BudgetReport};
use jiff::Timestamp;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::refusing::{self, Ordered, RefusedSeries};
use crate::app::Error;
use crate::app::attention::Named;

/// A cluster's part of a budget.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BudgetOrdered {
    /// The cluster.
    pub cluster: Named,
    /// Series that it may have: its part of the hard limit.
    pub limit: u64,
    /// Since when it is ordered so.
    pub ordered_at: Timestamp,
    /// When its meter last said how it stands to this budget; null where none did.
    pub heard_at: Option<Timestamp>,
    /// Whether that still says how it is.
    pub fresh: bool,
    /// `watching`, `learning`, `letting_through`, `refusing`, `unable`, or a word of a newer meter; null where it said nothing.
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
        let of = |take: fn(&BudgetReport) -> u64| said.as_ref().map(take).unwrap_or_default();
        Self {
            cluster: one.cluster,
            limit: one.order.limit,
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
