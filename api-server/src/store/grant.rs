//! Grants: roles of accounts within scopes.

use jiff_sqlx::Timestamp as At;
use sqlx::PgConnection;

use crate::access::{self, Labels, Right};
use crate::context::Role;

/// A row as it stands, with the labels of its team.
#[derive(Debug, Clone)]
pub struct GrantRow {
    /// Names the grant.
    pub id: String,
    /// Whose.
    pub account_id: String,
    /// `viewer`, `operator` or `admin`.
    pub role: String,
    /// The team's name.
    pub team: Option<String>,
    /// What the team's clusters have.
    pub team_labels: Option<serde_json::Value>,
    /// The region.
    pub region: Option<String>,
    /// Other labels: an object of texts.
    pub labels: serde_json::Value,
    /// Who gave it.
    pub created_by: String,
    /// When.
    pub created_at: At,
}

impl GrantRow {
    /// The labels besides team and region.
    pub fn labels(&self) -> Labels {
        serde_json::from_value(self.labels.clone()).unwrap_or_default()
    }

    /// The right that it gives; none where its scope contradicts itself.
    pub fn right(&self) -> Option<Right> {
        right(&self.role, self.team_labels.as_ref(), self.region.as_deref(), &self.labels())
    }
}

/// The right of a role within a scope; none where that contradicts itself.
pub fn right(
    role: &str,
    team_labels: Option<&serde_json::Value>,
    region: Option<&str>,
    labels: &Labels,
) -> Option<Right> {
    let team: Option<Labels> = team_labels.map(|labels| serde_json::from_value(labels.clone()).unwrap_or_default());
    Some(Right { role: Role::parse(role), wanted: access::wanted(team.as_ref(), region, labels)? })
}

/// A grant to be written.
pub struct NewGrant<'a> {
    /// Names the grant.
    pub id: &'a str,
    /// Whose.
    pub account_id: &'a str,
    /// What may be done.
    pub role: Role,
    /// The team's id.
    pub team_id: Option<&'a str>,
    /// The region.
    pub region: Option<&'a str>,
    /// Other labels.
    pub labels: &'a Labels,
    /// Who gives it.
    pub by: &'a str,
    /// When.
    pub at: At,
}

/// All of these accounts, oldest first.
pub async fn of(connection: &mut PgConnection, accounts: &[String]) -> Result<Vec<GrantRow>, sqlx::Error> {
    sqlx::query_as!(
        GrantRow,
        r#"SELECT access_grant.id, account_id, role, team.name AS "team?", team.labels AS "team_labels?", region, access_grant.labels,
             access_grant.created_by, access_grant.created_at
           FROM access_grant LEFT JOIN team ON team.id = team_id
           WHERE account_id = ANY($1) ORDER BY access_grant.created_at, access_grant.id"#,
        accounts
    )
    .fetch_all(connection)
    .await
}

/// A new one.
pub async fn insert(connection: &mut PgConnection, new: &NewGrant<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO access_grant (id, account_id, role, team_id, region, labels, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new.id,
        new.account_id,
        new.role.as_str(),
        new.team_id,
        new.region,
        sqlx::types::Json(new.labels) as _,
        new.by,
        new.at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes one of an account's back. Whether there was one.
pub async fn delete(connection: &mut PgConnection, account_id: &str, id: &str) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!("DELETE FROM access_grant WHERE account_id = $1 AND id = $2", account_id, id)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}
