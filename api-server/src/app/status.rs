//! A cluster says how it is: one report makes it fresh.

use flagstaff_model::wire::{StatusAnswer, StatusReport};
use jiff::{SignedDuration, Timestamp};
use sqlx::PgConnection;

use super::{App, Error, enroll, state};
use crate::context::OpContext;
use crate::secret;
use crate::store::cluster::{self, ClusterRow, Reported};
use crate::store::event::{self, NewEvent};
use crate::store::{gauge, instance};

/// A leader that comes back within this, after another one reported, is no failover: two operators have one identity.
const TWICE: SignedDuration = SignedDuration::from_hours(1);
/// After so long a credential is to be replaced.
const CREDENTIAL_AGE: SignedDuration = SignedDuration::from_hours(24 * 30);
/// How many problems of a report are kept.
const PROBLEMS: usize = 20;
/// A count beyond this is no measurement; it is taken as not known.
const PLAUSIBLE: u64 = 1_000_000_000_000_000;

/// Whether a cluster has this credential.
pub async fn known(app: &App, credential_sha256: &[u8]) -> Result<(), Error> {
    let known = cluster::credential_known(&mut *app.pool.acquire().await?, credential_sha256).await?;
    if known { Ok(()) } else { Err(Error::CredentialUnknown) }
}

/// Takes a report.
pub async fn report(
    app: &App,
    op: &OpContext,
    credential_sha256: &[u8],
    mut report: StatusReport,
) -> Result<StatusAnswer, Error> {
    let next = match report.next_credential_sha256.take() {
        Some(text) => match secret::read_sha256(&text) {
            Some(hash) => Some(hash),
            None => return Err(Error::invalid("next_credential_sha256 has to be 64 digits of hex.")),
        },
        None => None,
    };
    enroll::check(&report.cluster)?;
    if report.instance.is_empty() || report.instance.len() > 253 {
        return Err(Error::invalid("instance has to be a word of at most 253 letters."));
    }
    report.problems.truncate(PROBLEMS);
    report.gauges.series = report.gauges.series.filter(|series| *series <= PLAUSIBLE);

    let mut tx = app.pool.begin().await?;
    let row = cluster::lock_by_credential(&mut tx, credential_sha256).await?.ok_or(Error::CredentialUnknown)?;
    if row.uid != report.cluster.uid {
        let detail = "This credential belongs to another cluster. Enroll this one with a join token.".into();
        return Err(Error::Conflict { detail });
    }
    enroll::bind(&mut report.cluster, row.bound());
    credentials(&mut tx, op, &row, credential_sha256, next.as_deref()).await?;
    let twice = leader(&mut tx, op, &row, &report.instance).await?;
    let sequence = i64::try_from(report.sequence).unwrap_or(i64::MAX);
    if row.instance.as_deref() == Some(&report.instance) && sequence < row.sequence {
        // Overtaken on its way by a newer one.
        cluster::heard(&mut tx, &row.id, op.at).await?;
    } else {
        write(&mut tx, op, &row, &report, twice).await?;
    }
    let Some(now) = cluster::lock(&mut tx, &row.id).await? else { return Err(Error::CredentialUnknown) };
    // Only the cluster's own word on this very order: an empty report may as well be a cluster that has just begun.
    let gone = now.removal_order_id.is_some() && now.removal_order_id == report.left_by_order;
    if gone {
        let sentence = "It left: what the hub had switched on is gone; a flag set in the cluster stays.".to_owned();
        let new = NewEvent { kind: "removed", tone: "off", sentence, who: "cluster", reason: "" };
        event::insert(&mut tx, &row.id, op.at, &new).await?;
        cluster::removed(&mut tx, &row.id, op.at).await?;
    } else {
        state::settle(&mut tx, &now, op.at, None, app.every_seconds()).await?;
    }
    let rotate = wants_rotation(&now, op.at);
    tx.commit().await?;
    app.feed.wake();
    Ok(StatusAnswer { next_seconds: app.status_every_seconds, rotate })
}

/// Whether the cluster shall replace its credential: not while the next one is on its way.
pub fn wants_rotation(row: &ClusterRow, at: Timestamp) -> bool {
    row.next_credential_sha256.is_none() && at.duration_since(row.credential_since.to_jiff()) > CREDENTIAL_AGE
}

/// The next credential ends the one before by its first use; a new one is noted.
async fn credentials(
    connection: &mut PgConnection,
    op: &OpContext,
    row: &ClusterRow,
    used: &[u8],
    next: Option<&[u8]>,
) -> Result<(), Error> {
    promote(connection, op, row, used).await?;
    let Some(next) = next.filter(|next| *next != used && Some(*next) != row.next_credential_sha256.as_deref()) else {
        return Ok(());
    };
    if cluster::by_credential(connection, next).await?.is_some() {
        return Err(Error::Conflict { detail: "The next credential is in use already: make another one.".into() });
    }
    Ok(cluster::set_next_credential(connection, &row.id, next).await?)
}

