//! What each cluster was released last.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::Value;
use sqlx::PgConnection;

/// A cluster as far as layers go.
#[derive(Debug, Clone)]
pub struct TargetRow {
    /// Names it.
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
    pub labels: Value,
    /// Its state.
    pub state: String,
    /// What it was released last; none before the first.
    pub revision: Option<String>,
    /// The settings of that.
    pub settings: Option<Value>,
}

/// Accepted clusters that are not being removed, by region and name.
pub async fn targets(connection: &mut PgConnection) -> Result<Vec<TargetRow>, sqlx::Error> {
    sqlx::query_as!(
        TargetRow,
        r#"SELECT c.id, c.name, c.region, c.provider, c.environment, c.labels, c.state, s.revision AS "revision?", s.settings AS "settings?"
           FROM cluster c LEFT JOIN cluster_settings s ON s.cluster_id = c.id
           WHERE c.removed_at IS NULL AND c.accepted AND c.removal_order_id IS NULL ORDER BY c.region, c.name"#
    )
    .fetch_all(connection)
    .await
}

/// Those among them that were released nothing yet, or are no longer what they were then: other layers are for them.
pub async fn newcomers(connection: &mut PgConnection, limit: i64) -> Result<Vec<TargetRow>, sqlx::Error> {
    sqlx::query_as!(
        TargetRow,
        r#"SELECT c.id, c.name, c.region, c.provider, c.environment, c.labels, c.state, s.revision AS "revision?", s.settings AS "settings?"
           FROM cluster c LEFT JOIN cluster_settings s ON s.cluster_id = c.id
           WHERE c.removed_at IS NULL AND c.accepted AND c.removal_order_id IS NULL
             AND (s.cluster_id IS NULL OR s.region <> c.region OR s.provider <> c.provider OR s.environment <> c.environment
               OR s.labels <> c.labels)
           ORDER BY c.id LIMIT $1"#,
        limit
    )
    .fetch_all(connection)
    .await
}

/// One of them by its id.
pub async fn target(connection: &mut PgConnection, id: &str) -> Result<Option<TargetRow>, sqlx::Error> {
    sqlx::query_as!(
        TargetRow,
        r#"SELECT c.id, c.name, c.region, c.provider, c.environment, c.labels, c.state, s.revision AS "revision?", s.settings AS "settings?"
           FROM cluster c LEFT JOIN cluster_settings s ON s.cluster_id = c.id
           WHERE c.removed_at IS NULL AND c.accepted AND c.removal_order_id IS NULL AND c.id = $1"#,
        id
    )
    .fetch_optional(connection)
    .await
}

/// The settings that a cluster was released last.
pub async fn get(connection: &mut PgConnection, cluster_id: &str) -> Result<Option<Value>, sqlx::Error> {
    sqlx::query_scalar!("SELECT settings FROM cluster_settings WHERE cluster_id = $1", cluster_id)
        .fetch_optional(connection)
        .await
}

/// Releases settings to a cluster. What is desired of it changes only where they are others than before.
pub async fn release(
    connection: &mut PgConnection,
    target: &TargetRow,
    revision: &str,
    settings: &Value,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO cluster_settings (cluster_id, revision, settings, released_at, region, provider, environment, labels)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (cluster_id) DO UPDATE SET revision = $2, settings = $3, released_at = $4, region = $5, provider = $6,
           environment = $7, labels = $8",
        target.id,
        revision,
        settings,
        at.to_sqlx(),
        target.region,
        target.provider,
        target.environment,
        target.labels
    )
    .execute(&mut *connection)
    .await?;
    if target.revision.as_deref() != Some(revision) {
        sqlx::query!(
            "UPDATE cluster SET generation = generation + 1, xid = pg_current_xact_id()::text::bigint WHERE id = $1",
            target.id
        )
        .execute(connection)
        .await?;
    }
    Ok(())
}
