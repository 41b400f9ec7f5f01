//! An edit of one layer: checked, shown before it is made, and made into a change that goes to clusters in batches.

use std::collections::BTreeMap;

use jiff_sqlx::ToSqlx;
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::content::{self, Content, Selector};
use super::effect::{self, Difference};
use super::{LayerView, view};
use crate::app::layer_change::release::{self, Standing};
use crate::app::layer_change::{LayerChangeDetail, batch, of};
use crate::app::{App, Error};
use crate::context::{OpContext, Role};
use crate::secret;
use crate::store::audit::{self, Entry};
use crate::store::cluster_settings::{self, TargetRow};
use crate::store::layer::{self, LayerRow, NewLayer};
use crate::store::layer_change::{self, ChangeRow};
use crate::store::{cluster, layer_member};

/// How fast a change goes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    /// To all at once, instead of in batches.
    pub all_at_once: bool,
    /// The number of clusters as it was typed, with `all_at_once`.
    pub typed_count: Option<i64>,
}

/// One edit.
#[derive(Debug, Clone)]
pub struct Edit<'a> {
    /// The layer's kind.
    pub kind: &'a str,
    /// The layer's name.
    pub name: &'a str,
    /// Selector and content; none takes the layer away.
    pub to: Option<Value>,
    /// Why.
    pub reason: &'a str,
    /// The change that this one takes back.
    pub undo_of: Option<&'a str>,
    /// How fast.
    pub pace: Pace,
}

/// What a person asks for.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The layer's kind.
    pub kind: &'a str,
    /// The layer's name.
    pub name: &'a str,
    /// Selector and content; none takes the layer away.
    pub to: Option<(Selector, Value)>,
    /// The etag of the layer as it was read; none where there was none.
    pub known: Option<&'a str>,
    /// Only shows what would be.
    pub dry_run: bool,
    /// Why.
    pub reason: &'a str,
    /// How fast.
    pub pace: Pace,
}

/// Which clusters change, and how.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    /// How many.
    pub count: usize,
    /// Which, in the order in which they are released.
    pub clusters: Vec<PreviewCluster>,
}

/// A cluster that changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewCluster {
    /// Names the cluster.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// How it is now.
    pub state: String,
    /// In which batch it is released, from 1.
    pub batch: i32,
    /// What is otherwise afterwards; nothing, where other layers' words hold as before.
    pub differences: Vec<Difference>,
}

/// What came of an edit.
#[derive(Debug, Serialize, ToSchema)]
pub struct Edited {
    /// The layer as it is now; absent when it was taken away.
    pub layer: Option<LayerView>,
    /// The change on its way; absent after a dry run.
    pub change: Option<LayerChangeDetail>,
    /// Which clusters change, and how.
    pub preview: Preview,
}

/// What making an edit came to.
pub struct Made {
    /// The change.
    pub change: ChangeRow,
    /// The layer.
    pub layer: Option<LayerRow>,
    /// Whom it is for.
    pub preview: Preview,
}

