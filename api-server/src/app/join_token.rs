//! Join tokens: made by people, told once.

use std::collections::BTreeMap;

use flagstaff_model::wire::JoinToken;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::write::{Written, finish};
use super::{App, Error, reach, scope};
use crate::context::{OpContext, Role};
use crate::secret;
use crate::store::audit::{self, Entry};
use crate::store::join_token::{self, NewJoinToken};
use crate::store::listing;

/// What a person says of a new token.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewToken {
    /// A name for it.
    pub name: String,
    /// How long it is good; at most 90 days.
    #[serde(default = "hour")]
    pub expires_in_seconds: i64,
    /// How many clusters may join by it; at most 10000.
    #[serde(default = "once")]
    pub uses: i64,
    /// What a cluster that joins by it must have; name, region, provider and environment count as labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Whether a person has to accept who joins by it.
    #[serde(default)]
    pub needs_acceptance: bool,
    /// Only this known cluster (its id) may join by it, again: for one that has lost its credential and its token.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Why, for the audit log.
    #[serde(default)]
    pub reason: String,
    /// Only says what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

fn hour() -> i64 {
    3600
}

fn once() -> i64 {
    1
}

/// A new token, with its text for the only time.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeToken {
    /// Names the token.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// The text: a secret, never told again.
    pub token: String,
    /// What to run in the cluster.
    pub command: Command,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// How many may still join by it.
    pub uses_left: i64,
}

/// What to run in the cluster; holds the secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct Command {
    /// With Helm.
    pub helm: String,
    /// With kubectl, where the operator is installed already.
    pub kubectl: String,
}

/// A token without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    /// Names the token.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// What a cluster that joins by it must have.
    pub labels: BTreeMap<String, String>,
    /// Whether a person has to accept who joins by it.
    pub needs_acceptance: bool,
    /// How many may still join by it.
    pub uses_left: i64,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// The id of the one known cluster that may join again by it.
    pub cluster: Option<String>,
    /// Who joined by it.
    pub clusters: Vec<Joined>,
}

/// A cluster that joined by a token.
#[derive(Debug, Serialize, ToSchema)]
pub struct Joined {
    /// Names it in the hub.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// Its state.
    pub state: String,
    /// When it joined first.
    pub enrolled_at: Timestamp,
}

/// All tokens of the last 90 days.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// Newest first.
    pub items: Vec<Token>,
}

const NINETY_DAYS: i64 = 90 * 86_400;

