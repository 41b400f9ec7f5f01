//! What changed since somebody last looked, whichever replica wrote it.

use sqlx::PgConnection;

use super::budget::{self, BudgetRow};
use super::cluster::ClusterRow;
use super::event::EventRow;

/// The oldest transaction that is still open: what older ones wrote can be seen by now, all of it.
pub async fn horizon(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS "horizon!""#)
        .fetch_one(connection)
        .await
}

/// Clusters written by that transaction or later ones, also removed ones.
pub async fn clusters(connection: &mut PgConnection, since: i64) -> Result<Vec<ClusterRow>, sqlx::Error> {
    sqlx::query_as!(ClusterRow, "SELECT * FROM cluster WHERE xid >= $1 ORDER BY xid", since).fetch_all(connection).await
}

/// Timeline entries written by that transaction or later ones.
pub async fn events(connection: &mut PgConnection, since: i64) -> Result<Vec<EventRow>, sqlx::Error> {
    sqlx::query_as!(EventRow, "SELECT * FROM event WHERE xid >= $1 ORDER BY id", since).fetch_all(connection).await
}

/// Budgets whose settings or state that transaction or later ones wrote.
pub async fn budgets(connection: &mut PgConnection, since: i64) -> Result<Vec<BudgetRow>, sqlx::Error> {
    budget::since(connection, since).await
}
