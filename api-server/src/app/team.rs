//! Teams: a name for the clusters that have some labels, so that grants and tokens can be for them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::write::{Written, finish};
use super::{App, Error, scope};
use crate::access::{Labels, shown};
use crate::context::{OpContext, Role};
use crate::secret;
use crate::store::audit::{self, Entry};
use crate::store::team::{self, TeamRow};

/// A team.
#[derive(Debug, Serialize, ToSchema)]
pub struct Team {
    /// Names it in the hub.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// What its clusters have; name, region, provider and environment count as labels.
    pub labels: BTreeMap<String, String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
}

/// All teams.
#[derive(Debug, Serialize, ToSchema)]
pub struct Teams {
    /// By name.
    pub items: Vec<Team>,
}

/// A new team.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewTeam {
    /// A name for it.
    pub name: String,
    /// What its clusters have; `team` with its name when nothing is given.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Why, for the audit log.
    #[serde(default)]
    pub reason: String,
    /// Only says what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

impl From<TeamRow> for Team {
    fn from(row: TeamRow) -> Self {
        let labels = row.labels();
        Self { id: row.id, name: row.name, labels, created_by: row.created_by, created_at: row.created_at.to_jiff() }
    }
}

/// All teams: whoever is signed in may know which there are.
pub async fn list(app: &App, op: &OpContext) -> Result<Teams, Error> {
    op.needs_somewhere(Role::Viewer)?;
    let rows = team::list(&mut *app.pool.acquire().await?).await?;
    // Somebody with a part of the fleet learns of the teams in it.
    let access = op.access()?;
    let seen = |row: &TeamRow| access.among(&row.labels()) >= Role::Viewer;
    Ok(Teams { items: rows.into_iter().filter(seen).map(Team::from).collect() })
}

/// Makes one.
pub async fn make(app: &App, op: &OpContext, new: NewTeam) -> Result<Written<Team>, Error> {
    op.needs(Role::Admin)?;
    let name = scope::name(&new.name)?;
    scope::check(&new.labels)?;
    let labels = match new.labels.is_empty() {
        true => Labels::from([("team".to_owned(), name.to_owned())]),
        false => new.labels,
    };
    let row = TeamRow {
        id: secret::id("m")?,
        name: name.to_owned(),
        labels: serde_json::to_value(&labels).map_err(|error| Error::Internal(error.into()))?,
        created_by: op.who.name().to_owned(),
        created_at: op.at.to_sqlx(),
    };
    let mut tx = app.pool.begin().await?;
    if !team::insert(&mut tx, &row).await? {
        return Err(Error::Conflict { detail: format!("There is a team {name} already.") });
    }
    let entry = Entry { who: None, action: "team.make", subject: name, reason: &new.reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    let effect = format!("The team {name} would be made, of the clusters with {}.", shown(&labels));
    finish(tx, new.dry_run, effect, row.into()).await
}

/// Takes one away; grants and tokens for it go with it.
pub async fn delete(app: &App, op: &OpContext, id: &str, reason: &str, dry_run: bool) -> Result<Written<()>, Error> {
    op.needs(Role::Admin)?;
    let mut tx = app.pool.begin().await?;
    let Some(row) = team::lock(&mut tx, id).await? else {
        return Err(Error::NotFound { what: format!("team {id}") });
    };
    let (grants, tokens) = team::uses(&mut tx, id).await?;
    team::delete(&mut tx, id).await?;
    let entry = Entry { who: None, action: "team.delete", subject: &row.name, reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    let effect = format!(
        "The team {} would be taken away, and with it {grants} grants and {tokens} API tokens. No cluster changes.",
        row.name
    );
    finish(tx, dry_run, effect, ()).await
}
