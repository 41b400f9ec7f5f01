//! A person stops a change, lets it go on, or takes it back.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::release::{self, Standing};
use super::{LayerChangeDetail, of, step, unknown};
use crate::app::layer::edit::{self, Edit, Pace};
use crate::app::{App, Error};
use crate::context::{OpContext, Role};
use crate::store::audit::{self, Entry};
use crate::store::event::{self, NewEvent};
use crate::store::layer::{self, NewLayer};
use crate::store::layer_change::{self, ChangeRow};
use crate::store::{cluster_settings, layer_member};

/// Why a change is steered; for undoing one that is done, also how the way back goes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Turn {
    /// For the audit log; may be given afterwards.
    pub reason: String,
    /// Undo only: to all clusters at once, instead of in batches.
    pub all_at_once: bool,
    /// The number of clusters, with `all_at_once`.
    pub typed_count: Option<i64>,
}

/// Stops it: nothing more is released until it is resumed. Again changes nothing.
pub async fn freeze(app: &App, op: &OpContext, id: &str, reason: &str) -> Result<LayerChangeDetail, Error> {
    let (mut tx, change) = take(app, op, id).await?;
    match change.state.as_str() {
        "running" => halt(&mut tx, op, &change, reason).await?,
        "frozen" | "halted" => {}
        state => return Err(conflict(&change, &format!("is {state}: nothing of it is on its way"))),
    }
    end(app, tx, id).await
}

/// Stops all that run. Returns how many.
pub async fn freeze_all(app: &App, op: &OpContext, reason: &str) -> Result<usize, Error> {
    op.needs(Role::Operator)?;
    let mut tx = app.pool.begin().await?;
    layer::alone(&mut tx).await?;
    let open = layer_change::open(&mut tx).await?;
    let running: Vec<&ChangeRow> = open.iter().filter(|change| change.state == "running").collect();
    for change in &running {
        halt(&mut tx, op, change, reason).await?;
    }
    tx.commit().await?;
    Ok(running.len())
}

async fn halt(connection: &mut PgConnection, op: &OpContext, change: &ChangeRow, reason: &str) -> Result<(), Error> {
    layer_change::set_state(connection, &change.id, "frozen", reason, op.who.name(), op.at).await?;
    note(connection, op, "change.freeze", change, reason).await
}

/// Lets one that was frozen or halted go on.
pub async fn resume(app: &App, op: &OpContext, id: &str, reason: &str) -> Result<LayerChangeDetail, Error> {
    let (mut tx, change) = take(app, op, id).await?;
    match change.state.as_str() {
        "frozen" | "halted" => {
            layer_change::set_state(&mut tx, id, "running", reason, op.who.name(), op.at).await?;
            note(&mut tx, op, "change.resume", &change, reason).await?;
        }
        "running" => {}
        state => return Err(conflict(&change, &format!("is {state}"))),
    }
    end(app, tx, id).await
}

/// Takes it back. One that is still open returns at once what it had released; one that is done is undone by another change, in batches.
pub async fn undo(app: &App, op: &OpContext, id: &str, turn: &Turn) -> Result<LayerChangeDetail, Error> {
    let (mut tx, change) = take(app, op, id).await?;
    match change.state.as_str() {
        "running" | "frozen" | "halted" => {
            return_at_once(&mut tx, op, &change, &turn.reason).await?;
            note(&mut tx, op, "change.undo", &change, &turn.reason).await?;
            end(app, tx, id).await
        }
        "undone" => end(app, tx, id).await,
        _ => {
            let now = layer::get(&mut tx, &change.layer_kind, &change.layer_name).await?;
            if now.map(|row| row.etag).unwrap_or_default() != change.etag {
                return Err(conflict(
                    &change,
                    "is not the layer's newest any more: undo the newer ones first, or edit the layer",
                ));
            }
            if turn.reason.trim().is_empty() {
                return Err(Error::invalid("To undo a change that is done needs a reason."));
            }
            let edit = Edit {
                kind: &change.layer_kind,
                name: &change.layer_name,
                to: change.before.clone(),
                reason: &turn.reason,
                undo_of: Some(&change.id),
                pace: Pace { all_at_once: turn.all_at_once, typed_count: turn.typed_count },
            };
            let made = edit::make(&mut tx, op, &edit).await?;
            note(&mut tx, op, "change.undo", &change, &turn.reason).await?;
            end(app, tx, &made.change.id).await
        }
    }
}

/// The layer is as it was, and every cluster that had been released the change has what it had.
async fn return_at_once(
    connection: &mut PgConnection,
    op: &OpContext,
    change: &ChangeRow,
    reason: &str,
) -> Result<(), Error> {
    let (kind, name) = (change.layer_kind.as_str(), change.layer_name.as_str());
    match &change.before {
        None => layer::delete(connection, kind, name).await?,
        Some(before) => {
            let (selector, content) = (&before["selector"], &before["content"]);
            let etag = before["etag"].as_str().unwrap_or_default();
            let new = NewLayer { selector, content, etag, who: op.who.name(), at: op.at };
            layer::put(connection, kind, name, &new).await?;
        }
    }
    layer_change::set_state(connection, &change.id, "undone", reason, op.who.name(), op.at).await?;
    let standing = Standing::read(connection).await?;
    for member in layer_member::of(connection, &change.id).await? {
        let Some(target) = cluster_settings::target(connection, &member.cluster_id).await? else { continue };
        let message = if member.revision.is_some() {
            release::give(connection, &target, &standing.for_cluster(&target.id, None), op.at).await?;
            let sentence = format!("The change of {} was undone: it has what it had.", release::subject(change));
            let who = op.who.name();
            let new = NewEvent { kind: "settings_returned", tone: "ok", sentence, who, reason };
            event::insert(connection, &target.id, op.at, &new).await?;
            "It was released to it, and undone."
        } else {
            "It was never released to it."
        };
        layer_member::set_state(connection, &member, step::state::SKIPPED, message, op.at).await?;
    }
    Ok(())
}

async fn take<'a>(
    app: &'a App,
    op: &OpContext,
    id: &str,
) -> Result<(sqlx::Transaction<'a, sqlx::Postgres>, ChangeRow), Error> {
    op.needs(Role::Operator)?;
    let mut tx = app.pool.begin().await?;
    layer::alone(&mut tx).await?;
    let change = layer_change::get(&mut tx, id).await?.ok_or_else(|| unknown(id))?;
    Ok((tx, change))
}

async fn end(app: &App, mut tx: sqlx::Transaction<'_, sqlx::Postgres>, id: &str) -> Result<LayerChangeDetail, Error> {
    let row = layer_change::get(&mut tx, id).await?.ok_or_else(|| unknown(id))?;
    let shown = of(&mut tx, row).await?;
    tx.commit().await?;
    app.feed.wake();
    Ok(shown)
}

async fn note(
    connection: &mut PgConnection,
    op: &OpContext,
    action: &str,
    change: &ChangeRow,
    reason: &str,
) -> Result<(), Error> {
    let subject = format!("{} {}", release::subject(change), change.id);
    let entry = Entry { who: None, action, subject: &subject, reason, outcome: "done" };
    Ok(audit::insert(connection, op, &entry).await?)
}

fn conflict(change: &ChangeRow, why: &str) -> Error {
    Error::Conflict { detail: format!("The change {} of {} {why}.", change.id, release::subject(change)) }
}
