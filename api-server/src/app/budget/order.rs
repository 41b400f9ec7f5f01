//! The orders of a budget: what each of its clusters' meters is to keep, written where it changes.

use std::collections::BTreeMap;

use flagstaff_model::wire::{AggregateOrder, BudgetOrder};
use sqlx::PgConnection;

use super::Placed;
use super::act::BudgetAct;
use super::allot::{Part, anew};
use super::look::filter;
use crate::app::Error;
use crate::app::series::FleetNow;
use crate::context::OpContext;
use crate::store::budget::BudgetRow;
use crate::store::budget_order::{self, BudgetOrderRow};

/// Orders what follows from what a look found. Whether a cluster has other orders than before.
pub(super) async fn give(
    connection: &mut PgConnection,
    op: &OpContext,
    placed: &Placed,
    fleet: &FleetNow,
) -> Result<bool, Error> {
    let id = &placed.row.id;
    if placed.row.act() == BudgetAct::Watch {
        return take(connection, id).await;
    }
    let last = placed.row.hard_series.unwrap_or(placed.row.soft_series);
    let known = known(connection, id).await?;
    let filter = filter(&placed.scope);
    let clusters: Vec<_> = fleet.within(None, &filter).collect();
    let parts: Vec<Part> = clusters
        .iter()
        .map(|cluster| Part {
            // A part of a series is a series: a limit is never below what there is.
            count: cluster.counts.as_ref().map(|counts| counts.sum(&filter).series.ceil() as u64),
            last: known.get(&cluster.id).map(|order| order.limit),
        })
        .collect();
    let limits = anew(u64::try_from(last).unwrap_or_default(), &parts)
        .unwrap_or_else(|| parts.iter().map(|part| part.last.unwrap_or_default()).collect());
    let mut orders = vec![];
    for (cluster, limit) in clusters.iter().zip(limits) {
        let order = BudgetOrder {
            id: id.clone(),
            name: placed.row.name.clone(),
            team: placed.scope.team.clone(),
            metric: placed.scope.metric.clone(),
            limit,
            act: placed.row.act().ordered(),
            aggregate: aggregate(&placed.row, limit),
        };
        if known.get(&cluster.id) != Some(&order) {
            let ordered = serde_json::to_value(&order).map_err(|error| Error::Internal(error.into()))?;
            orders.push(BudgetOrderRow { cluster_id: cluster.id.clone(), ordered });
        }
    }
    let gone: Vec<String> = known.into_keys().filter(|id| !clusters.iter().any(|cluster| cluster.id == *id)).collect();
    if !gone.is_empty() {
        budget_order::take(connection, id, &gone).await?;
    }
    if !orders.is_empty() {
        budget_order::give(connection, id, &orders, op.at).await?;
    }
    let mut others: Vec<String> = orders.into_iter().map(|order| order.cluster_id).collect();
    others.extend(gone);
    desire(connection, &others).await
}

/// What a cluster with this part is to aggregate away. It begins at as much of the part as the soft limit is of the hard one, so that it
/// changes only when the part does; at all of it where there is no hard limit.
fn aggregate(row: &BudgetRow, limit: u64) -> Option<AggregateOrder> {
    if row.aggregate_labels.is_empty() {
        return None;
    }
    let wide = |series: i64| u128::try_from(series).unwrap_or_default();
    let hard = row.hard_series.unwrap_or(row.soft_series);
    let from = (u128::from(limit) * wide(row.soft_series)).checked_div(wide(hard)).unwrap_or_default();
    // Not more than the limit, as no soft limit is above the hard one.
    Some(AggregateOrder { labels: row.aggregate_labels.clone(), from: u64::try_from(from).unwrap_or(limit) })
}

/// Takes all orders of a budget away. Whether there were any.
pub(super) async fn take(connection: &mut PgConnection, id: &str) -> Result<bool, Error> {
    let rows = budget_order::of_budget(connection, id).await?;
    let clusters: Vec<String> = rows.into_iter().map(|row| row.cluster_id).collect();
    if !clusters.is_empty() {
        budget_order::take(connection, id, &clusters).await?;
    }
    desire(connection, &clusters).await
}

/// What the budgets order a cluster.
pub(in crate::app) async fn orders_of(connection: &mut PgConnection, id: &str) -> Result<Vec<BudgetOrder>, Error> {
    budget_order::of_cluster(connection, id).await?.into_iter().map(read).collect()
}

async fn known(connection: &mut PgConnection, id: &str) -> Result<BTreeMap<String, BudgetOrder>, Error> {
    let rows = budget_order::of_budget(connection, id).await?;
    rows.into_iter().map(|row| Ok((row.cluster_id, read(row.ordered)?))).collect()
}

/// An order as it was kept.
pub(super) fn read(ordered: serde_json::Value) -> Result<BudgetOrder, Error> {
    serde_json::from_value(ordered).map_err(|error| Error::Internal(error.into()))
}

async fn desire(connection: &mut PgConnection, clusters: &[String]) -> Result<bool, Error> {
    if !clusters.is_empty() {
        budget_order::desire_anew(connection, clusters).await?;
    }
    Ok(!clusters.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::edit::empty;
    use super::*;

    fn row(soft: i64, hard: Option<i64>, labels: &[&str]) -> BudgetRow {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        BudgetRow {
            soft_series: soft,
            hard_series: hard,
            aggregate_labels: labels,
            ..empty(jiff::Timestamp::UNIX_EPOCH)
        }
    }

    fn from(soft: i64, hard: Option<i64>, limit: u64) -> u64 {
        aggregate(&row(soft, hard, &["pod"]), limit).expect("an order").from
    }

    #[test]
    fn a_part_begins_to_aggregate_where_its_budget_would_warn() {
        assert_eq!(from(900, Some(1000), 735), 661, "rounded down");
        assert_eq!(from(900, None, 735), 735);
        assert_eq!(from(1000, Some(1000), 735), 735);
        assert_eq!(from(1, Some(1_000_000_000_000), 10), 0);
        assert_eq!(aggregate(&row(900, Some(1000), &[]), 735), None);
        let order = aggregate(&row(900, None, &["pod", "instance"]), 5).expect("an order");
        assert_eq!(order.labels, ["pod", "instance"]);
    }

    proptest! {
        #[test]
        fn it_never_begins_past_the_part(soft in 1i64..1_000_000_000_000, more in prop::option::of(0i64..1_000_000_000_000), limit: u64) {
            let hard = more.map(|more| soft.saturating_add(more));
            prop_assert!(from(soft, hard, limit) <= limit);
        }
    }
}
