//! Teams: a name for the clusters that have some labels.

use jiff_sqlx::Timestamp as At;
use sqlx::PgConnection;

use crate::access::Labels;

/// A row as it stands.
#[derive(Debug, Clone)]
pub struct TeamRow {
    /// Names the team.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// What its clusters have: an object of texts.
    pub labels: serde_json::Value,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: At,
}

impl TeamRow {
    /// What its clusters have.
    pub fn labels(&self) -> Labels {
        serde_json::from_value(self.labels.clone()).unwrap_or_default()
    }
}

/// All, by name.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<TeamRow>, sqlx::Error> {
    sqlx::query_as!(TeamRow, "SELECT * FROM team ORDER BY name LIMIT 1000").fetch_all(connection).await
}

/// The one of that name; it stays while the transaction lasts.
pub async fn by_name(connection: &mut PgConnection, name: &str) -> Result<Option<TeamRow>, sqlx::Error> {
    sqlx::query_as!(TeamRow, "SELECT * FROM team WHERE name = $1 FOR SHARE", name).fetch_optional(connection).await
}

/// One, locked.
pub async fn lock(connection: &mut PgConnection, id: &str) -> Result<Option<TeamRow>, sqlx::Error> {
    sqlx::query_as!(TeamRow, "SELECT * FROM team WHERE id = $1 FOR UPDATE", id).fetch_optional(connection).await
}

/// A new one. False when there is one of that name.
pub async fn insert(connection: &mut PgConnection, new: &TeamRow) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO team (id, name, labels, created_by, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING",
        new.id,
        new.name,
        new.labels,
        new.created_by,
        new.created_at
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes it away, with the grants and tokens that are for it.
pub async fn delete(connection: &mut PgConnection, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM team WHERE id = $1", id).execute(connection).await?;
    Ok(())
}

/// How many grants and tokens are for it.
pub async fn uses(connection: &mut PgConnection, id: &str) -> Result<(i64, i64), sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM access_grant WHERE team_id = $1) AS "grants!",
             (SELECT count(*) FROM api_token WHERE team_id = $1 AND revoked_at IS NULL) AS "tokens!""#,
        id
    )
    .fetch_one(connection)
    .await?;
    Ok((row.grants, row.tokens))
}
