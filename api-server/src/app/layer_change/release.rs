//! Releases what layers say to clusters: whose turn it is in a change, and those that have just come.

use std::collections::BTreeMap;

use flagstaff_model::ClusterState;
use jiff::Timestamp;
use sqlx::PgConnection;

use super::step::{self, Course, Member};
use crate::app::layer::content::{Content, Selector};
use crate::app::layer::effect::{self, Counting};
use crate::app::{App, Error};
use crate::store::cluster_settings::{self, TargetRow};
use crate::store::event::{self, NewEvent};
use crate::store::layer::{self, LayerRow};
use crate::store::layer_change::{self, ChangeRow};
use crate::store::layer_member::{self, MemberRow};
use crate::store::term;

/// Clusters that are taken in in one transaction.
const NEWCOMERS: i64 = 500;

/// Layers, changes on their way, and which clusters have been released what of them.
pub struct Standing {
    layers: Vec<Counting>,
    open: Vec<ChangeRow>,
    released: BTreeMap<(String, String), bool>,
}

impl Standing {
    /// Reads it all.
    pub async fn read(connection: &mut PgConnection) -> Result<Self, Error> {
        let layers = layer::list(connection).await?.into_iter().map(counting).collect();
        let open = layer_change::open(connection).await?;
        let members = layer_member::in_open(connection).await?;
        let released = members.into_iter().map(|(cluster, change, released)| ((cluster, change), released)).collect();
        Ok(Self { layers, open, released })
    }

    /// The open changes.
    pub fn open(&self) -> &[ChangeRow] {
        &self.open
    }

    /// The open change that this cluster is in.
    pub fn change_of(&self, cluster_id: &str) -> Option<&ChangeRow> {
        self.open.iter().find(|change| self.released.contains_key(&(cluster_id.to_owned(), change.id.clone())))
    }

    /// Layers as they count for one cluster: what an open change makes of a layer counts only from when it was released to it, or now,
    /// for `releasing`.
    pub fn for_cluster(&self, cluster_id: &str, releasing: Option<&str>) -> Vec<Counting> {
        let mut layers = self.layers.clone();
        for change in &self.open {
            let key = (cluster_id.to_owned(), change.id.clone());
            if releasing == Some(&change.id) || self.released.get(&key) == Some(&true) {
                continue;
            }
            layers.retain(|layer| (&layer.kind, &layer.name) != (&change.layer_kind, &change.layer_name));
            layers.extend(side(change, change.before.as_ref()));
        }
        layers
    }
}

fn counting(row: LayerRow) -> Counting {
    Counting {
        kind: row.kind,
        name: row.name,
        selector: serde_json::from_value(row.selector).unwrap_or_default(),
        content: serde_json::from_value(row.content).unwrap_or_default(),
    }
}

/// One side of a change as a layer.
pub fn side(change: &ChangeRow, side: Option<&serde_json::Value>) -> Option<Counting> {
    let side = side?;
    let selector: Selector = serde_json::from_value(side["selector"].clone()).unwrap_or_default();
    let content: Content = serde_json::from_value(side["content"].clone()).unwrap_or_default();
    Some(Counting { kind: change.layer_kind.clone(), name: change.layer_name.clone(), selector, content })
}

/// Writes what a cluster has from now on. Returns its revision.
pub async fn give(
    connection: &mut PgConnection,
    target: &TargetRow,
    layers: &[Counting],
    at: Timestamp,
) -> Result<String, Error> {
    let settings = effect::settings(layers, target);
    let value = serde_json::to_value(&settings).map_err(|error| Error::Internal(error.into()))?;
    cluster_settings::release(connection, target, &settings.revision, &value, at).await?;
    Ok(settings.revision)
}

/// One round of the leader. False when its term is over and nothing was written.
pub async fn round(app: &App, led: i64, worker: &str, now: Timestamp) -> Result<bool, Error> {
    let mut connection = app.pool.acquire().await?;
    let idle = layer_change::open(&mut connection).await?.is_empty()
        && layer_change::catching_up(&mut connection).await?.is_empty()
        && cluster_settings::newcomers(&mut connection, 1).await?.is_empty();
    drop(connection);
    if idle {
        return Ok(true);
    }
    let mut tx = app.pool.begin().await?;
    if !term::holds(&mut tx, worker, led).await? {
        return Ok(false);
    }
    layer::alone(&mut tx).await?;
    let newcomers = cluster_settings::newcomers(&mut tx, NEWCOMERS).await?;
    take_in(&mut tx, &newcomers, now).await?;
    let mut changes = layer_change::open(&mut tx).await?;
    changes.extend(layer_change::catching_up(&mut tx).await?);
    for change in &changes {
        advance(&mut tx, change, now).await?;
    }
    tx.commit().await?;
    app.feed.wake();
    Ok(true)
}

