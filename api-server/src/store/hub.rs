//! The one row about the hub itself.

use anyhow::{Context, Result};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, PgPool};

use crate::secret;

/// Makes the row in a new database. Returns the epoch, which names the database.
pub async fn first_start(pool: &PgPool, at: Timestamp) -> Result<String> {
    let epoch = secret::id("e")?;
    sqlx::query!("INSERT INTO hub (epoch, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING", epoch, at.to_sqlx())
        .execute(pool)
        .await
        .context("write the hub's row")?;
    // A database that was copied into another server has numbers of transactions that are yet to come there.
    sqlx::query!(
        "UPDATE cluster SET xid = pg_current_xact_id()::text::bigint WHERE xid > pg_current_xact_id()::text::bigint"
    )
    .execute(pool)
    .await
    .context("renumber clusters")?;
    sqlx::query!(
        "UPDATE event SET xid = pg_current_xact_id()::text::bigint WHERE xid > pg_current_xact_id()::text::bigint"
    )
    .execute(pool)
    .await
    .context("renumber events")?;
    sqlx::query!(
        "UPDATE audit SET xid = pg_current_xact_id()::text::bigint WHERE xid > pg_current_xact_id()::text::bigint"
    )
    .execute(pool)
    .await
    .context("renumber the audit log")?;
    sqlx::query_scalar!("SELECT epoch FROM hub").fetch_one(pool).await.context("read the hub's row")
}

/// The identity key that this database knows; it learns `key` where it knows none, or where that is to be replaced.
pub async fn identity_key(pool: &PgPool, key: &str, replace: bool) -> Result<String> {
    let known = sqlx::query_scalar!(
        r#"UPDATE hub SET identity_key = CASE WHEN $2 THEN $1 ELSE coalesce(identity_key, $1) END RETURNING identity_key AS "key!""#,
        key,
        replace
    )
    .fetch_one(pool)
    .await;
    known.context("read the identity key's public half")
}

/// The number of the trust bundle: a new one whenever the bundle changes. It begins with the seconds since 1970, so that it grows even
/// where the database was lost.
pub async fn trust_number(pool: &PgPool, bundle: &str, public_roots: bool, at: Timestamp) -> Result<u64> {
    let hash = secret::sha256(&format!("{public_roots}\n{bundle}"));
    let number = sqlx::query_scalar!(
        "UPDATE hub SET trust_sha256 = $1,
           trust_number = CASE WHEN trust_sha256 IS NOT DISTINCT FROM $1 THEN trust_number ELSE greatest(trust_number + 1, $2) END
         RETURNING trust_number",
        hash,
        at.as_second()
    )
    .fetch_one(pool)
    .await
    .context("number the trust bundle")?;
    Ok(u64::try_from(number).unwrap_or_default())
}

/// Keeps the hash of a new one-time token for the first account.
pub async fn set_setup(connection: &mut PgConnection, sha256: &[u8], until: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE hub SET setup_sha256 = $1, setup_expires_at = $2", sha256, until.to_sqlx())
        .execute(connection)
        .await?;
    Ok(())
}

/// Uses the one-time token up. Whether it was the right one and in time.
pub async fn use_setup(connection: &mut PgConnection, sha256: &[u8], at: Timestamp) -> Result<bool, sqlx::Error> {
    let used = sqlx::query!(
        "UPDATE hub SET setup_sha256 = NULL, setup_expires_at = NULL WHERE setup_sha256 = $1 AND setup_expires_at > $2",
        sha256,
        at.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(used.rows_affected() == 1)
}

/// Says that clusters can report now; after a gap of `gap_seconds` a new span of serving begins. Returns its beginning.
pub async fn alive(connection: &mut PgConnection, at: Timestamp, gap_seconds: f64) -> Result<Timestamp, sqlx::Error> {
    let since = sqlx::query_scalar!(
        r#"UPDATE hub SET alive_at = $1,
             serving_since = CASE WHEN alive_at IS NULL OR $1 - alive_at > make_interval(secs => $2) THEN $1 ELSE serving_since END
           RETURNING serving_since AS "since!""#,
        at.to_sqlx(),
        gap_seconds
    )
    .fetch_one(connection)
    .await?;
    Ok(since.to_jiff())
}

/// Since when clusters could report without a break, if that began after the database was made.
pub async fn away_until(connection: &mut PgConnection) -> Result<Option<Timestamp>, sqlx::Error> {
    let until = sqlx::query_scalar!(
        r#"SELECT serving_since AS "since!" FROM hub WHERE serving_since > created_at + interval '1 minute'"#
    )
    .fetch_optional(connection)
    .await?;
    Ok(until.map(|until| until.to_jiff()))
}