/// Makes an edit, or shows what it would come to: a dry run does all of it and keeps nothing.
pub async fn edit(app: &App, op: &OpContext, asked: Asked<'_>) -> Result<Edited, Error> {
    op.needs(Role::Operator)?;
    if !asked.dry_run && asked.reason.trim().is_empty() {
        return Err(Error::invalid("A change of settings needs a reason."));
    }
    let to = match asked.to {
        None => None,
        Some((selector, content)) => {
            content::check_name(asked.kind, asked.name, &selector)?;
            Some(json!({"selector": selector, "content": Content::read(content)?}))
        }
    };
    let mut tx = app.pool.begin().await?;
    layer::alone(&mut tx).await?;
    let now = layer::get(&mut tx, asked.kind, asked.name).await?;
    if now.as_ref().map(|row| row.etag.as_str()) != asked.known {
        return Err(Error::PreconditionFailed);
    }
    if to.is_none() && now.is_none() {
        return Err(Error::NotFound { what: format!("layer of {}", release::layer_name(asked.kind, asked.name)) });
    }
    if asked.kind == "cluster" && to.is_some() && cluster::get(&mut tx, asked.name).await?.is_none() {
        return Err(Error::NotFound { what: format!("cluster {}", asked.name) });
    }
    let pace = if asked.dry_run { Pace { all_at_once: asked.pace.all_at_once, typed_count: None } } else { asked.pace };
    let edit = Edit { kind: asked.kind, name: asked.name, to, reason: asked.reason, undo_of: None, pace };
    let made = if asked.dry_run { plan(&mut tx, op, &edit).await? } else { make(&mut tx, op, &edit).await? };
    let layer = match made.layer {
        Some(row) => Some(view(row, made.preview.count)),
        None => None,
    };
    if asked.dry_run {
        tx.rollback().await?;
        return Ok(Edited { layer, change: None, preview: made.preview });
    }
    let action = if layer.is_some() { "layer.put" } else { "layer.delete" };
    let subject = format!("{} {}", release::layer_name(asked.kind, asked.name), made.change.id);
    let entry = Entry { who: None, action, subject: &subject, reason: asked.reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    let change = Some(of(&mut tx, made.change).await?);
    tx.commit().await?;
    app.feed.wake();
    Ok(Edited { layer, change, preview: made.preview })
}

/// Writes the edit and its change; its first cluster is released by the leader.
pub async fn make(connection: &mut PgConnection, op: &OpContext, edit: &Edit<'_>) -> Result<Made, Error> {
    let mut made = plan(connection, op, edit).await?;
    let count = i64::try_from(made.preview.count).unwrap_or(i64::MAX);
    if edit.pace.all_at_once && count > 1 && edit.pace.typed_count != Some(count) {
        return Err(Error::invalid(format!("To change {count} clusters at once, type their number: {count}.")));
    }
    if count == 0 {
        made.change.state = "done".into();
        made.change.state_message = "no cluster has another word by it".into();
    }
    layer_change::insert(connection, &made.change).await?;
    let ids: Vec<String> = made.preview.clusters.iter().map(|cluster| cluster.id.clone()).collect();
    let message = format!("The change {} took over.", made.change.id);
    layer_member::take_over(connection, &ids, &made.change.id, &message).await?;
    for cluster in &made.preview.clusters {
        layer_member::insert(connection, &made.change.id, &cluster.id, cluster.batch).await?;
    }
    Ok(made)
}

/// Writes the layer and finds out whom it is for. One running change at a time over the same clusters.
async fn plan(connection: &mut PgConnection, op: &OpContext, edit: &Edit<'_>) -> Result<Made, Error> {
    let standing = Standing::read(connection).await?;
    let same = |change: &&ChangeRow| (change.layer_kind.as_str(), change.layer_name.as_str()) == (edit.kind, edit.name);
    if let Some(open) = standing.open().iter().find(same) {
        return Err(under_way(open, 0));
    }
    let before = layer::get(connection, edit.kind, edit.name).await?;
    let etag = if edit.to.is_some() { secret::id("l")? } else { String::new() };
    let row = match &edit.to {
        None => {
            layer::delete(connection, edit.kind, edit.name).await?;
            None
        }
        Some(to) => {
            let (selector, content) = (&to["selector"], &to["content"]);
            let new = NewLayer { selector, content, etag: &etag, who: op.who.name(), at: op.at };
            Some(layer::put(connection, edit.kind, edit.name, &new).await?)
        }
    };
    let before = before.map(|row| json!({"selector": row.selector, "content": row.content, "etag": row.etag}));
    let change = ChangeRow {
        id: secret::id("ch")?,
        layer_kind: edit.kind.to_owned(),
        layer_name: edit.name.to_owned(),
        before,
        after: edit.to.clone(),
        etag,
        who: op.who.name().to_owned(),
        reason: edit.reason.to_owned(),
        all_at_once: edit.pace.all_at_once,
        undo_of: edit.undo_of.map(str::to_owned),
        state: "running".into(),
        state_message: String::new(),
        state_by: op.who.name().to_owned(),
        state_since: op.at.to_sqlx(),
        created_at: op.at.to_sqlx(),
    };
    let preview = affected(connection, &change, edit.pace).await?;
    Ok(Made { change, layer: row, preview })
}

/// Clusters for which the layer is or was, and which have something else than they are to have.
async fn affected(connection: &mut PgConnection, change: &ChangeRow, pace: Pace) -> Result<Preview, Error> {
    let standing = Standing::read(connection).await?;
    let sides = [release::side(change, change.before.as_ref()), release::side(change, change.after.as_ref())];
    let targets = cluster_settings::targets(connection).await?;
    let mut differences: BTreeMap<String, Vec<Difference>> = BTreeMap::new();
    let mut found: Vec<&TargetRow> = vec![];
    let mut blocked: Option<(&ChangeRow, usize)> = None;
    for target in targets.iter().filter(|target| sides.iter().flatten().any(|side| side.is_for(target))) {
        // One that has just joined is taken in by the leader, with this change if it is still under way.
        let Some(has) = target.settings.clone() else { continue };
        let after = effect::settings(&standing.for_cluster(&target.id, None), target);
        if Some(&after.revision) == target.revision.as_ref() {
            continue;
        }
        if let Some(open) = standing.change_of(&target.id) {
            blocked = Some((open, blocked.map_or(1, |(_, count)| count + 1)));
        }
        let has = serde_json::from_value(has).map_err(|error| Error::Internal(error.into()))?;
        differences.insert(target.id.clone(), effect::differences(&has, &after));
        found.push(target);
    }
    if let Some((open, count)) = blocked {
        return Err(under_way(open, count));
    }
    let clusters = batch::batches(&found, pace.all_at_once).into_iter().map(|(target, batch)| PreviewCluster {
        id: target.id.clone(),
        name: target.name.clone(),
        state: target.state.clone(),
        batch,
        differences: differences.remove(&target.id).unwrap_or_default(),
    });
    Ok(Preview { count: found.len(), clusters: clusters.collect() })
}

fn under_way(open: &ChangeRow, count: usize) -> Error {
    let over = if count == 0 { "the same layer".to_owned() } else { format!("{count} of these clusters") };
    let detail = format!(
        "The change {} of {} is {} over {over}: wait for its end, or undo it.",
        open.id,
        release::subject(open),
        open.state
    );
    Error::Conflict { detail }
}
