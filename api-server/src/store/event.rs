//! Timelines: what happened to each cluster, append only.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use sqlx::PgConnection;

/// One entry.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Whose timeline.
    pub cluster_id: String,
    /// Grows with time.
    pub id: i64,
    /// When.
    pub at: At,
    /// What, in a word.
    pub kind: String,
    /// `ok`, `warn`, `bad`, `unknown`, `busy` or `off`.
    pub tone: String,
    /// What, in a sentence.
    pub sentence: String,
    /// Who did it.
    pub who: String,
    /// Why.
    pub reason: String,
    /// The transaction that wrote it.
    pub xid: i64,
}

/// An entry to be written.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    /// What, in a word.
    pub kind: &'a str,
    /// `ok`, `warn`, `bad`, `unknown`, `busy` or `off`.
    pub tone: &'a str,
    /// What, in a sentence.
    pub sentence: String,
    /// Who did it.
    pub who: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// Writes an entry, in the transaction of what it tells of.
pub async fn insert(
    connection: &mut PgConnection,
    cluster_id: &str,
    at: Timestamp,
    new: &NewEvent<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO event (cluster_id, at, kind, tone, sentence, who, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        cluster_id,
        at.to_sqlx(),
        new.kind,
        new.tone,
        new.sentence,
        new.who,
        new.reason
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// When an entry of this kind was last written.
pub async fn last(
    connection: &mut PgConnection,
    cluster_id: &str,
    kind: &str,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let at = sqlx::query_scalar!(
        "SELECT at FROM event WHERE cluster_id = $1 AND kind = $2 ORDER BY id DESC LIMIT 1",
        cluster_id,
        kind
    )
    .fetch_optional(connection)
    .await?;
    Ok(at.map(|at| at.to_jiff()))
}

/// A cluster's entries, newest first, those before the id `before`.
pub async fn page(
    connection: &mut PgConnection,
    cluster_id: &str,
    kind: Option<&str>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<EventRow>, sqlx::Error> {
    sqlx::query_as!(
        EventRow,
        "SELECT * FROM event WHERE cluster_id = $1 AND ($2::text IS NULL OR kind = $2) AND ($3::bigint IS NULL OR id < $3)
         ORDER BY id DESC LIMIT $4",
        cluster_id,
        kind,
        before,
        limit
    )
    .fetch_all(connection)
    .await
}