/// One that asks for the first time does not wait for the leader: its first answer has all that counts for it.
pub async fn welcome(app: &App, cluster_id: &str, now: Timestamp) -> Result<(), Error> {
    let mut tx = app.pool.begin().await?;
    layer::alone(&mut tx).await?;
    let newcomer = cluster_settings::target(&mut tx, cluster_id).await?.filter(|target| target.settings.is_none());
    if let Some(target) = newcomer {
        take_in(&mut tx, std::slice::from_ref(&target), now).await?;
    }
    Ok(tx.commit().await?)
}

/// Clusters that joined, or are elsewhere than before, get what counts for them; an open change that is for them takes them along.
async fn take_in(connection: &mut PgConnection, newcomers: &[TargetRow], now: Timestamp) -> Result<(), Error> {
    if newcomers.is_empty() {
        return Ok(());
    }
    let standing = Standing::read(connection).await?;
    for target in newcomers {
        let layers = standing.for_cluster(&target.id, None);
        let revision = give(connection, target, &layers, now).await?;
        for change in standing.open() {
            let with = effect::settings(&standing.for_cluster(&target.id, Some(&change.id)), target);
            if with.revision != revision {
                let last = layer_member::of(connection, &change.id).await?.last().map_or(1, |member| member.batch);
                layer_member::insert(connection, &change.id, &target.id, last).await?;
            }
        }
    }
    Ok(())
}

/// One step of a change.
pub async fn advance(connection: &mut PgConnection, change: &ChangeRow, now: Timestamp) -> Result<(), Error> {
    let rows = layer_member::of(connection, &change.id).await?;
    let members: Vec<Member> = rows.iter().map(member).collect();
    let course = Course { state: &change.state, since: change.state_since.to_jiff(), all_at_once: change.all_at_once };
    let step = step::step(course, &members, now);
    for (index, to, why) in &step.moves {
        layer_member::set_state(connection, &rows[*index], to, why, now).await?;
    }
    let about = subject(change);
    if let Some(why) = &step.halt {
        layer_change::set_state(connection, &change.id, "halted", why, "hub", now).await?;
        for (index, _, _) in step.moves.iter().filter(|(_, to, _)| *to == step::state::FAILED) {
            let sentence = format!("The change of {about} was halted: {why}.");
            let new = NewEvent { kind: "change_halted", tone: "bad", sentence, who: "hub", reason: &change.reason };
            event::insert(connection, &rows[*index].cluster_id, now, &new).await?;
        }
        tracing::warn!(change = change.id, "halted: {why}");
        return Ok(());
    }
    if !step.release.is_empty() {
        let standing = Standing::read(connection).await?;
        for index in &step.release {
            release(connection, &standing, change, &rows[*index], now).await?;
        }
    }
    if step.done {
        let failed = members.iter().filter(|member| member.at == step::state::FAILED).count();
        let why = if failed > 0 { format!("{failed} clusters are not well with it") } else { String::new() };
        layer_change::set_state(connection, &change.id, "done", &why, "hub", now).await?;
    }
    Ok(())
}

async fn release(
    connection: &mut PgConnection,
    standing: &Standing,
    change: &ChangeRow,
    row: &MemberRow,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(target) = cluster_settings::target(connection, &row.cluster_id).await? else {
        layer_member::set_state(connection, row, step::state::SKIPPED, "It was taken out of the fleet.", now).await?;
        return Ok(());
    };
    // Where an open change takes the layer elsewhere meanwhile, a change that is done only catches up with what counts today.
    let releasing = (change.state == "running").then_some(change.id.as_str());
    let revision = give(connection, &target, &standing.for_cluster(&target.id, releasing), now).await?;
    layer_member::released(connection, row, &revision, now).await?;
    let sentence = format!("The settings of {} were released to it.", subject(change));
    let new = NewEvent { kind: "settings_released", tone: "ok", sentence, who: &change.who, reason: &change.reason };
    Ok(event::insert(connection, &target.id, now, &new).await?)
}

/// The layer as people call it.
pub fn subject(change: &ChangeRow) -> String {
    layer_name(&change.layer_kind, &change.layer_name)
}

/// The same by kind and name.
pub fn layer_name(kind: &str, name: &str) -> String {
    if kind == "fleet" { "the fleet".to_owned() } else { format!("{kind} {name}") }
}

fn member(row: &MemberRow) -> Member {
    Member {
        name: row.name.clone(),
        batch: row.batch,
        at: row.state.clone(),
        before: row.state_before.as_deref().and_then(ClusterState::parse),
        revision: row.revision.clone(),
        released_at: row.released_at.map(|at| at.to_jiff()),
        settled_at: row.settled_at.map(|at| at.to_jiff()),
        now: ClusterState::parse(&row.cluster_state).unwrap_or(ClusterState::Changing),
        message: row.cluster_message.clone(),
        heard_at: row.last_report_at.map(|at| at.to_jiff()),
        reported: row.reported.clone().and_then(|said| serde_json::from_value(said).ok()),
        gone: row.gone,
    }
}
