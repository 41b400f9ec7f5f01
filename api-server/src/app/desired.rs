//! What is wanted of a cluster, held until there is something newer.

use std::time::Duration;

use flagstaff_model::wire::{BudgetOrder, DesiredAnswer, DesiredQuery, Removal, Settings};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use super::layer_change::release;
use super::{App, Change, Error, budget, status};
use crate::context::OpContext;
use crate::store::cluster::{self, ClusterRow};
use crate::store::cluster_settings;

/// No question is held longer.
const HELD: u64 = 300;

/// The answer, or nothing when the wait was over first. No connection to Postgres is held meanwhile.
pub async fn desired(
    app: &App,
    op: &OpContext,
    credential: &[u8],
    query: &DesiredQuery,
) -> Result<Option<DesiredAnswer>, Error> {
    let _place = app.gate.held()?;
    let until = Instant::now() + Duration::from_secs(query.wait_seconds.unwrap_or(0).min(HELD));
    // Listening begins before the first look: nothing falls in between.
    let mut changes = app.feed.listen();
    loop {
        let mut row = read(app, op, credential).await?;
        let mut settings = released(app, &row).await?;
        if row.accepted && row.removal_order_id.is_none() && settings.is_none() {
            release::welcome(app, &row.id, op.at).await?;
            row = read(app, op, credential).await?;
            settings = released(app, &row).await?;
        }
        let mut answer = answer(app, op, &row);
        if answer.epoch != query.epoch || answer.generation != query.generation {
            answer.settings = settings;
            answer.budgets = ordered(app, &row).await?;
            return Ok(Some(answer));
        }
        loop {
            let change = tokio::select! {
                () = tokio::time::sleep_until(until) => return Ok(None),
                () = app.ending.cancelled() => return Ok(None),
                change = changes.recv() => change,
            };
            match change {
                Ok(Change::Cluster(cluster)) if cluster.id == row.id && cluster.generation != row.generation => break,
                Ok(Change::Gone { id }) if *id == *row.id => break,
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return Ok(None),
            }
        }
    }
}

async fn read(app: &App, op: &OpContext, credential: &[u8]) -> Result<ClusterRow, Error> {
    let mut connection = app.pool.acquire().await?;
    let row = cluster::by_credential(&mut connection, credential).await?.ok_or(Error::CredentialUnknown)?;
    if row.next_credential_sha256.as_deref() != Some(credential) {
        return Ok(row);
    }
    status::promote(&mut connection, op, &row, credential).await?;
    cluster::by_credential(&mut connection, credential).await?.ok_or(Error::CredentialUnknown)
}

/// What it was released last; nothing before a person accepted it.
async fn released(app: &App, row: &ClusterRow) -> Result<Option<Settings>, Error> {
    if !row.accepted {
        return Ok(None);
    }
    let found = cluster_settings::get(&mut *app.pool.acquire().await?, &row.id).await?;
    let read = found.map(serde_json::from_value).transpose();
    read.map_err(|error| Error::Internal(error.into()))
}

/// What budgets order it, which may be nothing; nothing is said before a person accepted it.
async fn ordered(app: &App, row: &ClusterRow) -> Result<Option<Vec<BudgetOrder>>, Error> {
    if !row.accepted {
        return Ok(None);
    }
    Ok(Some(budget::orders_of(&mut *app.pool.acquire().await?, &row.id).await?))
}

fn answer(app: &App, op: &OpContext, row: &ClusterRow) -> DesiredAnswer {
    DesiredAnswer {
        epoch: app.epoch.clone(),
        generation: u64::try_from(row.generation).unwrap_or_default(),
        accepted: row.accepted,
        rotate_credential: status::wants_rotation(row, op.at),
        removal: row.removal_order_id.clone().map(|order_id| Removal { cluster_uid: row.uid.clone(), order_id }),
        status_every_seconds: app.status_every_seconds,
        settings: None,
        budgets: None,
    }
}
