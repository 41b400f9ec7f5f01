//! Looks at all budgets once: what the meters say now, and what that makes of each.

use jiff::Timestamp;

use super::look::Look;
use super::settle::{HUB, settle};
use super::state::{BudgetState, decide};
use super::{order, with_places};
use crate::app::series::fleet_now;
use crate::app::{App, Error};
use crate::context::{OpContext, Who};
use crate::store::{budget, term};

/// One round under a worker's term. False when the term is over and nothing was written.
pub async fn round(app: &App, led: i64, worker: &str, now: Timestamp) -> Result<bool, Error> {
    let (ids, fleet) = {
        let mut connection = app.pool.acquire().await?;
        let ids: Vec<String> = budget::list(&mut connection).await?.into_iter().map(|row| row.id).collect();
        if ids.is_empty() {
            return Ok(term::holds(&mut connection, worker, led).await?);
        }
        (ids, fleet_now(app, &mut connection, now).await?)
    };
    app.budgets.retain(&ids);
    let op = OpContext { who: Who::Nobody, request_id: String::new(), at: now };
    let mut changed = false;
    // One transaction each: somebody who edits a budget waits for that one only.
    for id in ids {
        let mut tx = app.pool.begin().await?;
        if !term::holds(&mut tx, worker, led).await? {
            return Ok(false);
        }
        let Some(row) = budget::lock(&mut tx, &id).await? else { continue };
        let Some(mut placed) = with_places(&mut tx, vec![row]).await?.pop() else { continue };
        let look = Look::at(&fleet, &placed.scope);
        // Where no cluster is any more, nobody will ever count again.
        let counted = match look.clusters.is_empty() {
            true => BudgetState::Unknown,
            false => decide(placed.row.counted(), look.series, look.misses(&placed.row.counting), &placed.row.limits()),
        };
        let told = settle(&mut tx, app, &op, &mut placed, (&fleet, &look), (counted, HUB)).await?;
        let ordered = order::give(&mut tx, &op, &placed, &fleet).await?;
        tx.commit().await?;
        changed |= ordered || told;
    }
    if changed {
        app.feed.wake();
    }
    Ok(true)
}
