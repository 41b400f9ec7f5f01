//! Reports of meters, one for each hour, and what days and weeks were made of them.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use sqlx::PgConnection;

use crate::access::{self, Labels};

/// A row as it stands.
#[derive(Debug, Clone)]
pub struct ReportRow {
    /// Whose.
    pub cluster_id: String,
    /// `hour`, `day` or `week`.
    pub grain: String,
    /// Its beginning.
    pub at: At,
    /// The meter; empty for days and weeks.
    pub instance: String,
    /// Grows with each look.
    pub revision: i64,
    /// When it was looked, by the meter's clock.
    pub looked_at: At,
    /// When it came.
    pub received_at: At,
    /// Whether it is over.
    pub closed: bool,
    /// How much of it was counted.
    pub counted_seconds: i64,
    /// Active series.
    pub active: f64,
    /// Variance of that.
    pub active_variance: f64,
    /// Different series within it.
    pub hour_series: f64,
    /// Sketches that found no room.
    pub sketches_left_out: i64,
    /// The report without sketches: JSON, packed by zstd.
    pub body: Vec<u8>,
}

/// Names one revision of a report of an hour.
#[derive(Debug, Clone)]
pub struct Key {
    /// Whose.
    pub cluster_id: String,
    /// The hour.
    pub at: At,
    /// The meter.
    pub instance: String,
    /// Grows with each look.
    pub revision: i64,
}

/// A cluster, and the name of a report of it where there is one.
#[derive(Debug, Clone)]
pub struct Newest {
    /// Names the cluster in the hub.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Its provider.
    pub provider: String,
    /// Its environment.
    pub environment: String,
    /// Its labels: an object of texts.
    pub labels: serde_json::Value,
    /// When it joined first.
    pub enrolled_at: At,
    /// The hour of the report.
    pub at: Option<At>,
    /// The meter.
    pub instance: Option<String>,
    /// Grows with each look.
    pub revision: Option<i64>,
    /// When it was looked, by the meter's clock.
    pub looked_at: Option<At>,
    /// When it came.
    pub received_at: Option<At>,
    /// Whether the hour is over.
    pub closed: Option<bool>,
}

impl Newest {
    /// Names the report, if there is one.
    pub fn key(&self) -> Option<Key> {
        let (at, instance, revision) = (self.at?, self.instance.clone()?, self.revision?);
        Some(Key { cluster_id: self.id.clone(), at, instance, revision })
    }

    /// The cluster's labels, with name, region, provider and environment among them.
    pub fn place(&self) -> Labels {
        access::place(&self.labels, &self.name, &self.region, &self.provider, &self.environment)
    }
}

/// A body.
pub struct Body {
    /// Whose it is.
    pub key: Key,
    /// JSON, packed by zstd.
    pub body: Vec<u8>,
}

/// Keeps a report, unless the same or a later revision of it is there. Whether it was kept.
pub async fn keep(connection: &mut PgConnection, row: &ReportRow) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO series_report AS kept (cluster_id, grain, at, instance, revision, looked_at, received_at, closed, counted_seconds,
           active, active_variance, hour_series, sketches_left_out, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (cluster_id, grain, at, instance) DO UPDATE SET revision = EXCLUDED.revision, looked_at = EXCLUDED.looked_at,
           received_at = EXCLUDED.received_at, closed = EXCLUDED.closed, counted_seconds = EXCLUDED.counted_seconds,
           active = EXCLUDED.active, active_variance = EXCLUDED.active_variance, hour_series = EXCLUDED.hour_series,
           sketches_left_out = EXCLUDED.sketches_left_out, body = EXCLUDED.body
         WHERE kept.revision < EXCLUDED.revision",
        row.cluster_id,
        row.grain,
        row.at as _,
        row.instance,
        row.revision,
        row.looked_at as _,
        row.received_at as _,
        row.closed,
        row.counted_seconds,
        row.active,
        row.active_variance,
        row.hour_series,
        row.sketches_left_out,
        row.body
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// When other meters of the cluster looked at the same hour.
pub async fn others(connection: &mut PgConnection, row: &ReportRow) -> Result<Vec<At>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT looked_at FROM series_report WHERE cluster_id = $1 AND grain = $2 AND at = $3 AND instance <> $4",
        row.cluster_id,
        row.grain,
        row.at as _,
        row.instance
    )
    .fetch_all(connection)
    .await
}

/// All accepted clusters by name, each with its newest hour, if there is one. Of two meters in one hour it is the one that looked last.
pub async fn newest(connection: &mut PgConnection) -> Result<Vec<Newest>, sqlx::Error> {
    sqlx::query_as!(
        Newest,
        r#"SELECT cluster.id, name, region, provider, environment, labels, enrolled_at, newest.at AS "at?", newest.instance AS "instance?",
             newest.revision AS "revision?", newest.looked_at AS "looked_at?", newest.received_at AS "received_at?", newest.closed AS "closed?"
           FROM cluster LEFT JOIN LATERAL (
             SELECT at, series_report.instance, revision, looked_at, received_at, closed FROM series_report
             WHERE cluster_id = cluster.id AND grain = 'hour' ORDER BY at DESC, looked_at DESC LIMIT 1) newest ON true
           WHERE removed_at IS NULL AND accepted ORDER BY name"#
    )
    .fetch_all(connection)
    .await
}

