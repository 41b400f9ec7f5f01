//! Who did what, when and why: append only.

use jiff_sqlx::{Timestamp as At, ToSqlx};
use sqlx::PgConnection;

use crate::context::OpContext;

/// One entry.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// Grows with time.
    pub id: i64,
    /// When.
    pub at: At,
    /// Who.
    pub who: String,
    /// What, such as `cluster.remove`.
    pub action: String,
    /// To what.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// `done`, or the code of the refusal.
    pub outcome: String,
    /// Names the request in the log.
    pub request_id: String,
    /// The transaction that wrote it.
    pub xid: i64,
}

/// What is written beside who and when.
pub struct Entry<'a> {
    /// Who, where that is not who makes the call.
    pub who: Option<&'a str>,
    /// What, such as `cluster.remove`.
    pub action: &'a str,
    /// To what.
    pub subject: &'a str,
    /// Why.
    pub reason: &'a str,
    /// `done`, or the code of the refusal.
    pub outcome: &'a str,
}

/// Writes an entry, in the transaction of what it tells of.
pub async fn insert(connection: &mut PgConnection, op: &OpContext, entry: &Entry<'_>) -> Result<(), sqlx::Error> {
    // The transaction has its number before the entry has its id: so no id below a sealed one can appear later.
    sqlx::query!(
        "WITH this AS MATERIALIZED (SELECT pg_current_xact_id()::text::bigint AS xid)
         INSERT INTO audit (at, who, action, subject, reason, outcome, request_id, xid)
         SELECT $1, $2, $3, $4, $5, $6, $7, this.xid FROM this",
        op.at.to_sqlx(),
        entry.who.unwrap_or(op.who.name()),
        entry.action,
        entry.subject,
        entry.reason,
        entry.outcome,
        op.request_id
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Entries, newest first, those before the id `before`.
pub async fn page(
    connection: &mut PgConnection,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditRow>, sqlx::Error> {
    sqlx::query_as!(
        AuditRow,
        "SELECT * FROM audit WHERE ($1::bigint IS NULL OR id < $1) ORDER BY id DESC LIMIT $2",
        before,
        limit
    )
    .fetch_all(connection)
    .await
}
