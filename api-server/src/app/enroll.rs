//! A cluster joins, or joins again.

use flagstaff_model::ClusterIdentity;
use flagstaff_model::wire::{EnrollAnswer, EnrollRequest, JoinToken};
use jiff::SignedDuration;
use sqlx::{Postgres, Transaction};

use super::{App, Error, JoinTokenRefusal};
use crate::access::Labels;
use crate::context::OpContext;
use crate::secret;
use crate::store::audit::{self, Entry};
use crate::store::cluster::{self, ClusterRow, Enrolled};
use crate::store::event::{self, NewEvent};
use crate::store::join_token::{self, JoinTokenRow};

/// Somebody tried to join as a known cluster.
pub const STRANGER: &str = "join_refused";

/// Enrolls. The same request again has the same answer and uses nothing up. `shown` is the hash of a credential that came with it.
pub async fn enroll(
    app: &App,
    op: &OpContext,
    request: &EnrollRequest,
    shown: Option<&[u8]>,
) -> Result<EnrollAnswer, Error> {
    let refuse = |refusal| Err(Error::JoinToken(refusal));
    let Ok(token) = JoinToken::parse(&request.join_token) else { return refuse(JoinTokenRefusal::Unknown) };
    let Some(credential) = secret::read_sha256(&request.credential_sha256) else {
        return Err(Error::invalid("credential_sha256 has to be 64 digits of hex."));
    };
    check(&request.cluster)?;
    let mut tx = app.pool.begin().await?;
    let known = join_token::lock(&mut tx, &token.id).await?;
    let Some(known) = known.filter(|known| secret::same(&known.secret_sha256, &secret::sha256(&token.secret))) else {
        return refuse(JoinTokenRefusal::Unknown);
    };
    let before = cluster::lock_by_uid(&mut tx, &request.cluster.uid).await?;
    if let Some(row) = before.as_ref().filter(|row| repeated(row, &known, &credential)) {
        return Ok(answer(app, &row.id, row.accepted, row.identity_epoch));
    }
    if let Some(refusal) = refusal(&known, &request.cluster, op) {
        return refuse(refusal);
    }
    if !consented(&known, before.as_ref(), shown) {
        if let Some(row) = before.as_ref().filter(|row| row.removed_at.is_none()) {
            tell_stranger(tx, op, &row.id, &known).await?;
            app.feed.wake();
        }
        return refuse(JoinTokenRefusal::OtherCluster);
    }
    if cluster::name_taken(&mut tx, &request.cluster.name, &request.cluster.uid).await? {
        let detail =
            format!("Another cluster is called {}: give this one another name in its flag.", request.cluster.name);
        return Err(Error::Conflict { detail });
    }
    if cluster::by_credential(&mut tx, &credential).await?.is_some() {
        return Err(Error::Conflict { detail: "Another cluster has this credential: make a new one.".into() });
    }
    join_token::use_once(&mut tx, &known.id).await?;
    // Who was accepted before stays so.
    let accepted =
        !known.needs_acceptance || before.as_ref().is_some_and(|row| row.accepted && row.removed_at.is_none());
    let new = Enrolled {
        identity: &request.cluster,
        facts: &request.facts,
        operator_version: &request.operator_version,
        accepted,
        join_token_id: &known.id,
        bound: &known.labels(),
        credential_sha256: &credential,
        at: op.at,
    };
    let by = format!("join token {}", known.name);
    let (id, identity_epoch) = match &before {
        None => {
            let id = secret::id("c")?;
            cluster::insert(&mut tx, &id, &new).await?;
            (id, 1)
        }
        Some(row) => {
            cluster::enroll_again(&mut tx, &row.id, &new).await?;
            (row.id.clone(), row.identity_epoch + 1)
        }
    };
    let (kind, sentence) = match &before {
        None if accepted => ("joined", "It joined.".to_owned()),
        None => ("joined", "It joined and waits for acceptance.".to_owned()),
        Some(row) if row.removed_at.is_some() => ("joined", "It joined again after its removal.".to_owned()),
        Some(_) => ("re_enrolled", "It joined again with a new credential; the old one counts no more.".to_owned()),
    };
    event::insert(&mut tx, &id, op.at, &NewEvent { kind, tone: "ok", sentence, who: &by, reason: "" }).await?;
    let action = if kind == "joined" { "cluster.join" } else { "cluster.enroll_again" };
    audit::insert(&mut tx, op, &Entry { who: Some(&by), action, subject: &id, reason: "", outcome: "done" }).await?;
    if before.is_some()
        && let Some(row) = cluster::lock(&mut tx, &id).await?
    {
        super::state::settle(&mut tx, &row, op.at, Some(op.at), app.every_seconds()).await?;
    }
    tx.commit().await?;
    app.feed.wake();
    Ok(answer(app, &id, accepted, identity_epoch))
}

