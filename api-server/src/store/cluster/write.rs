//! What is written about clusters: joining, reports, states, orders.

use flagstaff_model::ClusterIdentity;
use flagstaff_model::wire::{ClusterFacts, StatusReport};
use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::access::Labels;

/// What enrolling writes.
pub struct Enrolled<'a> {
    /// Who it is.
    pub identity: &'a ClusterIdentity,
    /// What it is like.
    pub facts: &'a ClusterFacts,
    /// Version of its operator.
    pub operator_version: &'a str,
    /// Whether a person's acceptance is not needed.
    pub accepted: bool,
    /// By which token.
    pub join_token_id: &'a str,
    /// The labels that the token asked for.
    pub bound: &'a Labels,
    /// The credential.
    pub credential_sha256: &'a [u8],
    /// When.
    pub at: Timestamp,
}

/// A new cluster.
pub async fn insert(connection: &mut PgConnection, id: &str, new: &Enrolled<'_>) -> Result<(), sqlx::Error> {
    let state = if new.accepted { ("changing", "NoReportYet") } else { ("waiting", "NotAccepted") };
    sqlx::query!(
        "INSERT INTO cluster (id, uid, name, region, provider, environment, labels, accepted, join_token_id, identity_epoch,
           credential_sha256, credential_since, generation, enrolled_at, operator_version, facts, state, state_reason, state_message, state_since, bound)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, 1, $11, $12, $13, $14, $15, '', $11, $16)",
        id,
        new.identity.uid,
        new.identity.name,
        new.identity.region,
        new.identity.provider,
        new.identity.environment,
        Json(&new.identity.labels) as _,
        new.accepted,
        new.join_token_id,
        new.credential_sha256,
        new.at.to_sqlx(),
        new.operator_version,
        Json(new.facts) as _,
        state.0,
        state.1,
        Json(new.bound) as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The same cluster again, with another credential. What was known of it stays; an order to remove it does not.
pub async fn enroll_again(connection: &mut PgConnection, id: &str, new: &Enrolled<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE cluster SET name = $2, region = $3, provider = $4, environment = $5, labels = $6, accepted = $7, join_token_id = $8,
           identity_epoch = identity_epoch + 1, credential_sha256 = $9, next_credential_sha256 = NULL, credential_since = $10,
           generation = generation + 1, operator_version = $11, facts = $12, removal_order_id = NULL, removed_at = NULL,
           last_report_at = CASE WHEN removed_at IS NULL THEN last_report_at END,
           report = CASE WHEN removed_at IS NULL THEN report END, bound = $13,
           xid = pg_current_xact_id()::text::bigint
         WHERE id = $1",
        id,
        new.identity.name,
        new.identity.region,
        new.identity.provider,
        new.identity.environment,
        Json(&new.identity.labels) as _,
        new.accepted,
        new.join_token_id,
        new.credential_sha256,
        new.at.to_sqlx(),
        new.operator_version,
        Json(new.facts) as _,
        Json(new.bound) as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What a report writes.
pub struct Reported<'a> {
    /// The report, without credentials.
    pub report: &'a StatusReport,
    /// The name that it gets: its own, or the old one where another cluster has that.
    pub name: &'a str,
    /// When it came.
    pub at: Timestamp,
    /// When two operators with its identity were last seen.
    pub identity_twice_at: Option<Timestamp>,
}

/// Writes a report.
pub async fn report(connection: &mut PgConnection, id: &str, new: &Reported<'_>) -> Result<(), sqlx::Error> {
    let identity = &new.report.cluster;
    sqlx::query!(
        "UPDATE cluster SET name = $2, region = $3, provider = $4, environment = $5, labels = $6, operator_version = $7, facts = $8,
           report = $9, last_report_at = $10, instance = $11, sequence = $12, identity_twice_at = $13, xid = pg_current_xact_id()::text::bigint
         WHERE id = $1",
        id,
        new.name,
        identity.region,
        identity.provider,
        identity.environment,
        Json(&identity.labels) as _,
        new.report.operator_version,
        Json(&new.report.facts) as _,
        Json(new.report) as _,
        new.at.to_sqlx(),
        new.report.instance,
        i64::try_from(new.report.sequence).unwrap_or(i64::MAX),
        new.identity_twice_at.map(|at| at.to_sqlx()) as Option<At>,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An older report came late, or twice: it says only that the cluster is there.
pub async fn heard(connection: &mut PgConnection, id: &str, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE cluster SET last_report_at = $2, xid = pg_current_xact_id()::text::bigint WHERE id = $1",
        id,
        at.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps the hash of the credential that the cluster will use next. `None` when another cluster has it.
pub async fn set_next_credential(connection: &mut PgConnection, id: &str, sha256: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE cluster SET next_credential_sha256 = $2 WHERE id = $1", id, sha256)
        .execute(connection)
        .await?;
    Ok(())
}

/// The next credential was used: from now on it is the only one. What is desired changes, because no rotation is asked for any more.
pub async fn promote_credential(connection: &mut PgConnection, id: &str, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE cluster SET credential_sha256 = next_credential_sha256, next_credential_sha256 = NULL, credential_since = $2,
           generation = generation + 1, xid = pg_current_xact_id()::text::bigint
         WHERE id = $1 AND next_credential_sha256 IS NOT NULL",
        id,
        at.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A state as it is written.
pub struct State<'a> {
    /// The state.
    pub state: &'a str,
    /// Why, in a word.
    pub reason: &'a str,
    /// Why, in a sentence.
    pub message: &'a str,
    /// Since when.
    pub since: Timestamp,
    /// Under late and offline: what it was.
    pub last_state: Option<&'a str>,
}

/// Writes a state.
pub async fn set_state(connection: &mut PgConnection, id: &str, new: &State<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE cluster SET state = $2, state_reason = $3, state_message = $4, state_since = $5, last_state = $6,
           xid = pg_current_xact_id()::text::bigint
         WHERE id = $1",
        id,
        new.state,
        new.reason,
        new.message,
        new.since.to_sqlx(),
        new.last_state
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A person accepted it.
pub async fn accept(connection: &mut PgConnection, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE cluster SET accepted = true, generation = generation + 1, xid = pg_current_xact_id()::text::bigint WHERE id = $1",
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A person ordered its removal.
pub async fn order_removal(connection: &mut PgConnection, id: &str, order_id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE cluster SET removal_order_id = $2, generation = generation + 1, xid = pg_current_xact_id()::text::bigint WHERE id = $1",
        id,
        order_id
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// It is gone: its name is free, its credential counts no more, its past stays.
pub async fn removed(connection: &mut PgConnection, id: &str, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE cluster SET removed_at = $2, xid = pg_current_xact_id()::text::bigint WHERE id = $1",
        id,
        at.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}