/// Makes one.
pub async fn make(app: &App, op: &OpContext, new: &NewToken) -> Result<Written<MadeToken>, Error> {
    // Who has a part of the fleet makes tokens that bind clusters to that part.
    if new.cluster.is_none() {
        op.needs_among(Role::Operator, &new.labels)?;
    }
    let name = scope::name(&new.name)?;
    if !(1..=NINETY_DAYS).contains(&new.expires_in_seconds) || !(1..=10_000).contains(&new.uses) {
        return Err(Error::invalid("expires_in_seconds may be 1 to 7776000, uses 1 to 10000."));
    }
    scope::check(&new.labels)?;
    let token = JoinToken { id: secret::id("j")?, secret: secret::token()?, identity_key: app.identity_key.clone() };
    let until = op.at + SignedDuration::from_secs(new.expires_in_seconds);
    let mut tx = app.pool.begin().await?;
    if let Some(cluster) = &new.cluster {
        let row = reach::get(&mut tx, op, Role::Operator, cluster).await?;
        // What it is bound to already, the new token may not loosen for somebody who has that part only.
        let bound = row.bound().into_iter().chain(new.labels.clone()).collect();
        op.needs_among(Role::Operator, &bound)?;
    }
    join_token::insert(
        &mut tx,
        &NewJoinToken {
            id: &token.id,
            name,
            secret_sha256: &secret::sha256(&token.secret),
            labels: &new.labels,
            needs_acceptance: new.needs_acceptance,
            uses: new.uses,
            by: op.who.name(),
            at: op.at,
            until,
            cluster_id: new.cluster.as_deref(),
        },
    )
    .await?;
    let entry =
        Entry { who: None, action: "join_token.make", subject: &token.id, reason: &new.reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    let effect = format!("A join token {name} would be made for {} clusters, good until {until}.", new.uses);
    let made = MadeToken {
        name: name.to_owned(),
        command: command(&app.public_url, &token.text()),
        token: token.text(),
        id: token.id,
        expires_at: until,
        uses_left: new.uses,
    };
    finish(tx, new.dry_run, effect, made).await
}

fn command(url: &str, token: &str) -> Command {
    let secret =
        format!("kubectl create secret generic flagstaff-join --namespace flagstaff --from-literal=token='{token}'");
    let flag = format!(
        "kubectl apply -f - <<'END'\napiVersion: flagstaff.dev/v1alpha1\nkind: ClusterObservability\nmetadata: {{name: cluster}}\n\
         spec:\n  enabled: true\n  hub: {{url: '{url}', joinTokenSecret: {{name: flagstaff-join}}}}\nEND"
    );
    let install = "helm upgrade --install flagstaff-crds charts/flagstaff-crds --namespace flagstaff --create-namespace\n\
                   helm upgrade --install flagstaff-operator charts/flagstaff-operator --namespace flagstaff --take-ownership";
    Command { helm: format!("{install}\n{secret}\n{flag}"), kubectl: format!("{secret}\n{flag}") }
}

/// All of the last 90 days whose clusters one may steer, without secrets.
pub async fn list(app: &App, op: &OpContext) -> Result<Tokens, Error> {
    op.needs_somewhere(Role::Operator)?;
    let access = op.access()?;
    let mut connection = app.pool.acquire().await?;
    let mut rows = join_token::list(&mut connection, op.at - SignedDuration::from_secs(NINETY_DAYS)).await?;
    rows.retain(|row| access.among(&row.labels()) >= Role::Operator);
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut joined: BTreeMap<String, Vec<Joined>> = BTreeMap::new();
    for one in listing::joined_by(&mut connection, &ids).await? {
        let cluster = Joined { id: one.id, name: one.name, state: one.state, enrolled_at: one.enrolled_at.to_jiff() };
        joined.entry(one.join_token_id).or_default().push(cluster);
    }
    let shown = |row: join_token::JoinTokenRow| Token {
        labels: row.labels(),
        clusters: joined.remove(&row.id).unwrap_or_default(),
        id: row.id,
        name: row.name,
        needs_acceptance: row.needs_acceptance,
        uses_left: row.uses_left,
        created_by: row.created_by,
        created_at: row.created_at.to_jiff(),
        expires_at: row.expires_at.to_jiff(),
        revoked_at: row.revoked_at.map(|at| at.to_jiff()),
        cluster: row.cluster_id,
    };
    Ok(Tokens { items: rows.into_iter().map(shown).collect() })
}

/// Takes one back: nobody joins by it any more; who has joined stays.
pub async fn revoke(app: &App, op: &OpContext, id: &str, reason: &str, dry_run: bool) -> Result<Written<()>, Error> {
    op.needs_somewhere(Role::Operator)?;
    let mut tx = app.pool.begin().await?;
    let row = join_token::lock(&mut tx, id).await?;
    let access = op.access()?;
    let Some(row) = row.filter(|row| access.among(&row.labels()) >= Role::Operator) else {
        return Err(Error::NotFound { what: format!("join token {id}") });
    };
    if join_token::revoke(&mut tx, id, op.at).await? {
        let entry = Entry { who: None, action: "join_token.revoke", subject: id, reason, outcome: "done" };
        audit::insert(&mut tx, op, &entry).await?;
    }
    let effect = format!("Nobody would join by {} any more; who has joined would stay.", row.name);
    finish(tx, dry_run, effect, ()).await
}
