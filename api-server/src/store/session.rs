//! Who is signed in; of the token only its hash.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

use super::account::AccountRow;

/// A new session.
pub async fn insert(
    connection: &mut PgConnection,
    token_sha256: &[u8],
    account_id: &str,
    at: Timestamp,
    until: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO session (token_sha256, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        token_sha256,
        account_id,
        at.to_sqlx(),
        until.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whose session it is, while it lasts.
pub async fn account(
    connection: &mut PgConnection,
    token_sha256: &[u8],
    at: Timestamp,
) -> Result<Option<AccountRow>, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        "SELECT account.* FROM session JOIN account ON account.id = session.account_id
         WHERE token_sha256 = $1 AND expires_at > $2",
        token_sha256,
        at.to_sqlx()
    )
    .fetch_optional(connection)
    .await
}

/// Ends it.
pub async fn delete(connection: &mut PgConnection, token_sha256: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM session WHERE token_sha256 = $1", token_sha256).execute(connection).await?;
    Ok(())
}

/// Forgets those whose time is over.
pub async fn forget(connection: &mut PgConnection, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM session WHERE expires_at <= $1", at.to_sqlx()).execute(connection).await?;
    Ok(())
}
