//! Clusters.

mod write;

use flagstaff_model::ClusterState;
use flagstaff_model::wire::{ClusterFacts, StatusReport};
use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use sqlx::PgConnection;

use crate::access::{self, Labels};

pub use write::{
    Enrolled, Reported, State, accept, enroll_again, heard, insert, order_removal, promote_credential, removed, report,
    set_next_credential, set_state,
};

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
    /// Labels that the join token asked for: they stay, whatever the cluster says of itself.
    pub bound: serde_json::Value,
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

    /// Labels that the join token asked for.
    pub fn bound(&self) -> Labels {
        serde_json::from_value(self.bound.clone()).unwrap_or_default()
    }

    /// Its labels, with name, region, provider and environment among them.
    pub fn place(&self) -> Labels {
        access::place(&self.labels, &self.name, &self.region, &self.provider, &self.environment)
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

/// Whether a cluster, also a removed one, is within what somebody may see.
pub async fn is_within(
    connection: &mut PgConnection,
    id: &str,
    access: &serde_json::Value,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM cluster
             WHERE id = $1 AND cluster_within(name, region, provider, environment, labels, $2)) AS "within!""#,
        id,
        access
    )
    .fetch_one(connection)
    .await
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
