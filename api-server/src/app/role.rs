//! Who has which role: in the whole fleet, and by grants in parts of it.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::scope::Scope;
use super::write::{Written, finish};
use super::{App, Error};
use crate::context::{OpContext, Role, Who};
use crate::secret;
use crate::store::account::{self, AccountRow};
use crate::store::audit::{self, Entry};
use crate::store::grant::{self, GrantRow};

/// A role within a scope.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Grant {
    /// Names the grant.
    pub id: String,
    /// What may be done.
    pub role: Role,
    /// With which clusters.
    pub scope: Scope,
    /// Who gave it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
}

/// A grant to be given.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewGrant {
    /// What may be done.
    pub role: Role,
    /// With which clusters; a part of the fleet.
    pub scope: Scope,
    /// Why, for the audit log.
    #[serde(default)]
    pub reason: String,
    /// Only says what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

/// Another role in the whole fleet.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewRole {
    /// What may be done in the whole fleet; `none` for nothing but what grants allow.
    pub role: Role,
    /// Why, for the audit log.
    #[serde(default)]
    pub reason: String,
    /// Only says what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

impl From<&GrantRow> for Grant {
    fn from(row: &GrantRow) -> Self {
        Self {
            id: row.id.clone(),
            role: Role::parse(&row.role),
            scope: Scope { team: row.team.clone(), region: row.region.clone(), labels: row.labels() },
            created_by: row.created_by.clone(),
            created_at: row.created_at.to_jiff(),
        }
    }
}

async fn locked(connection: &mut sqlx::PgConnection, id: &str) -> Result<AccountRow, Error> {
    account::lock(connection, id).await?.ok_or_else(|| Error::NotFound { what: format!("account {id}") })
}

/// Gives a role within a scope.
pub async fn grant(app: &App, op: &OpContext, account_id: &str, new: NewGrant) -> Result<Written<Grant>, Error> {
    op.needs(Role::Admin)?;
    if new.role == Role::None {
        return Err(Error::invalid("role is one of viewer, operator, admin."));
    }
    let mut tx = app.pool.begin().await?;
    let row = locked(&mut tx, account_id).await?;
    let found = new.scope.find(&mut tx).await?;
    if found.wanted.is_empty() {
        return Err(Error::invalid("A grant is for a part of the fleet: name a team, a region or labels."));
    }
    let id = secret::id("g")?;
    let by = op.who.name();
    grant::insert(
        &mut tx,
        &grant::NewGrant {
            id: &id,
            account_id,
            role: new.role,
            team_id: found.team_id.as_deref(),
            region: new.scope.region.as_deref(),
            labels: &new.scope.labels,
            by,
            at: op.at.to_sqlx(),
        },
    )
    .await?;
    let subject = format!("{}: {} for {}", row.email, new.role.as_str(), new.scope.shown());
    let entry = Entry { who: None, action: "grant.give", subject: &subject, reason: &new.reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    let given = Grant { id, role: new.role, scope: new.scope, created_by: by.to_owned(), created_at: op.at };
    finish(tx, new.dry_run, format!("It would be given to {subject}."), given).await
}

/// Takes a grant back.
pub async fn take(
    app: &App,
    op: &OpContext,
    account_id: &str,
    id: &str,
    reason: &str,
    dry_run: bool,
) -> Result<Written<()>, Error> {
    op.needs(Role::Admin)?;
    let mut tx = app.pool.begin().await?;
    let row = locked(&mut tx, account_id).await?;
    if !grant::delete(&mut tx, account_id, id).await? {
        return Err(Error::NotFound { what: format!("grant {id}") });
    }
    let subject = format!("{}: {id}", row.email);
    let entry = Entry { who: None, action: "grant.take", subject: &subject, reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    finish(tx, dry_run, format!("The grant would be taken back from {}.", row.email), ()).await
}

/// Gives another role in the whole fleet. The last administrator stays one.
pub async fn set(app: &App, op: &OpContext, account_id: &str, new: NewRole) -> Result<Written<()>, Error> {
    op.needs(Role::Admin)?;
    let mut tx = app.pool.begin().await?;
    if new.role != Role::Admin {
        keep_one(&mut tx, account_id).await?;
    }
    let row = locked(&mut tx, account_id).await?;
    account::set_role(&mut tx, account_id, new.role.as_str()).await?;
    let subject = format!("{}: {} after {}", row.email, new.role.as_str(), row.role);
    let entry = Entry { who: None, action: "account.role", subject: &subject, reason: &new.reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    finish(tx, new.dry_run, format!("The role in the whole fleet would change: {subject}."), ()).await
}

/// Takes an account away, with its sessions, grants and API tokens.
pub async fn delete(
    app: &App,
    op: &OpContext,
    account_id: &str,
    reason: &str,
    dry_run: bool,
) -> Result<Written<()>, Error> {
    op.needs(Role::Admin)?;
    if matches!(&op.who, Who::Account { id, .. } | Who::Token { maker: (id, _), .. } if id == account_id) {
        return Err(Error::Conflict {
            detail: "Nobody takes their own account away: another administrator can.".into(),
        });
    }
    let mut tx = app.pool.begin().await?;
    keep_one(&mut tx, account_id).await?;
    let row = locked(&mut tx, account_id).await?;
    account::delete(&mut tx, account_id).await?;
    let entry = Entry { who: None, action: "account.delete", subject: &row.email, reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    let effect = format!("{} would be signed out for good; their API tokens would end.", row.email);
    finish(tx, dry_run, effect, ()).await
}

/// Refuses to take the last administrator away.
async fn keep_one(connection: &mut sqlx::PgConnection, account_id: &str) -> Result<(), Error> {
    if account::lock_admins(connection).await? == [account_id] {
        let detail = "This is the last administrator: make another one first.".into();
        return Err(Error::Conflict { detail });
    }
    Ok(())
}
