//! Tokens of programs; of a secret only its hash.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use sqlx::PgConnection;

use crate::access::Labels;
use crate::context::Role;

/// A row as it stands, with its maker and its team.
#[derive(Debug, Clone)]
pub struct ApiTokenRow {
    /// Names the token.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// Hash of its secret.
    pub secret_sha256: Vec<u8>,
    /// Who made it.
    pub account_id: String,
    /// The maker's address.
    pub email: String,
    /// The maker's role in the whole fleet.
    pub account_role: String,
    /// What it may do.
    pub role: String,
    /// The team's name.
    pub team: Option<String>,
    /// What the team's clusters have.
    pub team_labels: Option<serde_json::Value>,
    /// The region.
    pub region: Option<String>,
    /// Other labels: an object of texts.
    pub labels: serde_json::Value,
    /// When it was made.
    pub created_at: At,
    /// Until when it is good.
    pub expires_at: At,
    /// When it was taken back.
    pub revoked_at: Option<At>,
    /// When it was last used, give or take a minute.
    pub last_used_at: Option<At>,
}

impl ApiTokenRow {
    /// The labels besides team and region.
    pub fn labels(&self) -> Labels {
        serde_json::from_value(self.labels.clone()).unwrap_or_default()
    }
}

/// A token to be written.
pub struct NewApiToken<'a> {
    /// Names the token.
    pub id: &'a str,
    /// A person's name for it.
    pub name: &'a str,
    /// Hash of its secret.
    pub secret_sha256: &'a [u8],
    /// Who makes it.
    pub account_id: &'a str,
    /// What it may do.
    pub role: Role,
    /// The team's id.
    pub team_id: Option<&'a str>,
    /// The region.
    pub region: Option<&'a str>,
    /// Other labels.
    pub labels: &'a Labels,
    /// When.
    pub at: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// The one of that id, whatever has become of it.
pub async fn get(connection: &mut PgConnection, id: &str) -> Result<Option<ApiTokenRow>, sqlx::Error> {
    sqlx::query_as!(
        ApiTokenRow,
        r#"SELECT t.id, t.name, secret_sha256, account_id, account.email, account.role AS account_role, t.role, team.name AS "team?",
             team.labels AS "team_labels?", region, t.labels, t.created_at, expires_at, revoked_at, last_used_at
           FROM api_token t JOIN account ON account.id = account_id LEFT JOIN team ON team.id = team_id WHERE t.id = $1"#,
        id
    )
    .fetch_optional(connection)
    .await
}

/// An account's, or everybody's, newest first; those whose time was over before `since` are left out.
pub async fn list(
    connection: &mut PgConnection,
    account_id: Option<&str>,
    since: Timestamp,
) -> Result<Vec<ApiTokenRow>, sqlx::Error> {
    sqlx::query_as!(
        ApiTokenRow,
        r#"SELECT t.id, t.name, secret_sha256, account_id, account.email, account.role AS account_role, t.role, team.name AS "team?",
             team.labels AS "team_labels?", region, t.labels, t.created_at, expires_at, revoked_at, last_used_at
           FROM api_token t JOIN account ON account.id = account_id LEFT JOIN team ON team.id = team_id
           WHERE ($1::text IS NULL OR account_id = $1) AND expires_at > $2 ORDER BY t.created_at DESC, t.id LIMIT 500"#,
        account_id,
        since.to_sqlx()
    )
    .fetch_all(connection)
    .await
}

/// A new one.
pub async fn insert(connection: &mut PgConnection, new: &NewApiToken<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO api_token (id, name, secret_sha256, account_id, role, team_id, region, labels, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        new.name,
        new.secret_sha256,
        new.account_id,
        new.role.as_str(),
        new.team_id,
        new.region,
        sqlx::types::Json(new.labels) as _,
        new.at.to_sqlx(),
        new.until.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes it back. Whether it was good until now.
pub async fn revoke(connection: &mut PgConnection, id: &str, at: Timestamp) -> Result<bool, sqlx::Error> {
    let done =
        sqlx::query!("UPDATE api_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", id, at.to_sqlx())
            .execute(connection)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that it was used, once a minute at most.
pub async fn used(connection: &mut PgConnection, id: &str, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE api_token SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2::timestamptz - interval '1 minute')",
        id,
        at.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}
