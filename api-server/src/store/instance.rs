//! Which leaders of an operator were seen.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use sqlx::PgConnection;

/// One leader.
#[derive(Debug, Clone)]
pub struct InstanceRow {
    /// Its own word for itself.
    pub id: String,
    /// When it was first seen.
    pub first_seen_at: At,
    /// When it was last seen.
    pub last_seen_at: At,
}

/// Notes that it was seen. Returns when it was last seen before.
pub async fn seen(
    connection: &mut PgConnection,
    cluster_id: &str,
    id: &str,
    at: Timestamp,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let before =
        sqlx::query_scalar!("SELECT last_seen_at FROM instance WHERE cluster_id = $1 AND id = $2", cluster_id, id)
            .fetch_optional(&mut *connection)
            .await?;
    sqlx::query!(
        "INSERT INTO instance (cluster_id, id, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $3)
         ON CONFLICT (cluster_id, id) DO UPDATE SET last_seen_at = EXCLUDED.last_seen_at",
        cluster_id,
        id,
        at.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(before.map(|at| at.to_jiff()))
}

/// A cluster's leaders, newest first.
pub async fn list(connection: &mut PgConnection, cluster_id: &str) -> Result<Vec<InstanceRow>, sqlx::Error> {
    sqlx::query_as!(
        InstanceRow,
        "SELECT id, first_seen_at, last_seen_at FROM instance WHERE cluster_id = $1 ORDER BY last_seen_at DESC LIMIT 20",
        cluster_id
    )
    .fetch_all(connection)
    .await
}

/// Forgets leaders not seen since `before`.
pub async fn forget(connection: &mut PgConnection, before: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM instance WHERE last_seen_at < $1", before.to_sqlx()).execute(connection).await?;
    Ok(())
}