/// When the next credential was used, it is the only one from now on.
pub async fn promote(
    connection: &mut PgConnection,
    op: &OpContext,
    row: &ClusterRow,
    used: &[u8],
) -> Result<(), Error> {
    if row.next_credential_sha256.as_deref() == Some(used) {
        cluster::promote_credential(connection, &row.id, op.at).await?;
    }
    Ok(())
}

/// Who leads. A, then B is a failover; A, then B, then A within an hour is two operators. Returns when that was last seen.
async fn leader(
    connection: &mut PgConnection,
    op: &OpContext,
    row: &ClusterRow,
    id: &str,
) -> Result<Option<Timestamp>, Error> {
    let seen = instance::seen(connection, &row.id, id, op.at).await?;
    let twice = row.identity_twice_at.map(|at| at.to_jiff());
    let Some(before) = row.instance.as_deref().filter(|before| *before != id) else { return Ok(twice) };
    if seen.is_none_or(|seen| op.at.duration_since(seen) >= TWICE) {
        let sentence = format!("Another replica of its operator leads: {id} after {before}.");
        let new = NewEvent { kind: "failover", tone: "ok", sentence, who: "cluster", reason: "" };
        event::insert(connection, &row.id, op.at, &new).await?;
        return Ok(twice);
    }
    // Said once an hour, though each report would be another proof.
    if twice.is_none_or(|twice| op.at.duration_since(twice) >= TWICE) {
        let sentence = format!("Two operators report as this cluster: {id} and {before}. Was it restored or copied?");
        let new = NewEvent { kind: "identity_twice", tone: "bad", sentence, who: "hub", reason: "" };
        event::insert(connection, &row.id, op.at, &new).await?;
    }
    Ok(Some(op.at))
}

async fn write(
    connection: &mut PgConnection,
    op: &OpContext,
    row: &ClusterRow,
    report: &StatusReport,
    identity_twice_at: Option<Timestamp>,
) -> Result<(), Error> {
    let taken = report.cluster.name != row.name
        && cluster::name_taken(connection, &report.cluster.name, &report.cluster.uid).await?;
    let name = if taken { row.name.as_str() } else { report.cluster.name.as_str() };
    cluster::report(connection, &row.id, &Reported { report, name, at: op.at, identity_twice_at }).await?;
    for new in turns(row, report) {
        event::insert(connection, &row.id, op.at, &new).await?;
    }
    let mut gauges = serde_json::to_value(&report.gauges).map_err(|error| Error::Internal(error.into()))?;
    if let Some(gauges) = gauges.as_object_mut() {
        gauges.retain(|_, value| value.is_number());
        gauges.insert("objects_applied".into(), report.objects.applied.into());
    }
    Ok(gauge::keep(connection, &row.id, op.at, &gauges).await?)
}

/// What the timeline says of a report beside the state.
fn turns<'a>(row: &ClusterRow, report: &'a StatusReport) -> Vec<NewEvent<'a>> {
    let mut told = vec![];
    let before = row.report();
    let was = before.as_ref().and_then(|before| before.flag.as_ref()).is_some_and(|flag| flag.enabled);
    let set_by = report.flag.as_ref().map_or("", |flag| flag.set_by.as_str());
    match (was, report.flag.as_ref().is_some_and(|flag| flag.enabled)) {
        (false, true) => {
            let sentence = "Its flag was switched on.".to_owned();
            told.push(NewEvent { kind: "flagged", tone: "ok", sentence, who: set_by, reason: "" });
        }
        (true, false) => {
            let gone = if report.flag.is_none() { "Its flag was deleted." } else { "Its flag was switched off." };
            told.push(NewEvent { kind: "unflagged", tone: "off", sentence: gone.to_owned(), who: set_by, reason: "" });
        }
        _ => {}
    }
    let version = |report: &StatusReport| report.template.as_ref().map(|one| format!("{} {}", one.pack, one.version));
    if let Some(before) = &before {
        if let (Some(from), Some(to)) = (version(before), version(report))
            && from != to
        {
            let sentence = format!("Its template is {to}, after {from}.");
            told.push(NewEvent { kind: "version_changed", tone: "ok", sentence, who: "cluster", reason: "" });
        }
        if before.operator_version != report.operator_version {
            let sentence = format!("Its operator is {}, after {}.", report.operator_version, before.operator_version);
            told.push(NewEvent { kind: "version_changed", tone: "ok", sentence, who: "cluster", reason: "" });
        }
    }
    told
}
