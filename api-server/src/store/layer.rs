//! Layers of settings as people edit them.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use serde_json::Value;
use sqlx::PgConnection;

/// Number of the lock under which layers, changes of them and what clusters are released are written.
const LOCK: i64 = 0x6c61_7965_7273;

/// A row as it stands.
#[derive(Debug, Clone)]
pub struct LayerRow {
    /// `fleet`, `provider`, `region`, `group` or `cluster`.
    pub kind: String,
    /// `all` for the fleet, the id for a cluster.
    pub name: String,
    /// Of a group: labels that its clusters have.
    pub selector: Value,
    /// What it sets.
    pub content: Value,
    /// Another one with each edit.
    pub etag: String,
    /// Who edited it last.
    pub changed_by: String,
    /// When.
    pub changed_at: At,
}

/// What an edit writes.
pub struct NewLayer<'a> {
    /// Of a group.
    pub selector: &'a Value,
    /// What it sets.
    pub content: &'a Value,
    /// The new one.
    pub etag: &'a str,
    /// Who.
    pub who: &'a str,
    /// When.
    pub at: Timestamp,
}

/// Until this transaction ends nobody else writes layers or releases anything.
pub async fn alone(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", LOCK).execute(connection).await?;
    Ok(())
}

/// All of them.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<LayerRow>, sqlx::Error> {
    sqlx::query_as!(LayerRow, "SELECT * FROM layer ORDER BY kind, name").fetch_all(connection).await
}

/// One of them.
pub async fn get(connection: &mut PgConnection, kind: &str, name: &str) -> Result<Option<LayerRow>, sqlx::Error> {
    sqlx::query_as!(LayerRow, "SELECT * FROM layer WHERE kind = $1 AND name = $2", kind, name)
        .fetch_optional(connection)
        .await
}

/// Writes one, new or not.
pub async fn put(
    connection: &mut PgConnection,
    kind: &str,
    name: &str,
    new: &NewLayer<'_>,
) -> Result<LayerRow, sqlx::Error> {
    sqlx::query_as!(
        LayerRow,
        "INSERT INTO layer (kind, name, selector, content, etag, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (kind, name) DO UPDATE SET selector = $3, content = $4, etag = $5, changed_by = $6, changed_at = $7
         RETURNING *",
        kind,
        name,
        new.selector,
        new.content,
        new.etag,
        new.who,
        new.at.to_sqlx()
    )
    .fetch_one(connection)
    .await
}

/// Takes one away.
pub async fn delete(connection: &mut PgConnection, kind: &str, name: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM layer WHERE kind = $1 AND name = $2", kind, name).execute(connection).await?;
    Ok(())
}
