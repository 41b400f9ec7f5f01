//! Messages on their way: one to one address, tried until it is taken or its time is over.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use serde_json::Value;
use sqlx::PgConnection;

/// A row as it stands.
#[derive(Debug, Clone)]
pub struct NoticeRow {
    /// Names it; a receiver that sees it twice has to read it once.
    pub id: String,
    /// Of which budget.
    pub budget_id: String,
    /// Of which change.
    pub event_id: i64,
    /// To which target; none for an owner's e-mail address.
    pub target_id: Option<String>,
    /// `webhook` or `email`.
    pub kind: String,
    /// To whom, as it may be shown.
    pub address: String,
    /// What is said.
    pub message: Value,
    /// `waiting`, `delivered` or `given_up`.
    pub state: String,
    /// How often it was tried.
    pub tries: i32,
    /// When it was made.
    pub created_at: At,
    /// When it is tried next.
    pub next_at: At,
    /// When it is given up.
    pub until_at: At,
    /// When it was taken.
    pub delivered_at: Option<At>,
    /// Why it was not taken last.
    pub last_failure: Option<String>,
}

/// Writes a new one. One of the same change to the same address is there already: nothing is written.
pub async fn insert(connection: &mut PgConnection, new: &NoticeRow) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO notice (id, budget_id, event_id, target_id, kind, address, message, state, created_at, next_at, until_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, $10) ON CONFLICT DO NOTHING",
        new.id,
        new.budget_id,
        new.event_id,
        new.target_id,
        new.kind,
        new.address,
        new.message,
        new.created_at as _,
        new.next_at as _,
        new.until_at as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whose turn it is: of each budget to each address the oldest, so that none overtakes another one.
pub async fn due(connection: &mut PgConnection, now: Timestamp, limit: i64) -> Result<Vec<NoticeRow>, sqlx::Error> {
    sqlx::query_as!(
        NoticeRow,
        r#"SELECT id AS "id!", budget_id AS "budget_id!", event_id AS "event_id!", target_id, kind AS "kind!", address AS "address!",
             message AS "message!", state AS "state!", tries AS "tries!", created_at AS "created_at!", next_at AS "next_at!",
             until_at AS "until_at!", delivered_at, last_failure
           FROM (SELECT DISTINCT ON (budget_id, target_id, address) * FROM notice WHERE state = 'waiting'
                 ORDER BY budget_id, target_id, address, event_id) AS oldest
           WHERE next_at <= $1 ORDER BY next_at LIMIT $2"#,
        now.to_sqlx() as _,
        limit
    )
    .fetch_all(connection)
    .await
}

/// Writes how a try went.
pub async fn tried(connection: &mut PgConnection, row: &NoticeRow) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE notice SET state = $2, tries = $3, next_at = $4, delivered_at = $5, last_failure = $6 WHERE id = $1",
        row.id,
        row.state,
        row.tries,
        row.next_at as _,
        row.delivered_at as _,
        row.last_failure
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Those of one budget, newest first, at most a hundred.
pub async fn of(connection: &mut PgConnection, budget_id: &str) -> Result<Vec<NoticeRow>, sqlx::Error> {
    sqlx::query_as!(
        NoticeRow,
        "SELECT * FROM notice WHERE budget_id = $1 ORDER BY event_id DESC, address LIMIT 100",
        budget_id
    )
    .fetch_all(connection)
    .await
}

/// Forgets those made before then that are not on their way any more.
pub async fn forget(connection: &mut PgConnection, before: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM notice WHERE created_at < $1 AND state <> 'waiting'", before.to_sqlx() as _)
        .execute(connection)
        .await?;
    Ok(())
}
