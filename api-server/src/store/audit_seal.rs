//! Seals of the audit log, and the entries that they are over.

use jiff_sqlx::Timestamp as At;
use sqlx::PgConnection;

use super::audit::AuditRow;

/// A row as it stands.
#[derive(Debug, Clone)]
pub struct SealRow {
    /// From 1, one more each time.
    pub number: i64,
    /// When it was made.
    pub sealed_at: At,
    /// Its entries, in order.
    pub entry_ids: Vec<i64>,
    /// Their hashes.
    pub entry_sha256s: Vec<Vec<u8>>,
    /// The hash of the seal before; zeros for the first.
    pub previous_sha256: Vec<u8>,
    /// Over all of that.
    pub sha256: Vec<u8>,
    /// The public key that signed it.
    pub signed_by: String,
    /// By that key.
    pub signature: Vec<u8>,
}

/// The newest one.
pub async fn last(connection: &mut PgConnection) -> Result<Option<SealRow>, sqlx::Error> {
    sqlx::query_as!(SealRow, "SELECT * FROM audit_seal ORDER BY number DESC LIMIT 1").fetch_optional(connection).await
}

/// One by its number.
pub async fn at(connection: &mut PgConnection, number: i64) -> Result<Option<SealRow>, sqlx::Error> {
    sqlx::query_as!(SealRow, "SELECT * FROM audit_seal WHERE number = $1", number).fetch_optional(connection).await
}

/// Those after that number, in order.
pub async fn after(connection: &mut PgConnection, number: i64, limit: i64) -> Result<Vec<SealRow>, sqlx::Error> {
    sqlx::query_as!(SealRow, "SELECT * FROM audit_seal WHERE number > $1 ORDER BY number LIMIT $2", number, limit)
        .fetch_all(connection)
        .await
}

/// A new one.
pub async fn insert(connection: &mut PgConnection, new: &SealRow) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO audit_seal (number, sealed_at, entry_ids, entry_sha256s, previous_sha256, sha256, signed_by, signature)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new.number,
        new.sealed_at,
        &new.entry_ids,
        &new.entry_sha256s,
        new.previous_sha256,
        new.sha256,
        new.signed_by,
        new.signature
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Entries that are not sealed yet and whose place in the order is final: no transaction that is as old is open any more.
pub async fn unsealed(connection: &mut PgConnection, limit: i64) -> Result<Vec<AuditRow>, sqlx::Error> {
    sqlx::query_as!(
        AuditRow,
        "SELECT * FROM audit
         WHERE id > coalesce((SELECT entry_ids[array_upper(entry_ids, 1)] FROM audit_seal ORDER BY number DESC LIMIT 1), 0)
           AND id < coalesce((SELECT min(id) FROM audit WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint
             AND id > coalesce((SELECT entry_ids[array_upper(entry_ids, 1)] FROM audit_seal ORDER BY number DESC LIMIT 1), 0)),
             9223372036854775807)
         ORDER BY id LIMIT $1",
        limit
    )
    .fetch_all(connection)
    .await
}

/// Entries with ids after `from`, up to and with `to`.
pub async fn entries(connection: &mut PgConnection, from: i64, to: i64) -> Result<Vec<AuditRow>, sqlx::Error> {
    sqlx::query_as!(AuditRow, "SELECT * FROM audit WHERE id > $1 AND id <= $2 ORDER BY id", from, to)
        .fetch_all(connection)
        .await
}

/// How many entries there are after that id.
pub async fn count_after(connection: &mut PgConnection, id: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM audit WHERE id > $1"#, id).fetch_one(connection).await
}

/// From here on the transaction sees one state, whatever others write.
pub async fn freeze(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(connection).await?;
    Ok(())
}
