//! People: the first one by a one-time link, others by an admin; who signs in, and how often it may fail.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::role::Grant;
use super::write::{Written, finish};
use super::{App, Error};
use crate::access::{Access, Labels, Right};
use crate::context::{OpContext, Role, Who};
use crate::secret;
use crate::store::account::{self, AccountRow};
use crate::store::audit::{self, Entry};
use crate::store::grant::{self, GrantRow};
use crate::store::{hub, session};

/// How long somebody stays signed in.
pub const SESSION: SignedDuration = SignedDuration::from_hours(12);
const SETUP: SignedDuration = SignedDuration::from_hours(1);
/// Failures count for so long.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// So many for one account, and for one address, within that.
const FAILURES: (i64, i64) = (10, 50);

/// An account as it is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Account {
    /// Names the account.
    pub id: String,
    /// Its address.
    pub email: String,
    /// As the person is called.
    pub name: String,
    /// What they may do in the whole fleet.
    pub role: Role,
    /// What they may do in parts of it.
    pub grants: Vec<Grant>,
}

/// All accounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accounts {
    /// By address.
    pub items: Vec<Account>,
}

/// The first account.
#[derive(Deserialize, ToSchema)]
pub struct Setup {
    /// From the link.
    pub token: String,
    /// Its address.
    pub email: String,
    /// As the person is called.
    pub name: String,
    /// At least 10 letters.
    pub password: String,
}

/// Another account.
#[derive(Deserialize, ToSchema)]
pub struct NewAccount {
    /// Its address.
    pub email: String,
    /// As the person is called.
    pub name: String,
    /// At least 10 letters.
    pub password: String,
    /// What they may do in the whole fleet; `none` for nothing but what grants allow.
    pub role: Role,
    /// Why, for the audit log.
    #[serde(default)]
    pub reason: String,
    /// Only says what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
}

impl Account {
    fn of(row: AccountRow, grants: &[GrantRow]) -> Self {
        let grants = grants.iter().filter(|grant| grant.account_id == row.id).map(Grant::from).collect();
        Self { role: Role::parse(&row.role), id: row.id, email: row.email, name: row.name, grants }
    }
}

/// What a role in the whole fleet and grants allow together.
pub fn access(role: &str, grants: &[GrantRow]) -> Access {
    let everywhere = Right { role: Role::parse(role), wanted: Labels::new() };
    Access::of(std::iter::once(everywhere).chain(grants.iter().filter_map(GrantRow::right)).collect())
}

/// The one-time link, when nobody has an account yet. An older link counts no more.
pub async fn setup_link(app: &App, at: Timestamp) -> Result<Option<String>, Error> {
    let mut tx = app.pool.begin().await?;
    if account::any(&mut tx).await? {
        return Ok(None);
    }
    let token = secret::token()?;
    hub::set_setup(&mut tx, &secret::sha256(&token), at + SETUP).await?;
    tx.commit().await?;
    Ok(Some(format!("{}/setup#{token}", app.public_url)))
}

