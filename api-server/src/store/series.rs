//! Active series as stores count them, for clusters that do not count them themselves.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use sqlx::PgConnection;

/// A count.
#[derive(Debug, Clone)]
pub struct CountRow {
    /// Whose.
    pub cluster_id: String,
    /// Which store counted.
    pub store: String,
    /// How many.
    pub series: i64,
    /// When.
    pub counted_at: At,
}

/// A cluster that does not count its own.
#[derive(Debug, Clone)]
pub struct Uncounted {
    /// Names it in the hub.
    pub id: String,
    /// A person's name for it, and its label in stores.
    pub name: String,
    /// Its region.
    pub region: String,
}

/// Clusters whose last report names no series, those first that were counted longest ago.
pub async fn uncounted(connection: &mut PgConnection, limit: i64) -> Result<Vec<Uncounted>, sqlx::Error> {
    sqlx::query_as!(
        Uncounted,
        "SELECT cluster.id, cluster.name, cluster.region FROM cluster LEFT JOIN store_series ON cluster_id = cluster.id
         WHERE removed_at IS NULL AND accepted AND report #>> '{gauges,series}' IS NULL
         ORDER BY counted_at NULLS FIRST, cluster.id LIMIT $1",
        limit
    )
    .fetch_all(connection)
    .await
}

/// Keeps a count: as the newest one, and in the minute's gauges.
pub async fn keep(
    connection: &mut PgConnection,
    cluster_id: &str,
    store_id: &str,
    series: i64,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO store_series (cluster_id, store_id, series, counted_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (cluster_id) DO UPDATE SET store_id = EXCLUDED.store_id, series = EXCLUDED.series, counted_at = EXCLUDED.counted_at",
        cluster_id,
        store_id,
        series,
        at.to_sqlx() as _
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO gauge_minute (cluster_id, at, gauges)
         VALUES ($1, date_trunc('minute', $2::timestamptz), jsonb_build_object('series_by_store', $3::bigint))
         ON CONFLICT (cluster_id, at) DO UPDATE SET gauges = gauge_minute.gauges || EXCLUDED.gauges",
        cluster_id,
        at.to_sqlx() as _,
        series
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The newest counts of some clusters.
pub async fn counts(connection: &mut PgConnection, clusters: &[String]) -> Result<Vec<CountRow>, sqlx::Error> {
    sqlx::query_as!(
        CountRow,
        "SELECT cluster_id, store.name AS store, series, counted_at FROM store_series JOIN store ON store.id = store_id
         WHERE cluster_id = ANY($1)",
        clusters
    )
    .fetch_all(connection)
    .await
}

/// Forgets counts from before then: what is not counted any more is not known.
pub async fn forget(connection: &mut PgConnection, before: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM store_series WHERE counted_at < $1", before.to_sqlx() as _).execute(connection).await?;
    Ok(())
}
