//! Clusters as people see and steer them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::page::{cursor, limit, place};
use super::view::{self, Cluster, ClusterDetail, Event, Instance, TrendPoint};
use super::write::{Written, finish};
use super::{App, Error, reach, state};
use crate::context::{OpContext, Role};
use crate::secret;
use crate::store::audit::{self, Entry};
use crate::store::cluster;
use crate::store::event::{self, NewEvent};
use crate::store::listing::{self, After, Filter};
use crate::store::{gauge, instance};

/// A page of clusters.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClusterPage {
    /// The clusters.
    #[schema(value_type = Vec<Cluster>)]
    pub items: Vec<Arc<Cluster>>,
    /// Where the next page begins; absent on the last one.
    pub next_cursor: Option<String>,
    /// How many there are on all pages.
    pub total: i64,
    /// How many there are of each state, those of other states too; states without any are left out.
    pub counts: BTreeMap<String, i64>,
}

/// A page of a timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventPage {
    /// Newest first.
    pub items: Vec<Event>,
    /// Where the next page begins; absent on the last one.
    pub next_cursor: Option<String>,
}

/// One gauge over time.
#[derive(Debug, Serialize, ToSchema)]
pub struct GaugeSeries {
    /// The gauge.
    pub name: String,
    /// What it is counted in.
    pub unit: String,
    /// Time and value; `null` where it was not known.
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    pub points: Vec<TrendPoint>,
}

const SORTS: [&str; 4] = ["name", "-series", "state", "last_report_at"];

/// A page of them.
pub async fn list(
    app: &App,
    op: &OpContext,
    filter: &Filter,
    sort: Option<&str>,
    asked: Option<u32>,
    from: Option<&str>,
) -> Result<ClusterPage, Error> {
    let filter = &Filter { access: op.sees()?, ..filter.clone() };
    let sort = sort.filter(|sort| !sort.is_empty()).unwrap_or("name");
    if !SORTS.contains(&sort) {
        return Err(Error::invalid(format!("sort is one of {}.", SORTS.join(", "))));
    }
    let limit = limit(asked);
    let after: Option<After> = place(from)?;
    let mut connection = app.pool.acquire().await?;
    let mut page = listing::page(&mut connection, filter, sort, after.as_ref(), limit + 1).await?;
    let more = i64::try_from(page.len()).unwrap_or(i64::MAX) > limit;
    page.truncate(usize::try_from(limit).unwrap_or_default());
    let next_cursor = match page.last().filter(|_| more) {
        Some(last) => Some(cursor(last)?),
        None => None,
    };
    let ids: Vec<String> = page.iter().map(|place| place.id.clone()).collect();
    let mut rows = cluster::by_ids(&mut connection, &ids).await?;
    let order: BTreeMap<&str, usize> = ids.iter().enumerate().map(|(index, id)| (id.as_str(), index)).collect();
    rows.sort_by_key(|row| order.get(row.id.as_str()).copied());
    let items = view::clusters(&mut connection, &rows, op.at).await?;
    let counts: BTreeMap<_, _> = listing::counts(&mut connection, filter).await?.into_iter().collect();
    let total = match &filter.state {
        Some(state) => counts.get(state).copied().unwrap_or_default(),
        None => counts.values().sum(),
    };
    Ok(ClusterPage { items, next_cursor, total, counts })
}

/// One of them, with everything that is known.
pub async fn detail(app: &App, op: &OpContext, id: &str) -> Result<ClusterDetail, Error> {
    let mut connection = app.pool.acquire().await?;
    let row = reach::get(&mut connection, op, Role::Viewer, id).await?;
    let shown = view::clusters(&mut connection, std::slice::from_ref(&row), op.at).await?;
    let shown = shown.into_iter().next().ok_or_else(|| Error::NotFound { what: format!("cluster {id}") })?;
    let instances = instance::list(&mut connection, id).await?.into_iter().map(|one| Instance {
        id: one.id,
        first_seen_at: one.first_seen_at.to_jiff(),
        last_seen_at: one.last_seen_at.to_jiff(),
    });
    let cluster = Arc::unwrap_or_clone(shown);
    Ok(view::detail(cluster, row.report().unwrap_or_default(), row.facts(), instances.collect()))
}

/// A page of its timeline.
pub async fn events(
    app: &App,
    op: &OpContext,
    id: &str,
    kind: Option<&str>,
    asked: Option<u32>,
    from: Option<&str>,
) -> Result<EventPage, Error> {
    let limit = limit(asked);
    let before: Option<i64> = place(from)?;
    let mut connection = app.pool.acquire().await?;
    reach::get(&mut connection, op, Role::Viewer, id).await?;
    let mut rows = event::page(&mut connection, id, kind.filter(|kind| !kind.is_empty()), before, limit + 1).await?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    let next_cursor = match rows.last().filter(|_| more) {
        Some(last) => Some(cursor(&last.id)?),
        None => None,
    };
    Ok(EventPage { items: rows.into_iter().map(Event::from).collect(), next_cursor })
}

