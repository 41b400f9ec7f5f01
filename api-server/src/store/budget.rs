//! Budgets, and what was found of each in each hour.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use serde_json::Value;
use sqlx::PgConnection;

use crate::access::Labels;

/// A row as it stands.
#[derive(Debug, Clone)]
pub struct BudgetRow {
    /// Names it.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// For clusters at this provider.
    pub provider: Option<String>,
    /// For clusters in this region.
    pub region: Option<String>,
    /// For this cluster.
    pub cluster_id: Option<String>,
    /// For this team.
    pub team: Option<String>,
    /// For this metric.
    pub metric: Option<String>,
    /// From here on there is a warning.
    pub soft_series: i64,
    /// From here on it is over.
    pub hard_series: Option<i64>,
    /// Whose it is.
    pub owner_name: String,
    /// Who is told by e-mail.
    pub owner_emails: Vec<String>,
    /// Why it is as it is.
    pub reason: String,
    /// Grows with each change of its settings.
    pub revision: i64,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: At,
    /// When its settings were changed last.
    pub changed_at: At,
    /// `unknown`, `ok`, `warning`, `over` or `enforcing`.
    pub state: String,
    /// Since when.
    pub state_since: At,
    /// What the last look found; none where no cluster counted.
    pub series: Option<f64>,
    /// Variance of it; 0 where it is exact.
    pub variance: f64,
    /// Clusters that counted at the last look.
    pub clusters_counted: i64,
    /// Clusters that it is for.
    pub clusters_of: i64,
    /// When the last look was.
    pub looked_at: At,
    /// Clusters that counted since it is in this state.
    pub counting: Vec<String>,
    /// The transaction that last wrote its settings or state.
    pub xid: i64,
    /// What is done past its limits: `watch`, `aggregate` or `refuse`.
    pub act: String,
    /// What its series alone make of it: its state, but for `enforcing`.
    pub counted: String,
    /// When a cluster was last known to refuse series for it.
    pub refused_at: Option<At>,
    /// Labels that counters lose from the soft limit on.
    pub aggregate_labels: Vec<String>,
    /// When a cluster was last known to aggregate for it.
    pub aggregated_at: Option<At>,
    /// What is done for it while it is `enforcing`: `aggregate` or `refuse`.
    pub enforces: Option<String>,
}

/// Where the cluster of a budget or of a notification target is.
#[derive(Debug, Clone)]
pub struct PlaceRow {
    /// Names the cluster.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// Its labels, with name, region, provider and environment among them.
    pub place: Value,
}

impl PlaceRow {
    /// Its labels.
    pub fn labels(&self) -> Labels {
        serde_json::from_value(self.place.clone()).unwrap_or_default()
    }
}

/// A new one. False when the name is taken.
pub async fn insert(connection: &mut PgConnection, row: &BudgetRow) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO budget (id, name, provider, region, cluster_id, team, metric, soft_series, hard_series, owner_name, owner_emails,
           reason, created_by, created_at, changed_at, state, state_since, series, variance, clusters_counted, clusters_of, looked_at,
           counting, act, counted, aggregate_labels)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $14, $16, $17, $18, $19, $14, $20, $21, $22, $23)
         ON CONFLICT (name) DO NOTHING",
        row.id,
        row.name,
        row.provider,
        row.region,
        row.cluster_id,
        row.team,
        row.metric,
        row.soft_series,
        row.hard_series,
        row.owner_name,
        &row.owner_emails,
        row.reason,
        row.created_by,
        row.created_at as _,
        row.state,
        row.series,
        row.variance,
        row.clusters_counted,
        row.clusters_of,
        &row.counting,
        row.act,
        row.counted,
        &row.aggregate_labels
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes what a person may change.
pub async fn update(connection: &mut PgConnection, row: &BudgetRow) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE budget SET name = $2, provider = $3, region = $4, cluster_id = $5, team = $6, metric = $7, soft_series = $8,
           hard_series = $9, owner_name = $10, owner_emails = $11, reason = $12, changed_at = $13, act = $14,
           aggregate_labels = $15, revision = revision + 1, xid = pg_current_xact_id()::text::bigint WHERE id = $1",
        row.id,
        row.name,
        row.provider,
        row.region,
        row.cluster_id,
        row.team,
        row.metric,
        row.soft_series,
        row.hard_series,
        row.owner_name,
        &row.owner_emails,
        row.reason,
        row.changed_at as _,
        row.act,
        &row.aggregate_labels
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes what a look found, and the state that it made.
pub async fn looked(connection: &mut PgConnection, row: &BudgetRow) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE budget SET series = $2, variance = $3, clusters_counted = $4, clusters_of = $5, looked_at = $6, counting = $7,
           state = $8, state_since = $9, counted = $10, refused_at = $11, aggregated_at = $12, enforces = $13,
           xid = CASE WHEN state = $8 AND enforces IS NOT DISTINCT FROM $13 THEN xid ELSE pg_current_xact_id()::text::bigint END
         WHERE id = $1",
        row.id,
        row.series,
        row.variance,
        row.clusters_counted,
        row.clusters_of,
        row.looked_at as _,
        &row.counting,
        row.state,
        row.state_since as _,
        row.counted,
        row.refused_at as _,
        row.aggregated_at as _,
        row.enforces
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes one.
pub async fn delete(connection: &mut PgConnection, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM budget WHERE id = $1", id).execute(connection).await?;
    Ok(())
}

/// One of them.
pub async fn get(connection: &mut PgConnection, id: &str) -> Result<Option<BudgetRow>, sqlx::Error> {
    sqlx::query_as!(BudgetRow, "SELECT * FROM budget WHERE id = $1", id).fetch_optional(connection).await
}

