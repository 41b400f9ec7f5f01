//! Clusters.

use flagstaff_model::wire::{ClusterFacts, StatusReport};
use flagstaff_model::{ClusterIdentity, ClusterState};
use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use sqlx::PgConnection;
use sqlx::types::Json;

/// A row as it stands.
#[derive(Debug, Clone)]
pub struct ClusterRow {
    /// Names the cluster in the hub.
    pub id: String,
    /// UID of its `kube-system` namespace.
    pub uid: String,
    /// A person's name for it.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Its provider.
    pub provider: String,
    /// Its environment.
    pub environment: String,
    /// Its labels: an object of texts.
    pub labels: serde_json::Value,
    /// Whether a person accepted it, or needed not to.
    pub accepted: bool,
    /// The token it joined by last.
    pub join_token_id: String,
    /// How many times it has enrolled.
    pub identity_epoch: i64,
    /// The credential in use.
    pub credential_sha256: Vec<u8>,
    /// The one that it will use next.
    pub next_credential_sha256: Option<Vec<u8>>,
    /// Since when the one in use is.
    pub credential_since: At,
    /// Grows with what is desired of it.
    pub generation: i64,
    /// When it joined first.
    pub enrolled_at: At,
    /// Version of its operator.
    pub operator_version: String,
    /// [`ClusterFacts`] as JSON.
    pub facts: serde_json::Value,
    /// The last [`StatusReport`] as JSON.
    pub report: Option<serde_json::Value>,
    /// When that came.
    pub last_report_at: Option<At>,
    /// Who sent it.
    pub instance: Option<String>,
    /// Its number.
    pub sequence: i64,
    /// When two operators with its identity were last seen.
    pub identity_twice_at: Option<At>,
    /// Its state.
    pub state: String,
    /// Why, in a word.
    pub state_reason: String,
    /// Why, in a sentence.
    pub state_message: String,
    /// Since when.
    pub state_since: At,
    /// Under late and offline: what it was.
    pub last_state: Option<String>,
    /// The order to remove it.
    pub removal_order_id: Option<String>,
    /// When it was gone.
    pub removed_at: Option<At>,
    /// The transaction that wrote this last.
    pub xid: i64,
}

impl ClusterRow {
    /// The last report.
    pub fn report(&self) -> Option<StatusReport> {
        self.report.clone().and_then(|report| serde_json::from_value(report).ok())
    }

    /// What it is like.
    pub fn facts(&self) -> ClusterFacts {
        serde_json::from_value(self.facts.clone()).unwrap_or_default()
    }

    /// When it was last heard of: by a report, or when it joined.
    pub fn heard_at(&self) -> Timestamp {
        let joined = self.credential_since.to_jiff().max(self.enrolled_at.to_jiff());
        self.last_report_at.map_or(joined, |report| report.to_jiff().max(joined))
    }

    /// Its state; a word of a newer hub is read as changing.
    pub fn state(&self) -> ClusterState {
        ClusterState::parse(&self.state).unwrap_or(ClusterState::Changing)
    }
}

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
    /// The credential.
    pub credential_sha256: &'a [u8],
    /// When.
    pub at: Timestamp,
}

/// The cluster of that UID, locked; also one that was removed.
pub async fn lock_by_uid(connection: &mut PgConnection, uid: &str) -> Result<Option<ClusterRow>, sqlx::Error> {
    sqlx::query_as!(ClusterRow, "SELECT * FROM cluster WHERE uid = $1 FOR UPDATE", uid).fetch_optional(connection).await
}

/// The cluster of that credential, the one in use or the next one, locked.
pub async fn lock_by_credential(
    connection: &mut PgConnection,
    sha256: &[u8],
) -> Result<Option<ClusterRow>, sqlx::Error> {
    sqlx::query_as!(
        ClusterRow,
        "SELECT * FROM cluster WHERE (credential_sha256 = $1 OR next_credential_sha256 = $1) AND removed_at IS NULL FOR UPDATE",
        sha256
    )
    .fetch_optional(connection)
    .await
}

/// The same without a lock.
pub async fn by_credential(connection: &mut PgConnection, sha256: &[u8]) -> Result<Option<ClusterRow>, sqlx::Error> {
    sqlx::query_as!(
        ClusterRow,
        "SELECT * FROM cluster WHERE (credential_sha256 = $1 OR next_credential_sha256 = $1) AND removed_at IS NULL",
        sha256
    )
    .fetch_optional(connection)
    .await
}

/// Whether a cluster that is not removed has this credential, in use or next.
pub async fn credential_known(connection: &mut PgConnection, sha256: &[u8]) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
             SELECT FROM cluster WHERE (credential_sha256 = $1 OR next_credential_sha256 = $1) AND removed_at IS NULL) AS "known!""#,
        sha256
    )
    .fetch_one(connection)
    .await
}

/// One that is not removed.
pub async fn get(connection: &mut PgConnection, id: &str) -> Result<Option<ClusterRow>, sqlx::Error> {
    sqlx::query_as!(ClusterRow, "SELECT * FROM cluster WHERE id = $1 AND removed_at IS NULL", id)
        .fetch_optional(connection)
        .await
}

/// The same, locked.
pub async fn lock(connection: &mut PgConnection, id: &str) -> Result<Option<ClusterRow>, sqlx::Error> {
    sqlx::query_as!(ClusterRow, "SELECT * FROM cluster WHERE id = $1 AND removed_at IS NULL FOR UPDATE", id)
        .fetch_optional(connection)
        .await
}

/// Those of these ids, in no order.
pub async fn by_ids(connection: &mut PgConnection, ids: &[String]) -> Result<Vec<ClusterRow>, sqlx::Error> {
    sqlx::query_as!(ClusterRow, "SELECT * FROM cluster WHERE id = ANY($1) AND removed_at IS NULL", ids)
        .fetch_all(connection)
        .await
}

/// Whether another cluster that is not removed has this name.
pub async fn name_taken(connection: &mut PgConnection, name: &str, uid: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM cluster WHERE name = $1 AND uid <> $2 AND removed_at IS NULL) AS "taken!""#,
        name,
        uid
    )
    .fetch_one(connection)
    .await
}

/// A new cluster.
pub async fn insert(connection: &mut PgConnection, id: &str, new: &Enrolled<'_>) -> Result<(), sqlx::Error> {
    let state = if new.accepted { ("changing", "NoReportYet") } else { ("waiting", "NotAccepted") };
    sqlx::query!(
        "INSERT INTO cluster (id, uid, name, region, provider, environment, labels, accepted, join_token_id, identity_epoch,
           credential_sha256, credential_since, generation, enrolled_at, operator_version, facts, state, state_reason, state_message, state_since)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, 1, $11, $12, $13, $14, $15, '', $11)",
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
           report = CASE WHEN removed_at IS NULL THEN report END,
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

/// Clusters whose silence has changed their state: not late yet and silent since `late`, or not offline yet and silent since
/// `offline`; locked, those that another replica works on left out.
pub async fn lock_silent(
    connection: &mut PgConnection,
    late: Timestamp,
    offline: Timestamp,
    limit: i64,
) -> Result<Vec<ClusterRow>, sqlx::Error> {
    sqlx::query_as!(
        ClusterRow,
        "SELECT * FROM cluster WHERE removed_at IS NULL AND removal_order_id IS NULL AND state <> 'offline'
           AND greatest(last_report_at, enrolled_at, credential_since) <= CASE state WHEN 'late' THEN $2::timestamptz ELSE $1 END
         ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED",
        late.to_sqlx(),
        offline.to_sqlx(),
        limit
    )
    .fetch_all(connection)
    .await
}