/// One of its gauges: by minute within a day, by hour before.
pub async fn gauges(
    app: &App,
    op: &OpContext,
    id: &str,
    name: Option<&str>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<GaugeSeries, Error> {
    let name = name.unwrap_or("series");
    let Some(unit) = unit(name) else {
        return Err(Error::invalid(format!("There is no gauge {name}.")));
    };
    let to = to.unwrap_or(op.at);
    let hour_before = to.checked_sub(SignedDuration::from_hours(1));
    let from = from.or(hour_before.ok()).ok_or_else(|| Error::invalid("to is too long ago."))?;
    let mut connection = app.pool.acquire().await?;
    reach::get(&mut connection, op, Role::Viewer, id).await?;
    let minutes = op.at.duration_since(from) <= SignedDuration::from_hours(24);
    let (rows, step) = if minutes {
        (gauge::minutes(&mut connection, &[id.to_owned()], name, from, to).await?, 60)
    } else {
        (gauge::hours(&mut connection, id, name, from, to).await?, 3600)
    };
    let mut points = vec![];
    for row in rows {
        view::extend(&mut points, (row.at.to_jiff(), row.value), step);
    }
    Ok(GaugeSeries { name: name.to_owned(), unit: unit.to_owned(), points })
}

fn unit(name: &str) -> Option<&'static str> {
    Some(match name {
        "agents_ready" | "agents_wanted" => "agents",
        "targets_up" | "targets_down" => "targets",
        "series" => "series",
        "samples_per_second" => "samples/s",
        "remote_write_failures" => "samples",
        "agent_memory_bytes" => "bytes",
        "agent_cpu_cores" => "cores",
        "objects_applied" => "objects",
        _ => return None,
    })
}

/// A person accepts it. Again changes nothing.
pub async fn accept(app: &App, op: &OpContext, id: &str, reason: &str, dry_run: bool) -> Result<Written<()>, Error> {
    let mut tx = app.pool.begin().await?;
    let row = reach::lock(&mut tx, op, Role::Operator, id).await?;
    if row.accepted {
        return finish(tx, dry_run, format!("{} is accepted already.", row.name), ()).await;
    }
    cluster::accept(&mut tx, id).await?;
    let new =
        NewEvent { kind: "accepted", tone: "ok", sentence: "It was accepted.".into(), who: op.who.name(), reason };
    event::insert(&mut tx, id, op.at, &new).await?;
    let entry = Entry { who: None, action: "cluster.accept", subject: &row.name, reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    if let Some(row) = cluster::lock(&mut tx, id).await? {
        state::settle(&mut tx, &row, op.at, None, app.every_seconds()).await?;
    }
    let written = finish(tx, dry_run, format!("{} would be accepted.", row.name), ()).await?;
    app.feed.wake();
    Ok(written)
}

/// Orders its removal: the cluster takes everything away and says so. By force the hub forgets it at once, and nothing in the cluster changes.
pub async fn remove(
    app: &App,
    op: &OpContext,
    id: &str,
    reason: &str,
    (force, dry_run): (bool, bool),
) -> Result<Written<()>, Error> {
    let mut tx = app.pool.begin().await?;
    let row = reach::lock(&mut tx, op, if force { Role::Admin } else { Role::Operator }, id).await?;
    if reason.trim().is_empty() {
        return Err(Error::invalid("A removal needs a reason."));
    }
    if !force && row.removal_order_id.is_some() {
        return finish(tx, dry_run, format!("The removal of {} is ordered already.", row.name), ()).await;
    }
    let order = secret::id("o")?;
    cluster::order_removal(&mut tx, id, &order).await?;
    let (kind, action, sentence) = if force {
        ("removed", "cluster.forget", "The hub forgot it; in the cluster nothing was touched.")
    } else {
        ("removal_ordered", "cluster.remove", "Its removal was ordered.")
    };
    let new = NewEvent { kind, tone: "busy", sentence: sentence.into(), who: op.who.name(), reason };
    event::insert(&mut tx, id, op.at, &new).await?;
    let entry = Entry { who: None, action, subject: &row.name, reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    if force {
        cluster::removed(&mut tx, id, op.at).await?;
    } else if let Some(row) = cluster::lock(&mut tx, id).await? {
        state::settle(&mut tx, &row, op.at, None, app.every_seconds()).await?;
    }
    let effect = match force {
        true => format!("The hub would forget {}; in the cluster nothing would be touched.", row.name),
        false => format!("{} would be told to take away what the hub had switched on.", row.name),
    };
    let written = finish(tx, dry_run, effect, ()).await?;
    app.feed.wake();
    Ok(written)
}
