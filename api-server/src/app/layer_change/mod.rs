//! Changes of layers on their way to clusters: seen, frozen, resumed, undone.

pub mod batch;
pub mod release;
mod steer;
pub mod step;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::attention::{Cause, Line, Named};
use super::{App, Error};
use crate::context::{OpContext, Role};
use crate::store::layer_change::{self, ChangeRow};
use crate::store::layer_member::{self, MemberRow};

pub use steer::{Turn, freeze, freeze_all, resume, undo};

/// How many are listed.
const LISTED: i64 = 50;

/// A change.
#[derive(Debug, Serialize, ToSchema)]
pub struct LayerChange {
    /// Names it.
    pub id: String,
    /// The layer's kind.
    pub kind: String,
    /// The layer's name.
    pub name: String,
    /// Selector and content before; null where there was no such layer.
    #[schema(value_type = Object, nullable)]
    pub before: Option<serde_json::Value>,
    /// The same after.
    #[schema(value_type = Object, nullable)]
    pub after: Option<serde_json::Value>,
    /// Who made it.
    pub who: String,
    /// Why.
    pub reason: String,
    /// Whether it goes to all at once.
    pub all_at_once: bool,
    /// The change that it takes back.
    pub undo_of: Option<String>,
    /// The change that took it back.
    pub undone_by: Option<String>,
    /// `running`, `frozen`, `halted`, `done` or `undone`.
    #[schema(example = "running")]
    pub state: String,
    /// Why, in a sentence; may be empty.
    pub state_message: String,
    /// Who brought it there.
    pub state_by: String,
    /// Since when.
    pub state_since: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// Clusters by where they are: waiting, released, healthy, failed, offline, skipped; those without any are left out.
    pub counts: BTreeMap<String, i64>,
}

/// A change with its batches.
#[derive(Debug, Serialize, ToSchema)]
pub struct LayerChangeDetail {
    /// As in lists.
    #[serde(flatten)]
    pub change: LayerChange,
    /// In their order.
    pub batches: Vec<Batch>,
}

/// Clusters that are released together.
#[derive(Debug, Serialize, ToSchema)]
pub struct Batch {
    /// From 1.
    pub number: i32,
    /// By name.
    pub clusters: Vec<ChangeCluster>,
}

/// A cluster in a change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeCluster {
    /// Names the cluster.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// `waiting`, `released`, `healthy`, `failed`, `offline` or `skipped`.
    #[schema(example = "healthy")]
    pub state: String,
    /// Why, in a sentence; may be empty.
    pub message: String,
    /// How the cluster is now.
    pub cluster_state: String,
    /// What it was released; absent before.
    pub revision: Option<String>,
    /// When.
    pub released_at: Option<Timestamp>,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
}

/// Changes, those that are open first, then the newest.
#[derive(Debug, Serialize, ToSchema)]
pub struct LayerChanges {
    /// At most 50.
    pub items: Vec<LayerChange>,
}

/// The newest ones.
pub async fn list(app: &App, op: &OpContext) -> Result<LayerChanges, Error> {
    op.needs(Role::Viewer)?;
    let mut connection = app.pool.acquire().await?;
    let rows = layer_change::newest(&mut connection, LISTED).await?;
    let items = shown(&mut connection, rows).await?;
    Ok(LayerChanges { items })
}

/// One with its batches.
pub async fn detail(app: &App, op: &OpContext, id: &str) -> Result<LayerChangeDetail, Error> {
    op.needs(Role::Viewer)?;
    let mut connection = app.pool.acquire().await?;
    let row = layer_change::get(&mut connection, id).await?.ok_or_else(|| unknown(id))?;
    of(&mut connection, row).await
}

/// A row with its batches.
pub async fn of(connection: &mut PgConnection, row: ChangeRow) -> Result<LayerChangeDetail, Error> {
    let id = row.id.clone();
    let change = shown(connection, vec![row]).await?.pop().ok_or_else(|| unknown(&id))?;
    let mut batches: Vec<Batch> = vec![];
    for member in layer_member::of(connection, &id).await? {
        if batches.last().is_none_or(|batch| batch.number != member.batch) {
            batches.push(Batch { number: member.batch, clusters: vec![] });
        }
        if let Some(batch) = batches.last_mut() {
            batch.clusters.push(cluster(member));
        }
    }
    Ok(LayerChangeDetail { change, batches })
}

fn cluster(row: MemberRow) -> ChangeCluster {
    ChangeCluster {
        id: row.cluster_id,
        name: row.name,
        state: row.state,
        message: row.message,
        cluster_state: row.cluster_state,
        revision: row.revision,
        released_at: row.released_at.map(|at| at.to_jiff()),
        settled_at: row.settled_at.map(|at| at.to_jiff()),
    }
}

async fn shown(connection: &mut PgConnection, rows: Vec<ChangeRow>) -> Result<Vec<LayerChange>, Error> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut counts: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for (change, state, count) in layer_member::counts(connection, &ids).await? {
        counts.entry(change).or_default().insert(state, count);
    }
    let mut found = vec![];
    for row in rows {
        let undone_by = layer_change::undone_by(connection, &row.id).await?;
        found.push(LayerChange {
            counts: counts.remove(&row.id).unwrap_or_default(),
            undone_by,
            id: row.id,
            kind: row.layer_kind,
            name: row.layer_name,
            before: row.before,
            after: row.after,
            who: row.who,
            reason: row.reason,
            all_at_once: row.all_at_once,
            undo_of: row.undo_of,
            state: row.state,
            state_message: row.state_message,
            state_by: row.state_by,
            state_since: row.state_since.to_jiff(),
            created_at: row.created_at.to_jiff(),
        });
    }
    Ok(found)
}

/// Changes that somebody has to look at: those that stand still.
pub async fn attention(connection: &mut PgConnection) -> Result<Vec<Line>, Error> {
    let mut lines = vec![];
    for change in layer_change::open(connection).await? {
        let (tone, sentence) = match change.state.as_str() {
            "halted" => ("bad", format!("was halted: {}", change.state_message.trim_end_matches('.'))),
            "frozen" => ("warn", format!("was frozen by {}", change.state_by)),
            _ => continue,
        };
        let failed = layer_member::of(connection, &change.id).await?;
        let failed = failed.into_iter().filter(|member| member.state == step::state::FAILED);
        lines.push(Line {
            key: format!("change/{}", change.id),
            tone: tone.into(),
            sentence: format!("The change of {} by {} {sentence}.", release::subject(&change), change.who),
            cause: Cause::default(),
            clusters: failed.map(|member| Named { id: member.cluster_id, name: member.name }).collect(),
            since: change.state_since.to_jiff(),
        });
    }
    Ok(lines)
}

pub(super) fn unknown(id: &str) -> Error {
    Error::NotFound { what: format!("change {id}") }
}
