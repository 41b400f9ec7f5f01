//! One replica leads: it holds a lock on a connection of its own, and writes under a term that only the newest leader has.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

use super::{assess, audit_seal, budget, keep, release, series, series_keep};
use crate::app::{App, Error};
use crate::store::{self, term};

/// The name of the term, and the number of its lock.
pub(super) const WORKER: &str = "cluster_state";
const LOCK: i64 = 0x666c_6167_7374_6166;
const TRY_AGAIN: Duration = Duration::from_secs(2);
/// How often minutes become hours, and what is old is forgotten.
const KEEP: Duration = Duration::from_secs(60);

/// Tries to lead until the hub ends.
pub async fn run(app: Arc<App>, options: PgConnectOptions) {
    let options = store::with_limits(options);
    while !app.ending.is_cancelled() {
        if let Err(error) = lead(&app, &options).await {
            tracing::warn!("the workers stopped: {error}");
        }
        app.metrics.leads.set(0);
        tokio::select! {
            () = tokio::time::sleep(TRY_AGAIN) => {}
            () = app.ending.cancelled() => {}
        }
    }
}

/// Leads while the lock, the term and the database are there.
async fn lead(app: &Arc<App>, options: &PgConnectOptions) -> Result<(), Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    if !term::try_lock(&mut connection, LOCK).await? {
        return Ok(());
    }
    let term = term::begin(&mut connection, WORKER).await?;
    tracing::info!(term, "leads the workers");
    app.metrics.leads.set(1);
    // Stores may be slow, and nothing here waits for them; it ends with the lead.
    let mut beside = tokio::task::JoinSet::new();
    beside.spawn(series::run(app.clone(), term));
    beside.spawn(series_keep::run(app.clone(), term));
    beside.spawn(budget::look(app.clone(), term));
    beside.spawn(budget::tell(app.clone(), term));
    // A tenth of an interval, but neither idle nor busy for nothing.
    let pause = Duration::from_millis((app.status_every_seconds * 100).clamp(250, 5000));
    let mut kept = None;
    loop {
        // The lock lives as long as its connection.
        connection.ping().await?;
        let led = assess::assess(app, term, Timestamp::now()).await?;
        if !led || !release::release(app, term, Timestamp::now()).await? {
            tracing::info!(term, "another replica leads");
            return Ok(());
        }
        audit_seal::all(app, term, Timestamp::now()).await?;
        if kept.is_none_or(|at: tokio::time::Instant| at.elapsed() >= KEEP) {
            keep::keep(app, term, Timestamp::now()).await?;
            kept = Some(tokio::time::Instant::now());
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.ending.cancelled() => return Ok(connection.close().await?),
        }
    }
}
