//! Telemetry stores; of a credential only what is sealed.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use sqlx::PgConnection;

/// A row as it stands.
#[derive(Clone)]
pub struct StoreRow {
    /// Names the store.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// `prometheus` or `loki`.
    pub kind: String,
    /// The base of its API.
    pub url: String,
    /// Clusters of this region only; all where there is none.
    pub region: Option<String>,
    /// The header that names the tenant.
    pub tenant_header: String,
    /// The tenant; empty for none.
    pub tenant: String,
    /// `none`, `basic` or `bearer`.
    pub authentication: String,
    /// The user of `basic`.
    pub username: String,
    /// Password or token, sealed.
    pub secret_sealed: Option<Vec<u8>>,
    /// Authorities to trust instead of the system's; empty for the system's.
    pub authorities_pem: String,
    /// Grows with each change.
    pub revision: i64,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: At,
    /// When it was changed last.
    pub changed_at: At,
    /// When it last answered well.
    pub last_good_at: Option<At>,
    /// When it last failed.
    pub last_failed_at: Option<At>,
    /// The code of that.
    pub last_failure_code: Option<String>,
    /// The sentence of that.
    pub last_failure: Option<String>,
    /// What its owner asks for it: the currency.
    pub price_currency: Option<String>,
    /// What is counted for that: `series_thousand_month` or `samples_million`.
    pub price_unit: Option<String>,
    /// For one of these.
    pub price_amount: Option<f64>,
}

impl StoreRow {
    /// What its secret is sealed for: it opens in this row only.
    pub fn purpose(id: &str) -> String {
        format!("store {id}")
    }
}

/// A new store. False when the name is taken.
pub async fn insert(connection: &mut PgConnection, row: &StoreRow) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO store (id, name, kind, url, region, tenant_header, tenant, authentication, username, secret_sealed,
           authorities_pem, created_by, created_at, changed_at, price_currency, price_unit, price_amount)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15, $16) ON CONFLICT (name) DO NOTHING",
        row.id,
        row.name,
        row.kind,
        row.url,
        row.region,
        row.tenant_header,
        row.tenant,
        row.authentication,
        row.username,
        row.secret_sealed,
        row.authorities_pem,
        row.created_by,
        row.created_at as _,
        row.price_currency,
        row.price_unit,
        row.price_amount
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes what a person may change; its answers so far were another one's.
pub async fn update(connection: &mut PgConnection, row: &StoreRow) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE store SET name = $2, url = $3, region = $4, tenant_header = $5, tenant = $6, authentication = $7, username = $8,
           secret_sealed = $9, authorities_pem = $10, changed_at = $11, price_currency = $12, price_unit = $13, price_amount = $14, revision = revision + 1,
           last_failed_at = NULL, last_failure_code = NULL, last_failure = NULL WHERE id = $1",
        row.id,
        row.name,
        row.url,
        row.region,
        row.tenant_header,
        row.tenant,
        row.authentication,
        row.username,
        row.secret_sealed,
        row.authorities_pem,
        row.changed_at as _,
        row.price_currency,
        row.price_unit,
        row.price_amount
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes one. Whether it was there.
pub async fn delete(connection: &mut PgConnection, id: &str) -> Result<bool, sqlx::Error> {
    Ok(sqlx::query!("DELETE FROM store WHERE id = $1", id).execute(connection).await?.rows_affected() == 1)
}

/// One of them.
pub async fn get(connection: &mut PgConnection, id: &str) -> Result<Option<StoreRow>, sqlx::Error> {
    sqlx::query_as!(StoreRow, "SELECT * FROM store WHERE id = $1", id).fetch_optional(connection).await
}

/// One of them, locked.
pub async fn lock(connection: &mut PgConnection, id: &str) -> Result<Option<StoreRow>, sqlx::Error> {
    sqlx::query_as!(StoreRow, "SELECT * FROM store WHERE id = $1 FOR UPDATE", id).fetch_optional(connection).await
}

/// All of them by name.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<StoreRow>, sqlx::Error> {
    sqlx::query_as!(StoreRow, "SELECT * FROM store ORDER BY name").fetch_all(connection).await
}

/// Those that hold a cluster of this region: first its region's own, then those of all regions, by name.
pub async fn of_region(connection: &mut PgConnection, region: &str) -> Result<Vec<StoreRow>, sqlx::Error> {
    sqlx::query_as!(
        StoreRow,
        "SELECT * FROM store WHERE region IS NULL OR region = $1 ORDER BY region IS NULL, name",
        region
    )
    .fetch_all(connection)
    .await
}

/// It answered well.
pub async fn good(connection: &mut PgConnection, id: &str, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE store SET last_good_at = greatest(last_good_at, $2) WHERE id = $1", id, at.to_sqlx() as _)
        .execute(connection)
        .await?;
    Ok(())
}

/// It failed; `failure` is a sentence that anybody may read.
pub async fn failed(
    connection: &mut PgConnection,
    id: &str,
    at: Timestamp,
    code: &str,
    failure: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE store SET last_failed_at = $2, last_failure_code = $3, last_failure = $4 WHERE id = $1",
        id,
        at.to_sqlx() as _,
        code,
        failure
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How many clusters each store is for, by its id.
pub async fn cluster_counts(connection: &mut PgConnection) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT store.id, count(cluster.id) AS "count!" FROM store
           LEFT JOIN cluster ON removed_at IS NULL AND (store.region IS NULL OR store.region = cluster.region) GROUP BY store.id"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.count)).collect())
}