/// One of them, locked.
pub async fn lock(connection: &mut PgConnection, id: &str) -> Result<Option<BudgetRow>, sqlx::Error> {
    sqlx::query_as!(BudgetRow, "SELECT * FROM budget WHERE id = $1 FOR UPDATE", id).fetch_optional(connection).await
}

/// All of them by name.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<BudgetRow>, sqlx::Error> {
    sqlx::query_as!(BudgetRow, "SELECT * FROM budget ORDER BY name").fetch_all(connection).await
}

/// Those whose settings or state were written by that transaction or later ones.
pub async fn since(connection: &mut PgConnection, xid: i64) -> Result<Vec<BudgetRow>, sqlx::Error> {
    sqlx::query_as!(BudgetRow, "SELECT * FROM budget WHERE xid >= $1 ORDER BY xid", xid).fetch_all(connection).await
}

/// How many there are.
pub async fn count(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM budget"#).fetch_one(connection).await
}

/// Where these clusters are.
pub async fn places(connection: &mut PgConnection, clusters: &[String]) -> Result<Vec<PlaceRow>, sqlx::Error> {
    sqlx::query_as!(
        PlaceRow,
        r#"SELECT id, name, labels || jsonb_build_object('name', name, 'region', region, 'provider', provider, 'environment', environment)
             AS "place!" FROM cluster WHERE id = ANY($1)"#,
        clusters
    )
    .fetch_all(connection)
    .await
}

/// An hour of a budget.
#[derive(Debug, Clone)]
pub struct HourRow {
    /// Its start.
    pub at: At,
    /// The most that was counted; none where no cluster counted.
    pub series: Option<f64>,
    /// Clusters that counted.
    pub clusters_counted: i64,
    /// Clusters that it is for.
    pub clusters_of: i64,
}

/// Writes what a look found into its hour: the most that was counted stays.
pub async fn keep_hour(connection: &mut PgConnection, row: &BudgetRow, hour: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO budget_hour (budget_id, at, series, clusters_counted, clusters_of) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (budget_id, at) DO UPDATE SET series = greatest(budget_hour.series, EXCLUDED.series),
           clusters_counted = greatest(budget_hour.clusters_counted, EXCLUDED.clusters_counted), clusters_of = EXCLUDED.clusters_of",
        row.id,
        hour.to_sqlx() as _,
        row.series,
        row.clusters_counted,
        row.clusters_of
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Fills in the hours of the last weeks that the meters' reports tell of, as far as those are kept: by cluster, by team and by metric.
pub async fn backfill(
    connection: &mut PgConnection,
    row: &BudgetRow,
    clusters_of: i64,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let (kind, name) = match (&row.team, &row.metric) {
        (None, None) => ("cluster", ""),
        (Some(team), None) => ("team", team.as_str()),
        (None, Some(metric)) => ("metric", metric.as_str()),
        // Nobody has kept how many series of a metric a team had.
        (Some(_), Some(_)) => return Ok(()),
    };
    sqlx::query!(
        "INSERT INTO budget_hour (budget_id, at, series, clusters_counted, clusters_of)
         SELECT $1, trend.at, sum(trend.most), count(DISTINCT cluster.id), $7 FROM series_trend AS trend
         JOIN cluster ON cluster.id = trend.cluster_id AND removed_at IS NULL
         WHERE trend.grain = 'hour' AND trend.kind = $2 AND trend.name = $3 AND trend.at < $8
           AND ($4::text IS NULL OR cluster.provider = $4) AND ($5::text IS NULL OR cluster.region = $5) AND ($6::text IS NULL OR cluster.id = $6)
         GROUP BY trend.at ON CONFLICT DO NOTHING",
        row.id,
        kind,
        name,
        row.provider,
        row.region,
        row.cluster_id,
        clusters_of,
        now.to_sqlx() as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Hours since then, oldest first.
pub async fn hours(connection: &mut PgConnection, id: &str, since: Timestamp) -> Result<Vec<HourRow>, sqlx::Error> {
    sqlx::query_as!(
        HourRow,
        "SELECT at, series, clusters_counted, clusters_of FROM budget_hour WHERE budget_id = $1 AND at >= $2 ORDER BY at",
        id,
        since.to_sqlx() as _
    )
    .fetch_all(connection)
    .await
}

/// The most of a day.
#[derive(Debug, Clone)]
pub struct DayRow {
    /// Which budget.
    pub budget_id: String,
    /// The day's start in UTC.
    pub at: At,
    /// The most that was counted.
    pub series: f64,
    /// Hours of it in which something was counted.
    pub hours: i64,
}

/// Days since then of some budgets, oldest first.
pub async fn days(connection: &mut PgConnection, ids: &[String], since: Timestamp) -> Result<Vec<DayRow>, sqlx::Error> {
    sqlx::query_as!(
        DayRow,
        r#"SELECT budget_id, date_trunc('day', at, 'UTC') AS "at!", max(series) AS "series!", count(*) AS "hours!" FROM budget_hour
           WHERE budget_id = ANY($1) AND at >= $2 AND series IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"#,
        ids,
        since.to_sqlx() as _
    )
    .fetch_all(connection)
    .await
}

/// Forgets all hours of one: it is for something else now.
pub async fn forget_hours(connection: &mut PgConnection, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM budget_hour WHERE budget_id = $1", id).execute(connection).await?;
    Ok(())
}

/// Forgets hours before then.
pub async fn forget(connection: &mut PgConnection, before: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM budget_hour WHERE at < $1", before.to_sqlx() as _).execute(connection).await?;
    Ok(())
}
