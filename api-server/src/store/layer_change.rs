//! Changes of layers on their way to clusters.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use serde_json::Value;
use sqlx::PgConnection;

/// A row as it stands.
#[derive(Debug, Clone)]
pub struct ChangeRow {
    /// Names it.
    pub id: String,
    /// The layer's kind.
    pub layer_kind: String,
    /// The layer's name.
    pub layer_name: String,
    /// Selector and content before; null where there was no such layer.
    pub before: Option<Value>,
    /// The same after.
    pub after: Option<Value>,
    /// The layer's after this change.
    pub etag: String,
    /// Who made it.
    pub who: String,
    /// Why.
    pub reason: String,
    /// Whether it goes to all at once.
    pub all_at_once: bool,
    /// The change that it takes back.
    pub undo_of: Option<String>,
    /// `running`, `frozen`, `halted`, `done` or `undone`.
    pub state: String,
    /// Why, in a sentence.
    pub state_message: String,
    /// Who brought it there.
    pub state_by: String,
    /// Since when.
    pub state_since: At,
    /// When it was made.
    pub created_at: At,
}

/// Writes a new one.
pub async fn insert(connection: &mut PgConnection, new: &ChangeRow) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO change (id, layer_kind, layer_name, before, after, etag, who, reason, all_at_once, undo_of, state, state_message,
           state_by, state_since, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        new.id,
        new.layer_kind,
        new.layer_name,
        new.before,
        new.after,
        new.etag,
        new.who,
        new.reason,
        new.all_at_once,
        new.undo_of,
        new.state,
        new.state_message,
        new.state_by,
        new.state_since as _,
        new.created_at as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// One of them.
pub async fn get(connection: &mut PgConnection, id: &str) -> Result<Option<ChangeRow>, sqlx::Error> {
    sqlx::query_as!(ChangeRow, "SELECT * FROM change WHERE id = $1", id).fetch_optional(connection).await
}

/// The newest, those that are open first.
pub async fn newest(connection: &mut PgConnection, limit: i64) -> Result<Vec<ChangeRow>, sqlx::Error> {
    sqlx::query_as!(
        ChangeRow,
        "SELECT * FROM change ORDER BY (state IN ('running', 'frozen', 'halted')) DESC, created_at DESC, id LIMIT $1",
        limit
    )
    .fetch_all(connection)
    .await
}

/// Those that are open: running, frozen or halted; oldest first.
pub async fn open(connection: &mut PgConnection) -> Result<Vec<ChangeRow>, sqlx::Error> {
    sqlx::query_as!(
        ChangeRow,
        "SELECT * FROM change WHERE state IN ('running', 'frozen', 'halted') ORDER BY created_at, id"
    )
    .fetch_all(connection)
    .await
}

/// Those that are done and still have clusters to catch up.
pub async fn catching_up(connection: &mut PgConnection) -> Result<Vec<ChangeRow>, sqlx::Error> {
    sqlx::query_as!(
        ChangeRow,
        "SELECT * FROM change c WHERE state = 'done' AND EXISTS (
           SELECT FROM change_cluster m WHERE m.change_id = c.id AND m.state IN ('waiting', 'released', 'offline'))
         ORDER BY created_at, id"
    )
    .fetch_all(connection)
    .await
}

/// Brings one to a state.
pub async fn set_state(
    connection: &mut PgConnection,
    id: &str,
    state: &str,
    message: &str,
    by: &str,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE change SET state = $2, state_message = $3, state_by = $4, state_since = $5 WHERE id = $1",
        id,
        state,
        message,
        by,
        at.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The one that took this one back, if any.
pub async fn undone_by(connection: &mut PgConnection, id: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT id FROM change WHERE undo_of = $1 ORDER BY created_at DESC LIMIT 1", id)
        .fetch_optional(connection)
        .await
}