/// Makes the first account and signs it in. Returns the account and the session's token.
pub async fn setup(app: &App, op: &OpContext, setup: Setup) -> Result<(Account, String), Error> {
    let hash = hash(app, &setup.email, &setup.name, setup.password).await?;
    let mut tx = app.pool.begin().await?;
    if !hub::use_setup(&mut tx, &secret::sha256(&setup.token), op.at).await? || account::any(&mut tx).await? {
        return Err(Error::SetupUnknown);
    }
    let row = new_row(&setup.email, &setup.name, Role::Admin, hash, op.at)?;
    account::insert(&mut tx, &row).await?;
    let entry =
        Entry { who: Some(&row.email), action: "account.setup", subject: &row.email, reason: "", outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    let token = begin(&mut tx, op, &row).await?;
    tx.commit().await?;
    Ok((Account::of(row, &[]), token))
}

/// Signs in. Returns the account and the session's token. `peer` is the address of whoever asks.
pub async fn sign_in(app: &App, op: &OpContext, peer: &str, asked: SignIn) -> Result<(Account, String), Error> {
    let email = asked.email.trim().to_lowercase();
    let (by_account, by_peer) = (format!("account {}", secret::hex(&secret::sha256(&email))), format!("peer {peer}"));
    let mut connection = app.pool.acquire().await?;
    for (subject, most) in [(&by_account, FAILURES.0), (&by_peer, FAILURES.1)] {
        if account::failures(&mut connection, subject, op.at - WINDOW).await? >= most {
            return Err(Error::TooManyTries { retry_after_seconds: WINDOW.as_secs().unsigned_abs() });
        }
    }
    let row = account::by_email(&mut connection, &email).await?;
    drop(connection);
    // Somebody unknown takes as long as somebody known.
    let against = row.as_ref().map_or_else(|| NOBODY.to_owned(), |row| row.password_hash.clone());
    let place = app.gate.sign_in()?;
    let fits = tokio::task::spawn_blocking(move || {
        let _place = place;
        PasswordHash::new(&against)
            .is_ok_and(|hash| Argon2::default().verify_password(asked.password.as_bytes(), &hash).is_ok())
    });
    let fits = fits.await.map_err(|error| Error::Internal(error.into()))?;
    let mut tx = app.pool.begin().await?;
    let Some(row) = row.filter(|_| fits) else {
        account::failed(&mut tx, &by_account, op.at).await?;
        account::failed(&mut tx, &by_peer, op.at).await?;
        // Not the address that was typed: people type passwords there.
        let entry =
            Entry { who: Some(&by_peer), action: "session.begin", subject: "", reason: "", outcome: "wrong_password" };
        audit::insert(&mut tx, op, &entry).await?;
        tx.commit().await?;
        return Err(Error::WrongPassword);
    };
    let entry =
        Entry { who: Some(&row.email), action: "session.begin", subject: &row.email, reason: "", outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    let token = begin(&mut tx, op, &row).await?;
    let grants = grant::of(&mut tx, std::slice::from_ref(&row.id)).await?;
    tx.commit().await?;
    Ok((Account::of(row, &grants), token))
}

/// Who the token's session belongs to; nobody when it is over.
pub async fn of_session(app: &App, token: &str, at: Timestamp) -> Result<Who, Error> {
    let mut connection = app.pool.acquire().await?;
    let Some(row) = session::account(&mut connection, &secret::sha256(token), at).await? else {
        return Ok(Who::Nobody);
    };
    let grants = grant::of(&mut connection, std::slice::from_ref(&row.id)).await?;
    let access = Arc::new(access(&row.role, &grants));
    Ok(Who::Account { role: Role::parse(&row.role), id: row.id, email: row.email, name: row.name, access })
}

/// The account that acts, itself or by a token.
pub async fn current(app: &App, op: &OpContext) -> Result<Account, Error> {
    let (Who::Account { id, .. } | Who::Token { maker: (id, _), .. }) = &op.who else { return Err(Error::NotSignedIn) };
    let mut connection = app.pool.acquire().await?;
    let row = account::get(&mut connection, id).await?.ok_or(Error::NotSignedIn)?;
    let grants = grant::of(&mut connection, std::slice::from_ref(&row.id)).await?;
    Ok(Account::of(row, &grants))
}

/// Signs out.
pub async fn sign_out(app: &App, op: &OpContext, token: &str) -> Result<(), Error> {
    let mut tx = app.pool.begin().await?;
    session::delete(&mut tx, &secret::sha256(token)).await?;
    let entry = Entry { who: None, action: "session.end", subject: op.who.name(), reason: "", outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    Ok(tx.commit().await?)
}

/// Makes another account.
pub async fn make(app: &App, op: &OpContext, new: NewAccount) -> Result<Written<Account>, Error> {
    op.needs(Role::Admin)?;
    let hash = hash(app, &new.email, &new.name, new.password).await?;
    let row = new_row(&new.email, &new.name, new.role, hash, op.at)?;
    let mut tx = app.pool.begin().await?;
    if !account::insert(&mut tx, &row).await? {
        return Err(Error::Conflict { detail: format!("{} has an account already.", row.email) });
    }
    let entry = Entry { who: None, action: "account.make", subject: &row.email, reason: &new.reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    let effect = format!("{} would get an account with the role {} in the whole fleet.", row.email, row.role);
    finish(tx, new.dry_run, effect, Account::of(row, &[])).await
}

/// All accounts.
pub async fn list(app: &App, op: &OpContext) -> Result<Accounts, Error> {
    op.needs(Role::Admin)?;
    let mut connection = app.pool.acquire().await?;
    let rows = account::list(&mut connection).await?;
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let grants = grant::of(&mut connection, &ids).await?;
    Ok(Accounts { items: rows.into_iter().map(|row| Account::of(row, &grants)).collect() })
}

/// A hash that no password has, of the same cost as others.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2R5$Hn1D8E1cFQ6q9n1FTq1bF4Yc0Qm8mF0d1p0Gz5k5l5A";

async fn begin(connection: &mut sqlx::PgConnection, op: &OpContext, row: &AccountRow) -> Result<String, Error> {
    let token = secret::token()?;
    session::insert(connection, &secret::sha256(&token), &row.id, op.at, op.at + SESSION).await?;
    Ok(token)
}

fn new_row(email: &str, name: &str, role: Role, password_hash: String, at: Timestamp) -> Result<AccountRow, Error> {
    let (id, email, name) = (secret::id("a")?, email.trim().to_lowercase(), name.trim().to_owned());
    Ok(AccountRow { id, email, name, role: role.as_str().to_owned(), password_hash, created_at: at.to_sqlx() })
}

async fn hash(app: &App, email: &str, name: &str, password: String) -> Result<String, Error> {
    let email = email.trim();
    if email.len() > 253 || !email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty()) {
        return Err(Error::invalid("email has to be an address."));
    }
    if name.trim().is_empty() || name.len() > 253 {
        return Err(Error::invalid("name has to have 1 to 253 letters."));
    }
    if !(10..=1024).contains(&password.len()) {
        return Err(Error::invalid("password has to have at least 10 letters."));
    }
    let place = app.gate.sign_in()?;
    let made = tokio::task::spawn_blocking(move || {
        let _place = place;
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    });
    let made = made.await.map_err(|error| Error::Internal(error.into()))?;
    made.map_err(|error| Error::Internal(anyhow::anyhow!("hash a password: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let somebody = Argon2::default().hash_password(b"0123456789").expect("a hash").to_string();
        let cost = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(cost(NOBODY), cost(&somebody));
        let nobody = PasswordHash::new(NOBODY).expect("a hash that is read");
        assert!(Argon2::default().verify_password(b"0123456789", &nobody).is_err());
    }
}
