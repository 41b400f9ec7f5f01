//! Tokens of programs: made by a person for what they may do themselves, told once, good for a while.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::scope::Scope;
use super::write::{Written, finish};
use super::{App, Error, account, scope};
use crate::context::{OpContext, Role, Who};
use crate::secret;
use crate::store::api_token::{self, ApiTokenRow, NewApiToken};
use crate::store::audit::{self, Entry};
use crate::store::grant;

/// The first part of every token of this version.
const PREFIX: &str = "fat1";
const DAY: i64 = 86_400;

/// What a person says of a new token.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewApiToken)]
pub struct NewToken {
    /// A name for it.
    pub name: String,
    /// What it may do: no more than its maker.
    #[serde(default = "viewer")]
    pub role: Role,
    /// With which clusters; the whole fleet when nothing is given.
    #[serde(default)]
    pub scope: Scope,
    /// How long it is good; 30 days by default, at most 366.
    #[serde(default = "month")]
    pub expires_in_seconds: i64,
    /// Why, for the audit log.
    #[serde(default)]
    pub reason: String,
    /// Only says what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

fn viewer() -> Role {
    Role::Viewer
}

fn month() -> i64 {
    30 * DAY
}

/// A new token, with its text for the only time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MadeApiToken)]
pub struct MadeToken {
    /// As it is shown from now on.
    #[serde(flatten)]
    pub shown: Token,
    /// The text: a secret, never told again.
    pub token: String,
}

/// A token without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiToken)]
pub struct Token {
    /// Names the token.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// What it may do: no more than its maker.
    pub role: Role,
    /// With which clusters.
    pub scope: Scope,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, give or take a minute.
    pub last_used_at: Option<Timestamp>,
}

/// Tokens of programs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiTokens)]
pub struct Tokens {
    /// Newest first.
    pub items: Vec<Token>,
}

impl From<ApiTokenRow> for Token {
    fn from(row: ApiTokenRow) -> Self {
        Self {
            scope: Scope { labels: row.labels(), team: row.team, region: row.region },
            id: row.id,
            name: row.name,
            role: Role::parse(&row.role),
            created_by: row.email,
            created_at: row.created_at.to_jiff(),
            expires_at: row.expires_at.to_jiff(),
            revoked_at: row.revoked_at.map(|at| at.to_jiff()),
            last_used_at: row.last_used_at.map(|at| at.to_jiff()),
        }
    }
}

/// The text of a token.
fn text(id: &str, secret: &str) -> String {
    format!("{PREFIX}.{id}.{secret}")
}

/// Id and secret of a text; none when it is no token of ours.
fn parts(text: &str) -> Option<(&str, &str)> {
    let (id, secret) = text.strip_prefix(PREFIX)?.strip_prefix('.')?.split_once('.')?;
    (id.len() <= 64 && !id.is_empty() && !secret.is_empty()).then_some((id, secret))
}

/// Who acts by this token; nobody when it is not good.
pub async fn of_token(app: &App, text: &str, at: Timestamp) -> Result<Who, Error> {
    let Some((id, secret)) = parts(text) else { return Ok(Who::Nobody) };
    let mut connection = app.pool.acquire().await?;
    let Some(row) = api_token::get(&mut connection, id).await? else { return Ok(Who::Nobody) };
    let good = row.revoked_at.is_none() && row.expires_at.to_jiff() > at;
    if !secret::same(&row.secret_sha256, &secret::sha256(secret)) || !good {
        return Ok(Who::Nobody);
    }
    if row.last_used_at.is_none_or(|used| at.duration_since(used.to_jiff()) > SignedDuration::from_mins(1)) {
        api_token::used(&mut connection, id, at).await?;
    }
    let own = grant::right(&row.role, row.team_labels.as_ref(), row.region.as_deref(), &row.labels());
    let grants = grant::of(&mut connection, std::slice::from_ref(&row.account_id)).await?;
    let access = account::access(&row.account_role, &grants).within(own.into_iter().collect());
    Ok(Who::Token {
        shown: format!("{} by the API token {}", row.email, row.name),
        id: row.id,
        name: row.name,
        maker: (row.account_id, row.email),
        access: Arc::new(access),
    })
}

/// Makes one for whoever is signed in.
pub async fn make(app: &App, op: &OpContext, new: NewToken) -> Result<Written<MadeToken>, Error> {
    let Who::Account { id: account_id, email, .. } = &op.who else { return Err(not_by_token(op)) };
    let name = scope::name(&new.name)?;
    if new.role == Role::None {
        return Err(Error::invalid("role is one of viewer, operator, admin."));
    }
    if !(1..=366 * DAY).contains(&new.expires_in_seconds) {
        return Err(Error::invalid("expires_in_seconds may be 1 to 31622400."));
    }
    let (id, secret) = (secret::id("t")?, secret::token()?);
    let until = op.at + SignedDuration::from_secs(new.expires_in_seconds);
    let mut tx = app.pool.begin().await?;
    let found = new.scope.find(&mut tx).await?;
    // What counts is what both the token and its maker have; a role that the maker has nowhere would only mislead.
    op.needs_somewhere(new.role)?;
    api_token::insert(
        &mut tx,
        &NewApiToken {
            id: &id,
            name,
            secret_sha256: &secret::sha256(&secret),
            account_id,
            role: new.role,
            team_id: found.team_id.as_deref(),
            region: new.scope.region.as_deref(),
            labels: &new.scope.labels,
            at: op.at,
            until,
        },
    )
    .await?;
    let entry = Entry { who: None, action: "api_token.make", subject: &id, reason: &new.reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    let effect = format!(
        "An API token {name} would be made: {} for {}, good until {until}.",
        new.role.as_str(),
        new.scope.shown()
    );
    let shown = Token {
        id: id.clone(),
        name: name.to_owned(),
        role: new.role,
        scope: new.scope,
        created_by: email.clone(),
        created_at: op.at,
        expires_at: until,
        revoked_at: None,
        last_used_at: None,
    };
    finish(tx, new.dry_run, effect, MadeToken { shown, token: text(&id, &secret) }).await
}

/// One's own; everybody's for an administrator.
pub async fn list(app: &App, op: &OpContext) -> Result<Tokens, Error> {
    let all = op.access()?.everywhere() >= Role::Admin;
    let own = maker(op)?;
    let mut connection = app.pool.acquire().await?;
    let since = op.at - SignedDuration::from_hours(24 * 7);
    let rows = api_token::list(&mut connection, Some(own).filter(|_| !all), since).await?;
    Ok(Tokens { items: rows.into_iter().map(Token::from).collect() })
}

/// Takes one back: one's own, anybody's for an administrator.
pub async fn revoke(app: &App, op: &OpContext, id: &str, reason: &str, dry_run: bool) -> Result<Written<()>, Error> {
    let all = op.access()?.everywhere() >= Role::Admin;
    let own = maker(op)?;
    let mut tx = app.pool.begin().await?;
    let row = api_token::get(&mut tx, id).await?.filter(|row| all || row.account_id == own);
    let Some(row) = row else { return Err(Error::NotFound { what: format!("API token {id}") }) };
    if api_token::revoke(&mut tx, id, op.at).await? {
        let entry = Entry { who: None, action: "api_token.revoke", subject: id, reason, outcome: "done" };
        audit::insert(&mut tx, op, &entry).await?;
    }
    let effect = format!("The API token {} of {} would be taken back.", row.name, row.email);
    finish(tx, dry_run, effect, ()).await
}

/// The account that acts, itself or by a token.
fn maker(op: &OpContext) -> Result<&str, Error> {
    match &op.who {
        Who::Account { id, .. } | Who::Token { maker: (id, _), .. } => Ok(id),
        Who::Nobody | Who::Cluster { .. } => Err(Error::NotSignedIn),
    }
}

fn not_by_token(op: &OpContext) -> Error {
    if matches!(op.who, Who::Token { .. }) { Error::NotByToken } else { Error::NotSignedIn }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written() {
        assert_eq!(parts(&text("t-1", "abc")), Some(("t-1", "abc")));
        for wrong in ["", "fat1", "fat1.", "fat1.t-1", "fat1..abc", "fat1.t-1.", "fat2.t-1.abc", "fsj1.a.b.c"] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