/// The same with a given hour instead of the newest one.
pub async fn of_hour(connection: &mut PgConnection, at: Timestamp) -> Result<Vec<Newest>, sqlx::Error> {
    sqlx::query_as!(
        Newest,
        r#"SELECT cluster.id, name, region, provider, environment, labels, enrolled_at, newest.at AS "at?", newest.instance AS "instance?",
             newest.revision AS "revision?", newest.looked_at AS "looked_at?", newest.received_at AS "received_at?", newest.closed AS "closed?"
           FROM cluster LEFT JOIN LATERAL (
             SELECT at, series_report.instance, revision, looked_at, received_at, closed FROM series_report
             WHERE cluster_id = cluster.id AND grain = 'hour' AND at = $1 ORDER BY looked_at DESC LIMIT 1) newest ON true
           WHERE removed_at IS NULL AND accepted ORDER BY name"#,
        at.to_sqlx() as _
    )
    .fetch_all(connection)
    .await
}

/// The bodies of hours, each of the revision that it has now.
pub async fn bodies(connection: &mut PgConnection, keys: &[Key]) -> Result<Vec<Body>, sqlx::Error> {
    let clusters: Vec<String> = keys.iter().map(|key| key.cluster_id.clone()).collect();
    let ats: Vec<At> = keys.iter().map(|key| key.at).collect();
    let instances: Vec<String> = keys.iter().map(|key| key.instance.clone()).collect();
    let rows = sqlx::query!(
        "SELECT cluster_id, at, instance, revision, body FROM series_report
         WHERE grain = 'hour' AND (cluster_id, at, instance) IN (SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[]))",
        &clusters,
        &ats as _,
        &instances
    )
    .fetch_all(connection)
    .await?;
    let bodies = rows.into_iter().map(|row| Body {
        key: Key { cluster_id: row.cluster_id, at: row.at, instance: row.instance, revision: row.revision },
        body: row.body,
    });
    Ok(bodies.collect())
}

/// All accepted clusters by name, without any report.
pub async fn clusters(connection: &mut PgConnection) -> Result<Vec<Newest>, sqlx::Error> {
    sqlx::query_as!(
        Newest,
        r#"SELECT id, name, region, provider, environment, labels, enrolled_at, NULL::timestamptz AS at, NULL::text AS instance,
             NULL::bigint AS revision, NULL::timestamptz AS looked_at, NULL::timestamptz AS received_at, NULL::boolean AS closed
           FROM cluster WHERE removed_at IS NULL AND accepted ORDER BY name"#
    )
    .fetch_all(connection)
    .await
}

/// A day or week of a cluster that is to be made.
#[derive(Debug, Clone)]
pub struct Due {
    /// Whose.
    pub cluster_id: String,
    /// Its beginning.
    pub at: At,
}

/// Days or weeks before `over` that have not been made of hours or days, or of which something came later; the oldest first.
pub async fn due(
    connection: &mut PgConnection,
    from: &str,
    to: &str,
    over: At,
    limit: i64,
) -> Result<Vec<Due>, sqlx::Error> {
    sqlx::query_as!(
        Due,
        r#"SELECT parts.cluster_id AS "cluster_id!", parts.at AS "at!" FROM (
             SELECT cluster_id, date_trunc($2, at, 'UTC') AS at, max(received_at) AS received_at FROM series_report
             WHERE grain = $1 AND at < $3 GROUP BY 1, 2) parts
           LEFT JOIN series_report made ON made.cluster_id = parts.cluster_id AND made.grain = $2 AND made.at = parts.at
           WHERE made.received_at IS NULL OR made.received_at < parts.received_at
           ORDER BY parts.at, parts.cluster_id LIMIT $4"#,
        from,
        to,
        over as _,
        limit
    )
    .fetch_all(connection)
    .await
}

/// The reports of a cluster within a time, with their bodies; of one hour, the meter that looked last comes last.
pub async fn span(
    connection: &mut PgConnection,
    cluster_id: &str,
    grain: &str,
    (from, until): (At, At),
) -> Result<Vec<ReportRow>, sqlx::Error> {
    sqlx::query_as!(
        ReportRow,
        "SELECT * FROM series_report WHERE cluster_id = $1 AND grain = $2 AND at >= $3 AND at < $4 ORDER BY at, looked_at",
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
        "DELETE FROM series_report WHERE ctid IN (
           SELECT old.ctid FROM series_report old JOIN series_report made
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
