//! Clusters that a change goes to, and how far each is.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as At, ToSqlx};
use serde_json::Value;
use sqlx::PgConnection;

/// A cluster in a change, with how it is now.
#[derive(Debug, Clone)]
pub struct MemberRow {
    /// The change.
    pub change_id: String,
    /// The cluster.
    pub cluster_id: String,
    /// Its name.
    pub name: String,
    /// Which batch, from 1.
    pub batch: i32,
    /// `waiting`, `released`, `healthy`, `failed`, `offline` or `skipped`.
    pub state: String,
    /// Why, in a sentence.
    pub message: String,
    /// How the cluster was when it was released.
    pub state_before: Option<String>,
    /// What it was released; none before.
    pub revision: Option<String>,
    /// When.
    pub released_at: Option<At>,
    /// When it was settled.
    pub settled_at: Option<At>,
    /// How the cluster is now.
    pub cluster_state: String,
    /// Why, in a sentence.
    pub cluster_message: String,
    /// When it last reported.
    pub last_report_at: Option<At>,
    /// What it says of settings: a `SettingsReport`, or nothing.
    pub reported: Option<Value>,
    /// Whether it still takes anything.
    pub gone: bool,
}

/// All of a change, by batch and name.
pub async fn of(connection: &mut PgConnection, change_id: &str) -> Result<Vec<MemberRow>, sqlx::Error> {
    sqlx::query_as!(
        MemberRow,
        r#"SELECT m.change_id, m.cluster_id, c.name, m.batch, m.state, m.message, m.state_before, m.revision, m.released_at, m.settled_at,
             c.state AS cluster_state, c.state_message AS cluster_message, c.last_report_at, c.report -> 'settings' AS reported,
             (c.removed_at IS NOT NULL OR c.removal_order_id IS NOT NULL) AS "gone!"
           FROM change_cluster m JOIN cluster c ON c.id = m.cluster_id WHERE m.change_id = $1 ORDER BY m.batch, c.name, c.id"#,
        change_id
    )
    .fetch_all(connection)
    .await
}

/// How many there are of each state: change, state, number.
pub async fn counts(
    connection: &mut PgConnection,
    changes: &[String],
) -> Result<Vec<(String, String, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT change_id, state, count(*) AS "count!" FROM change_cluster WHERE change_id = ANY($1) GROUP BY change_id, state"#,
        changes
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.change_id, row.state, row.count)).collect())
}

/// For clusters in open changes: cluster, change, and whether it was released under that.
pub async fn in_open(connection: &mut PgConnection) -> Result<Vec<(String, String, bool)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT m.cluster_id, m.change_id, (m.revision IS NOT NULL) AS "released!" FROM change_cluster m
           JOIN change c ON c.id = m.change_id WHERE c.state IN ('running', 'frozen', 'halted')"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.cluster_id, row.change_id, row.released)).collect())
}

/// Puts a cluster into a change; one that is there already stays as it is.
pub async fn insert(
    connection: &mut PgConnection,
    change_id: &str,
    cluster_id: &str,
    batch: i32,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO change_cluster (change_id, cluster_id, batch, state) VALUES ($1, $2, $3, 'waiting') ON CONFLICT DO NOTHING",
        change_id,
        cluster_id,
        batch
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Older changes are not waited for any more where a newer one takes over.
pub async fn take_over(
    connection: &mut PgConnection,
    clusters: &[String],
    newer: &str,
    message: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE change_cluster m SET state = 'skipped', message = $3 FROM change c
         WHERE c.id = m.change_id AND c.state = 'done' AND m.cluster_id = ANY($1) AND m.change_id <> $2
           AND m.state IN ('waiting', 'released', 'offline')",
        clusters,
        newer,
        message
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that it was released.
pub async fn released(
    connection: &mut PgConnection,
    member: &MemberRow,
    revision: &str,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE change_cluster SET state = 'released', message = '', revision = $3, released_at = $4, settled_at = NULL,
           state_before = coalesce(state_before, $5)
         WHERE change_id = $1 AND cluster_id = $2",
        member.change_id,
        member.cluster_id,
        revision,
        at.to_sqlx(),
        member.cluster_state
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Brings it to a state.
pub async fn set_state(
    connection: &mut PgConnection,
    member: &MemberRow,
    state: &str,
    message: &str,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE change_cluster SET state = $3, message = $4, settled_at = CASE WHEN $3 IN ('waiting', 'released') THEN NULL ELSE $5::timestamptz END
         WHERE change_id = $1 AND cluster_id = $2",
        member.change_id,
        member.cluster_id,
        state,
        message,
        at.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}
