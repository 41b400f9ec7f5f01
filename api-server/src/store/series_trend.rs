//! Series over time: of clusters, of their teams, and of their largest metrics.

use jiff_sqlx::Timestamp as At;
use sqlx::PgConnection;

/// What is kept of a cluster, team or metric at a time.
#[derive(Debug, Clone)]
pub struct TrendRow {
    /// `cluster`, `team` or `metric`.
    pub kind: String,
    /// Name of the team or metric; empty for the cluster.
    pub name: String,
    /// Active series.
    pub active: f64,
    /// Variance of that.
    pub variance: f64,
    /// The most active ones.
    pub most: f64,
    /// Different series within that time.
    pub hour_series: f64,
    /// Which ones they were, packed by zstd.
    pub sketch: Option<Vec<u8>>,
}

/// A sketch of a team, metric or cluster.
#[derive(Debug, Clone)]
pub struct SketchRow {
    /// `cluster`, `team` or `metric`.
    pub kind: String,
    /// Name of the team or metric; empty for the cluster.
    pub name: String,
    /// Packed by zstd.
    pub sketch: Vec<u8>,
}

/// Keeps what was counted in an hour, day or week; `rows` are in the order of kind and name. What is active is only replaced when
/// `is_newest`; what is known of that time already is never made less.
pub async fn keep(
    connection: &mut PgConnection,
    cluster_id: &str,
    grain: &str,
    at: At,
    rows: &[TrendRow],
    is_newest: bool,
) -> Result<(), sqlx::Error> {
    let texts = |of: fn(&TrendRow) -> &String| rows.iter().map(of).cloned().collect::<Vec<String>>();
    let numbers = |of: fn(&TrendRow) -> f64| rows.iter().map(of).collect::<Vec<f64>>();
    let sketches: Vec<Option<Vec<u8>>> = rows.iter().map(|row| row.sketch.clone()).collect();
    sqlx::query!(
        "INSERT INTO series_trend AS kept (cluster_id, grain, at, kind, name, active, variance, most, hour_series, sketch)
         SELECT $1, $2, $3, * FROM unnest($4::text[], $5::text[], $6::float8[], $7::float8[], $8::float8[], $9::float8[], $10::bytea[])
         ON CONFLICT (cluster_id, grain, kind, name, at) DO UPDATE SET
           active = CASE WHEN $11 THEN EXCLUDED.active ELSE kept.active END,
           variance = CASE WHEN $11 THEN EXCLUDED.variance ELSE kept.variance END,
           most = greatest(kept.most, EXCLUDED.most), hour_series = greatest(kept.hour_series, EXCLUDED.hour_series),
           sketch = coalesce(EXCLUDED.sketch, kept.sketch)",
        cluster_id,
        grain,
        at as _,
        &texts(|row| &row.kind),
        &texts(|row| &row.name),
        &numbers(|row| row.active),
        &numbers(|row| row.variance),
        &numbers(|row| row.most),
        &numbers(|row| row.hour_series),
        &sketches as _,
        is_newest
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The sketches of an hour, day or week of a cluster.
pub async fn sketches_of(
    connection: &mut PgConnection,
    cluster_id: &str,
    grain: &str,
    at: At,
) -> Result<Vec<SketchRow>, sqlx::Error> {
    sqlx::query_as!(
        SketchRow,
        r#"SELECT kind, name, sketch AS "sketch!" FROM series_trend
           WHERE cluster_id = $1 AND grain = $2 AND at = $3 AND sketch IS NOT NULL"#,
        cluster_id,
        grain,
        at as _
    )
    .fetch_all(connection)
    .await
}
