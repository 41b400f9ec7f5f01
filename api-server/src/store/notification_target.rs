//! Whom to tell of budgets; of a webhook's URL and secret only what is sealed.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use sqlx::PgConnection;

/// A row as it stands.
#[derive(Clone)]
pub struct NotificationTargetRow {
    /// Names it.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// `webhook` or `email`.
    pub kind: String,
    /// An e-mail address; of a webhook what may be shown of its URL.
    pub address: String,
    /// A webhook's URL and secret, sealed.
    pub sealed: Option<Vec<u8>>,
    /// Of budgets for this provider.
    pub provider: Option<String>,
    /// Of budgets for this region.
    pub region: Option<String>,
    /// Of budgets for this cluster.
    pub cluster_id: Option<String>,
    /// Of budgets for this team.
    pub team: Option<String>,
    /// Of budgets for this metric.
    pub metric: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: At,
    /// When it last took something.
    pub last_delivered_at: Option<At>,
    /// When it last did not.
    pub last_failed_at: Option<At>,
    /// Why not, in a sentence.
    pub last_failure: Option<String>,
}

impl NotificationTargetRow {
    /// What its URL and secret are sealed for: they open in this row only.
    pub fn purpose(id: &str) -> String {
        format!("notification target {id}")
    }
}

/// A new one. False when the name is taken.
pub async fn insert(connection: &mut PgConnection, row: &NotificationTargetRow) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO notification_target (id, name, kind, address, sealed, provider, region, cluster_id, team, metric, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (name) DO NOTHING",
        row.id,
        row.name,
        row.kind,
        row.address,
        row.sealed,
        row.provider,
        row.region,
        row.cluster_id,
        row.team,
        row.metric,
        row.created_by,
        row.created_at as _
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes one, and what waits for it.
pub async fn delete(connection: &mut PgConnection, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM notification_target WHERE id = $1", id).execute(connection).await?;
    Ok(())
}

/// One of them.
pub async fn get(connection: &mut PgConnection, id: &str) -> Result<Option<NotificationTargetRow>, sqlx::Error> {
    sqlx::query_as!(NotificationTargetRow, "SELECT * FROM notification_target WHERE id = $1", id)
        .fetch_optional(connection)
        .await
}

/// All of them by name.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<NotificationTargetRow>, sqlx::Error> {
    sqlx::query_as!(NotificationTargetRow, "SELECT * FROM notification_target ORDER BY name")
        .fetch_all(connection)
        .await
}

/// It took something.
pub async fn delivered(connection: &mut PgConnection, id: &str, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE notification_target SET last_delivered_at = greatest(last_delivered_at, $2) WHERE id = $1",
        id,
        at.to_sqlx() as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// It did not; `failure` is a sentence without a secret.
pub async fn failed(connection: &mut PgConnection, id: &str, at: Timestamp, failure: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE notification_target SET last_failed_at = $2, last_failure = $3 WHERE id = $1",
        id,
        at.to_sqlx() as _,
        failure
    )
    .execute(connection)
    .await?;
    Ok(())
}
