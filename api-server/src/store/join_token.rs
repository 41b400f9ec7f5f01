//! Join tokens; of a secret only its hash.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use sqlx::PgConnection;
use sqlx::types::Json;

/// A row as it stands.
#[derive(Debug, Clone)]
pub struct JoinTokenRow {
    /// Names the token.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// Hash of its secret.
    pub secret_sha256: Vec<u8>,
    /// What a cluster that joins by it must have: an object of texts.
    pub labels: serde_json::Value,
    /// Whether a person has to accept who joins by it.
    pub needs_acceptance: bool,
    /// How many may still join by it.
    pub uses_left: i64,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: At,
    /// Until when it is good.
    pub expires_at: At,
    /// When it was taken back.
    pub revoked_at: Option<At>,
    /// The one known cluster that may join again by it.
    pub cluster_id: Option<String>,
}

impl JoinTokenRow {
    /// What a cluster that joins by it must have.
    pub fn labels(&self) -> BTreeMap<String, String> {
        serde_json::from_value(self.labels.clone()).unwrap_or_default()
    }
}

/// A token to be written.
pub struct NewJoinToken<'a> {
    /// Names the token.
    pub id: &'a str,
    /// A person's name for it.
    pub name: &'a str,
    /// Hash of its secret.
    pub secret_sha256: &'a [u8],
    /// What a cluster that joins by it must have.
    pub labels: &'a BTreeMap<String, String>,
    /// Whether a person has to accept who joins by it.
    pub needs_acceptance: bool,
    /// How many may join by it.
    pub uses: i64,
    /// Who makes it.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
    /// Until when it is good.
    pub until: Timestamp,
    /// The one known cluster that may join again by it.
    pub cluster_id: Option<&'a str>,
}

/// A new token.
pub async fn insert(connection: &mut PgConnection, new: &NewJoinToken<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO join_token (id, name, secret_sha256, labels, needs_acceptance, uses_left, created_by, created_at, expires_at, cluster_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        new.name,
        new.secret_sha256,
        Json(new.labels) as _,
        new.needs_acceptance,
        new.uses,
        new.by,
        new.at.to_sqlx(),
        new.until.to_sqlx(),
        new.cluster_id
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// One, locked: its uses are counted one after another.
pub async fn lock(connection: &mut PgConnection, id: &str) -> Result<Option<JoinTokenRow>, sqlx::Error> {
    sqlx::query_as!(JoinTokenRow, "SELECT * FROM join_token WHERE id = $1 FOR UPDATE", id)
        .fetch_optional(connection)
        .await
}

/// One use less.
pub async fn use_once(connection: &mut PgConnection, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE join_token SET uses_left = uses_left - 1 WHERE id = $1", id).execute(connection).await?;
    Ok(())
}

/// Takes it back. Whether there was one that was not taken back before.
pub async fn revoke(connection: &mut PgConnection, id: &str, at: Timestamp) -> Result<bool, sqlx::Error> {
    let done =
        sqlx::query!("UPDATE join_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", id, at.to_sqlx())
            .execute(connection)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// All of the last 90 days, newest first.
pub async fn list(connection: &mut PgConnection, since: Timestamp) -> Result<Vec<JoinTokenRow>, sqlx::Error> {
    sqlx::query_as!(
        JoinTokenRow,
        "SELECT * FROM join_token WHERE created_at >= $1 ORDER BY created_at DESC, id LIMIT 500",
        since.to_sqlx()
    )
    .fetch_all(connection)
    .await
}
