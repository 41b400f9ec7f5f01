//! What clusters report of themselves in numbers: 24 hours by minute, 90 days by hour.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use sqlx::PgConnection;

/// One value.
#[derive(Debug, Clone)]
pub struct Point {
    /// Whose.
    pub cluster_id: String,
    /// The beginning of its minute or hour.
    pub at: At,
    /// The value; none where it was not known.
    pub value: Option<f64>,
}

/// Keeps the last values of a minute. `gauges` is an object of numbers.
pub async fn keep(
    connection: &mut PgConnection,
    cluster_id: &str,
    at: Timestamp,
    gauges: &serde_json::Value,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO gauge_minute (cluster_id, at, gauges) VALUES ($1, date_trunc('minute', $2::timestamptz), $3)
         ON CONFLICT (cluster_id, at) DO UPDATE SET gauges = EXCLUDED.gauges ||
           CASE WHEN gauge_minute.gauges ? 'series_by_store'
             THEN jsonb_build_object('series_by_store', gauge_minute.gauges -> 'series_by_store') ELSE '{}' END",
        cluster_id,
        at.to_sqlx(),
        gauges
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// One gauge of some clusters by minute, in the order of time.
pub async fn minutes(
    connection: &mut PgConnection,
    clusters: &[String],
    name: &str,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Point>, sqlx::Error> {
    sqlx::query_as!(
        Point,
        "SELECT cluster_id, at, coalesce(gauges ->> $2, gauges ->> ($2 || '_by_store'))::float8 AS value FROM gauge_minute
         WHERE cluster_id = ANY($1) AND at >= $3 AND at <= $4 ORDER BY cluster_id, at",
        clusters,
        name,
        from.to_sqlx(),
        to.to_sqlx()
    )
    .fetch_all(connection)
    .await
}

/// One gauge of a cluster by hour, in the order of time.
pub async fn hours(
    connection: &mut PgConnection,
    cluster: &str,
    name: &str,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Point>, sqlx::Error> {
    sqlx::query_as!(
        Point,
        "SELECT cluster_id, at, coalesce(gauges ->> $2, gauges ->> ($2 || '_by_store'))::float8 AS value FROM gauge_hour
         WHERE cluster_id = $1 AND at >= $3 AND at <= $4 ORDER BY at",
        cluster,
        name,
        from.to_sqlx(),
        to.to_sqlx()
    )
    .fetch_all(connection)
    .await
}

/// Makes hours of the minutes since `from`: the mean of what was known. Making them again makes the same.
pub async fn roll_up(connection: &mut PgConnection, from: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO gauge_hour (cluster_id, at, gauges)
         SELECT cluster_id, hour, jsonb_object_agg(key, mean) FROM (
           SELECT cluster_id, date_trunc('hour', at) AS hour, key, round(avg(value::text::numeric), 6) AS mean
           FROM gauge_minute, jsonb_each(gauges)
           WHERE at >= date_trunc('hour', $1::timestamptz) AND jsonb_typeof(value) = 'number'
           GROUP BY 1, 2, 3) means
         GROUP BY cluster_id, hour
         ON CONFLICT (cluster_id, at) DO UPDATE SET gauges = EXCLUDED.gauges",
        from.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets minutes and hours that are too old.
pub async fn forget(connection: &mut PgConnection, minutes: Timestamp, hours: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM gauge_minute WHERE at < $1", minutes.to_sqlx()).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM gauge_hour WHERE at < $1", hours.to_sqlx()).execute(connection).await?;
    Ok(())
}