/// Whether who comes may take the place of who is known: by the token that they joined by, by one that was made for them, or by showing
/// the credential in use. Anybody can learn a UID, and a token for other clusters gives no right to this one.
fn consented(token: &JoinTokenRow, before: Option<&ClusterRow>, shown: Option<&[u8]>) -> bool {
    let Some(row) = before else { return token.cluster_id.is_none() };
    if let Some(only) = &token.cluster_id {
        return *only == row.id;
    }
    let has = |hash: &[u8]| shown.is_some_and(|shown| secret::same(hash, shown));
    row.removed_at.is_some()
        || row.join_token_id == token.id
        || has(&row.credential_sha256)
        || row.next_credential_sha256.as_deref().is_some_and(has)
}

/// Notes in the timeline that somebody tried to join as a known cluster, once an hour for all who try.
async fn tell_stranger(
    mut tx: Transaction<'_, Postgres>,
    op: &OpContext,
    id: &str,
    token: &JoinTokenRow,
) -> Result<(), Error> {
    if event::last(&mut tx, id, STRANGER)
        .await?
        .is_none_or(|at| op.at.duration_since(at) >= SignedDuration::from_hours(1))
    {
        let by = format!("join token {}", token.name);
        let sentence =
            "Somebody tried to join as this cluster by a token that is not its own, and was refused. If it was \
                        this cluster, make a join token for it."
                .to_owned();
        event::insert(&mut tx, id, op.at, &NewEvent { kind: STRANGER, tone: "warn", sentence, who: &by, reason: "" })
            .await?;
        let outcome = "join_token_other_cluster";
        let entry = Entry { who: Some(&by), action: "cluster.enroll_again", subject: id, reason: "", outcome };
        audit::insert(&mut tx, op, &entry).await?;
    }
    Ok(tx.commit().await?)
}

/// Puts what a join token asked for over what a cluster says of itself.
pub fn bind(identity: &mut ClusterIdentity, bound: Labels) {
    for (name, value) in bound {
        match name.as_str() {
            "name" => identity.name = value,
            "region" => identity.region = value,
            "provider" => identity.provider = value,
            "environment" => identity.environment = value,
            _ => _ = identity.labels.insert(name, value),
        }
    }
}

/// The very request that was carried out already, its answer having been lost.
fn repeated(row: &ClusterRow, token: &JoinTokenRow, credential: &[u8]) -> bool {
    row.removed_at.is_none() && row.join_token_id == token.id && secret::same(&row.credential_sha256, credential)
}

fn answer(app: &App, id: &str, accepted: bool, identity_epoch: i64) -> EnrollAnswer {
    EnrollAnswer {
        cluster_id: id.to_owned(),
        accepted,
        identity_epoch: u64::try_from(identity_epoch).unwrap_or_default(),
        status_every_seconds: app.status_every_seconds,
    }
}

fn refusal(token: &JoinTokenRow, identity: &ClusterIdentity, op: &OpContext) -> Option<JoinTokenRefusal> {
    if token.revoked_at.is_some() {
        return Some(JoinTokenRefusal::Revoked);
    }
    if token.expires_at.to_jiff() <= op.at {
        return Some(JoinTokenRefusal::Expired);
    }
    if token.uses_left == 0 {
        return Some(JoinTokenRefusal::UsedUp);
    }
    let wrong = wrong_label(&token.labels(), identity);
    wrong.map(|(name, value)| JoinTokenRefusal::WrongLabels { name, value })
}

/// The first label that the token asks for and the cluster has not. Name, region, provider and environment count as labels.
fn wrong_label(wanted: &Labels, identity: &ClusterIdentity) -> Option<(String, String)> {
    let has = |name: &str| match name {
        "name" => Some(&identity.name),
        "region" => Some(&identity.region),
        "provider" => Some(&identity.provider),
        "environment" => Some(&identity.environment),
        _ => identity.labels.get(name),
    };
    wanted.iter().find(|(name, value)| has(name) != Some(value)).map(|(name, value)| (name.clone(), value.clone()))
}

/// What an identity must have, and how long its words may be.
pub fn check(identity: &ClusterIdentity) -> Result<(), Error> {
    for (field, word) in [("uid", &identity.uid), ("name", &identity.name)] {
        if word.trim().is_empty() {
            return Err(Error::invalid(format!("cluster.{field} is missing.")));
        }
    }
    let words = [&identity.uid, &identity.name, &identity.region, &identity.provider, &identity.environment];
    let labels = identity.labels.iter().flat_map(|(name, value)| [name, value]);
    if identity.labels.len() > 64 || words.into_iter().chain(labels).any(|word| word.len() > 253 || word.contains('\0'))
    {
        return Err(Error::invalid("The cluster's words may have 253 letters, and it may have 64 labels."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_a_token_bind() {
        let identity = ClusterIdentity {
            region: "eu".into(),
            labels: Labels::from([("team".to_owned(), "a".to_owned())]),
            ..ClusterIdentity::default()
        };
        let wanted = |name: &str, value: &str| Labels::from([(name.to_owned(), value.to_owned())]);
        assert_eq!(wrong_label(&wanted("region", "eu"), &identity), None);
        assert_eq!(wrong_label(&wanted("team", "a"), &identity), None);
        assert_eq!(wrong_label(&Labels::new(), &identity), None);
        assert_eq!(wrong_label(&wanted("region", "us"), &identity), Some(("region".into(), "us".into())));
        assert_eq!(wrong_label(&wanted("tier", "1"), &identity), Some(("tier".into(), "1".into())));
    }
}
