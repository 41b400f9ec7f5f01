//! Silence changes states: clusters that did not report for too long become late, then offline.

use std::time::Instant;

use flagstaff_model::cluster_state::{LATE_INTERVALS, OFFLINE_INTERVALS};
use jiff::{SignedDuration, Timestamp};

use super::lead::WORKER;
use crate::app::{App, Error, state};
use crate::store::listing::{self, Filter};
use crate::store::{cluster, hub, term};

/// Clusters written in one transaction.
const BATCH: i64 = 200;

/// Looks over all silent clusters once. False when the term is over and nothing was written.
pub(super) async fn assess(app: &App, led: i64, now: Timestamp) -> Result<bool, Error> {
    let begun = Instant::now();
    let every = app.every_seconds();
    let ago = |intervals: i64| now - SignedDuration::from_secs(every * intervals);
    loop {
        let mut tx = app.pool.begin().await?;
        if !term::holds(&mut tx, WORKER, led).await? {
            return Ok(false);
        }
        // Nobody could report while no hub was there: silence counts from when one was.
        let gap = f64::from(u32::try_from(every * 2).unwrap_or(u32::MAX)).max(15.0);
        let since = hub::alive(&mut tx, now, gap).await?;
        let before = |intervals| if since <= ago(intervals) { ago(intervals) } else { Timestamp::UNIX_EPOCH };
        let silent = cluster::lock_silent(&mut tx, before(LATE_INTERVALS), before(OFFLINE_INTERVALS), BATCH).await?;
        for row in &silent {
            state::settle(&mut tx, row, now, Some(since), every).await?;
        }
        tx.commit().await?;
        if !silent.is_empty() {
            app.feed.wake();
        }
        if i64::try_from(silent.len()).unwrap_or(i64::MAX) < BATCH {
            break;
        }
    }
    let counts = listing::counts(&mut *app.pool.acquire().await?, &Filter::default()).await?;
    app.metrics.clusters(&counts);
    app.metrics.assessed_seconds.set(begun.elapsed().as_secs_f64());
    Ok(true)
}
