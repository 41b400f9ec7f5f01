//! Follows what changes in the database, whichever replica wrote it, and tells it to whoever listens here.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::app::budget::{self, BudgetChange};
use crate::app::view::{self, Event};
use crate::app::{App, Change, Error};
use crate::store::change;

/// Between two looks, when this replica writes nothing itself; and at least, when it writes all the time.
const LOOK: Duration = Duration::from_secs(1);
const BREATH: Duration = Duration::from_millis(300);

/// What was seen, so that nothing is told twice: the next look overlaps with this one.
#[derive(Default)]
struct Seen {
    /// Everything of transactions before this one is seen.
    horizon: i64,
    clusters: BTreeMap<String, i64>,
    events: BTreeMap<i64, i64>,
    budgets: BTreeMap<String, i64>,
}

/// Runs until the hub ends.
pub async fn run(app: Arc<App>) {
    let mut seen: Option<Seen> = None;
    while !app.ending.is_cancelled() {
        tokio::select! {
            () = app.feed.woken() => {}
            () = tokio::time::sleep(LOOK) => {}
            () = app.ending.cancelled() => return,
        }
        if let Err(error) = look(&app, &mut seen).await {
            // What was written meanwhile is seen by a later look.
            tracing::warn!("cannot see what changes: {error}");
            tokio::time::sleep(LOOK).await;
        }
        tokio::time::sleep(BREATH).await;
    }
}

async fn look(app: &App, seen: &mut Option<Seen>) -> Result<(), Error> {
    let mut connection = app.pool.acquire().await?;
    let horizon = change::horizon(&mut connection).await?;
    let Some(seen) = seen else {
        *seen = Some(Seen { horizon, ..Seen::default() });
        return Ok(());
    };
    let rows = change::clusters(&mut connection, seen.horizon).await?;
    let new: Vec<_> = rows.into_iter().filter(|row| seen.clusters.get(&row.id) != Some(&row.xid)).collect();
    let events = change::events(&mut connection, seen.horizon).await?;
    let budgets = change::budgets(&mut connection, seen.horizon).await?;
    let budgets =
        budgets.into_iter().filter(|row| seen.budgets.insert(row.id.clone(), row.xid) != Some(row.xid)).collect();
    let budgets = budget::labels_of(&mut connection, budgets).await?;
    let (gone, there): (Vec<_>, Vec<_>) = new.into_iter().partition(|row| row.removed_at.is_some());
    let shown = view::clusters(&mut connection, &there, Timestamp::now()).await?;
    drop(connection);
    for row in there.iter().chain(&gone) {
        seen.clusters.insert(row.id.clone(), row.xid);
    }
    for cluster in shown {
        app.feed.tell(Change::Cluster(cluster));
    }
    for row in events {
        if seen.events.insert(row.id, row.xid).is_none() {
            let cluster_id = row.cluster_id.as_str().into();
            app.feed.tell(Change::Timeline { cluster_id, event: Arc::new(Event::from(row)) });
        }
    }
    for row in gone {
        app.feed.tell(Change::Gone { id: row.id.as_str().into() });
    }
    for (row, labels) in budgets {
        app.feed.tell(Change::Budget { budget: Arc::new(BudgetChange::from(&row)), labels: Arc::new(labels) });
    }
    seen.horizon = horizon;
    seen.clusters.retain(|_, xid| *xid >= horizon);
    seen.budgets.retain(|_, xid| *xid >= horizon);
    seen.events.retain(|_, xid| *xid >= horizon);
    Ok(())
}
