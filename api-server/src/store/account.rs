//! People, and how often they failed to sign in.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use sqlx::PgConnection;

/// A row as it stands.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// Names the account.
    pub id: String,
    /// In lower case.
    pub email: String,
    /// As they are called.
    pub name: String,
    /// `viewer`, `operator` or `admin`.
    pub role: String,
    /// Argon2id, with its salt and its cost.
    pub password_hash: String,
    /// When it was made.
    pub created_at: At,
}

/// The account of that address.
pub async fn by_email(connection: &mut PgConnection, email: &str) -> Result<Option<AccountRow>, sqlx::Error> {
    sqlx::query_as!(AccountRow, "SELECT * FROM account WHERE email = $1", email).fetch_optional(connection).await
}

/// All, by address.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<AccountRow>, sqlx::Error> {
    sqlx::query_as!(AccountRow, "SELECT * FROM account ORDER BY email LIMIT 1000").fetch_all(connection).await
}

/// One by its id.
pub async fn get(connection: &mut PgConnection, id: &str) -> Result<Option<AccountRow>, sqlx::Error> {
    sqlx::query_as!(AccountRow, "SELECT * FROM account WHERE id = $1", id).fetch_optional(connection).await
}

/// The same, locked.
pub async fn lock(connection: &mut PgConnection, id: &str) -> Result<Option<AccountRow>, sqlx::Error> {
    sqlx::query_as!(AccountRow, "SELECT * FROM account WHERE id = $1 FOR UPDATE", id).fetch_optional(connection).await
}

/// Addresses of some who may give roles.
pub async fn admins(connection: &mut PgConnection, limit: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT email FROM account WHERE role = 'admin' ORDER BY created_at LIMIT $1", limit)
        .fetch_all(connection)
        .await
}

/// Locks the administrators, so that two calls cannot each take the other one's last. Returns their ids.
pub async fn lock_admins(connection: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT id FROM account WHERE role = 'admin' ORDER BY id FOR UPDATE")
        .fetch_all(connection)
        .await
}

/// Another role in the whole fleet.
pub async fn set_role(connection: &mut PgConnection, id: &str, role: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE account SET role = $2 WHERE id = $1", id, role).execute(connection).await?;
    Ok(())
}

/// Takes it away, with its sessions, grants and tokens.
pub async fn delete(connection: &mut PgConnection, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM account WHERE id = $1", id).execute(connection).await?;
    Ok(())
}

/// A new one. False when the address has one already.
pub async fn insert(connection: &mut PgConnection, new: &AccountRow) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO account (id, email, name, role, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (email) DO NOTHING",
        new.id,
        new.email,
        new.name,
        new.role,
        new.password_hash,
        new.created_at
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether there is any.
pub async fn any(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM account) AS "any!""#).fetch_one(connection).await
}

/// How often it failed since then, for an address or a peer.
pub async fn failures(connection: &mut PgConnection, subject: &str, since: Timestamp) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM sign_in_failure WHERE subject = $1 AND at > $2"#,
        subject,
        since.to_sqlx()
    )
    .fetch_one(connection)
    .await
}

/// It failed once more.
pub async fn failed(connection: &mut PgConnection, subject: &str, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!("INSERT INTO sign_in_failure (subject, at) VALUES ($1, $2)", subject, at.to_sqlx())
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets failures that no longer count.
pub async fn forget_failures(connection: &mut PgConnection, before: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM sign_in_failure WHERE at < $1", before.to_sqlx()).execute(connection).await?;
    Ok(())
}
