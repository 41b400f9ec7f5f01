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

/// Series of some clusters together at a time.
#[derive(Debug, Clone)]
pub struct PointRow {
    /// The beginning of the step.
    pub at: At,
    /// Active series.
    pub active: f64,
    /// The most of any hour.
    pub most: f64,
    /// Clusters in it.
    pub clusters: i64,
}

/// Hours of some clusters from then on.
pub async fn hours(
    connection: &mut PgConnection,
    clusters: &[String],
    kind: &str,
    name: &str,
    from: At,
) -> Result<Vec<PointRow>, sqlx::Error> {
    sqlx::query_as!(
        PointRow,
        r#"SELECT at, sum(active) AS "active!", sum(most) AS "most!", count(*) AS "clusters!" FROM series_trend
           WHERE cluster_id = ANY($1) AND grain = 'hour' AND kind = $2 AND name = $3 AND at >= $4 GROUP BY at"#,
        clusters,
        kind,
        name,
        from as _
    )
    .fetch_all(connection)
    .await
}

/// Days or weeks of some clusters from then on; what has not been made yet, `unmade` at the earliest, from hours.
pub async fn made(
    connection: &mut PgConnection,
    clusters: &[String],
    grain: &str,
    (kind, name): (&str, &str),
    from: At,
    unmade: At,
) -> Result<Vec<PointRow>, sqlx::Error> {
    sqlx::query_as!(
        PointRow,
        r#"WITH made AS (
             SELECT cluster_id, at, active, most FROM series_trend
             WHERE cluster_id = ANY($1) AND grain = $2 AND kind = $3 AND name = $4 AND at >= $5),
           hours AS (
             SELECT cluster_id, date_trunc($2, at, 'UTC') AS at, avg(active) AS active, max(most) AS most FROM series_trend
             WHERE cluster_id = ANY($1) AND grain = 'hour' AND kind = $3 AND name = $4 AND at >= $6 GROUP BY 1, 2)
           SELECT at AS "at!", sum(active) AS "active!", sum(most) AS "most!", count(*) AS "clusters!" FROM (
             SELECT * FROM made UNION ALL
             SELECT * FROM hours WHERE NOT EXISTS (SELECT FROM made WHERE made.cluster_id = hours.cluster_id AND made.at = hours.at)) points
           GROUP BY at"#,
        clusters,
        grain,
        kind,
        name,
        from as _,
        unmade as _
    )
    .fetch_all(connection)
    .await
}

/// What there is of a cluster at a time.
#[derive(Debug, Clone)]
pub struct PieceRow {
    /// Whose.
    pub cluster_id: String,
    /// `hour`, `day` or `week`.
    pub grain: String,
    /// Its beginning.
    pub at: At,
    /// Whether there is a sketch.
    pub has_sketch: bool,
}

/// What there is of some clusters that touches a time: hours, days and weeks.
pub async fn pieces(
    connection: &mut PgConnection,
    clusters: &[String],
    kind: &str,
    name: &str,
    from: At,
    until: At,
) -> Result<Vec<PieceRow>, sqlx::Error> {
    sqlx::query_as!(
        PieceRow,
        r#"SELECT cluster_id, grain, at, sketch IS NOT NULL AS "has_sketch!" FROM series_trend
           WHERE cluster_id = ANY($1) AND kind = $2 AND name = $3 AND at < $5
             AND at + CASE grain WHEN 'hour' THEN interval '1 hour' WHEN 'day' THEN interval '1 day' ELSE interval '7 days' END > $4
           ORDER BY cluster_id, at"#,
        clusters,
        kind,
        name,
        from as _,
        until as _
    )
    .fetch_all(connection)
    .await
}

/// The sketches of some pieces of one cluster, packed by zstd.
pub async fn sketches(
    connection: &mut PgConnection,
    cluster_id: &str,
    kind: &str,
    name: &str,
    grains: &[String],
    ats: &[At],
) -> Result<Vec<Vec<u8>>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT sketch AS "sketch!" FROM series_trend
           WHERE cluster_id = $1 AND kind = $2 AND name = $3 AND sketch IS NOT NULL
             AND (grain, at) IN (SELECT * FROM unnest($4::text[], $5::timestamptz[]))"#,
        cluster_id,
        kind,
        name,
        grains,
        ats as _
    )
    .fetch_all(connection)
    .await
}

/// What there is of a cluster within a time, without sketches.
pub async fn span(
    connection: &mut PgConnection,
    cluster_id: &str,
    grain: &str,
    (from, until): (At, At),
) -> Result<Vec<TrendRow>, sqlx::Error> {
    sqlx::query_as!(
        TrendRow,
        "SELECT kind, name, active, variance, most, hour_series, NULL::bytea AS sketch FROM series_trend
         WHERE cluster_id = $1 AND grain = $2 AND at >= $3 AND at < $4",
        cluster_id,
        grain,
        from as _,
        until as _
    )
    .fetch_all(connection)
    .await
}

/// The sketches of a cluster within a time.
pub async fn sketches_of_span(
    connection: &mut PgConnection,
    cluster_id: &str,
    grain: &str,
    (from, until): (At, At),
) -> Result<Vec<SketchRow>, sqlx::Error> {
    sqlx::query_as!(
        SketchRow,
        r#"SELECT kind, name, sketch AS "sketch!" FROM series_trend
           WHERE cluster_id = $1 AND grain = $2 AND at >= $3 AND at < $4 AND sketch IS NOT NULL"#,
        cluster_id,
        grain,
        from as _,
        until as _
    )
    .fetch_all(connection)
    .await
}

/// Forgets some of what is older than that and has been made into days or weeks. How many rows.
pub async fn forget(
    connection: &mut PgConnection,
    grain: &str,
    to: &str,
    before: At,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "DELETE FROM series_trend WHERE ctid IN (
           SELECT old.ctid FROM series_trend old JOIN series_report made
             ON made.cluster_id = old.cluster_id AND made.grain = $2 AND made.at = date_trunc($2, old.at, 'UTC')
           WHERE old.grain = $1 AND old.at < $3 LIMIT $4)",
        grain,
        to,
        before as _,
        limit
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
