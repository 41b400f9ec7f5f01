//! Telemetry stores: made, changed, tried and removed by people; their secrets go in and never out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::price::Price;
use super::store_draft::{Authentication, StoreDraft, row_of};
use super::{App, Error, ask};
use crate::context::{OpContext, Role};
use crate::store::audit::{self, Entry};
use crate::store::telemetry_store::{self, StoreRow};
use crate::telemetry::{CLUSTER, StoreKind};

/// A store without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Store {
    /// Names the store.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// What it speaks.
    pub kind: StoreKind,
    /// The base of its API.
    pub url: String,
    /// For clusters of this region only.
    pub region: Option<String>,
    /// The header that names the tenant.
    pub tenant_header: String,
    /// The tenant; empty for none.
    pub tenant: String,
    /// How it knows who asks.
    pub authentication: Authentication,
    /// The user of `basic`.
    pub username: String,
    /// Authorities to trust instead of the system's.
    pub authorities_pem: String,
    /// What a change has to send as `If-Match`.
    pub etag: String,
    /// How many clusters it is for.
    pub clusters: i64,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// When it last answered well.
    pub last_good_at: Option<Timestamp>,
    /// When it last failed.
    pub last_failed_at: Option<Timestamp>,
    /// The code of that.
    pub last_failure_code: Option<String>,
    /// The sentence of that.
    pub last_failure: Option<String>,
    /// What its owner asks for it, where that was said.
    pub price: Option<Price>,
}

/// All stores.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoreList {
    /// By name.
    pub items: Vec<Store>,
}

/// How a store fares, for everybody: nothing of where it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoreHealth {
    /// Names the store.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// What it speaks.
    pub kind: StoreKind,
    /// For clusters of this region only.
    pub region: Option<String>,
    /// Whether it failed since it last answered well.
    pub is_failing: bool,
    /// When it last answered well.
    pub last_good_at: Option<Timestamp>,
}

/// How all stores fare.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoreHealthList {
    /// By name.
    pub items: Vec<StoreHealth>,
}

/// How a try went.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoreCheck {
    /// Whether it answered well.
    pub ok: bool,
    /// The code of the failure.
    pub code: Option<String>,
    /// What was found, as a sentence.
    pub detail: String,
    /// How long it took.
    pub took_seconds: f64,
    /// Clusters of this hub that it is for, and that it has data of.
    pub clusters_found: Vec<String>,
    /// Clusters of this hub that it is for, and that it has no data of.
    pub clusters_missing: Vec<String>,
}

/// All of them.
pub async fn list(app: &App, op: &OpContext) -> Result<StoreList, Error> {
    op.needs(Role::Operator)?;
    let mut connection = app.pool.acquire().await?;
    let counts: BTreeMap<String, i64> = telemetry_store::cluster_counts(&mut connection).await?.into_iter().collect();
    let rows = telemetry_store::list(&mut connection).await?;
    Ok(StoreList { items: rows.into_iter().map(|row| shown(counts.get(&row.id).copied(), row)).collect() })
}

/// How all of them fare.
pub async fn health(app: &App, op: &OpContext) -> Result<StoreHealthList, Error> {
    op.needs_somewhere(Role::Viewer)?;
    let rows = telemetry_store::list(&mut *app.pool.acquire().await?).await?;
    let health = |row: StoreRow| StoreHealth {
        kind: StoreKind::parse(&row.kind),
        is_failing: row
            .last_failed_at
            .is_some_and(|at| row.last_good_at.is_none_or(|good| good.to_jiff() < at.to_jiff())),
        id: row.id,
        name: row.name,
        region: row.region,
        last_good_at: row.last_good_at.map(|at| at.to_jiff()),
    };
    Ok(StoreHealthList { items: rows.into_iter().map(health).collect() })
}

/// Makes one.
pub async fn make(app: &App, op: &OpContext, draft: &StoreDraft) -> Result<Store, Error> {
    op.needs(Role::Operator)?;
    let row = row_of(app, op, draft, None)?;
    let mut tx = app.pool.begin().await?;
    if !telemetry_store::insert(&mut tx, &row).await? {
        return Err(Error::Conflict { detail: format!("There is a store {} already.", row.name) });
    }
    let entry = Entry { who: None, action: "store.make", subject: &row.name, reason: &draft.reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    tx.commit().await?;
    one(app, &row.id).await
}

/// Changes one that is as the person saw it.
pub async fn change(
    app: &App,
    op: &OpContext,
    id: &str,
    seen: Option<&str>,
    draft: &StoreDraft,
) -> Result<Store, Error> {
    op.needs(Role::Operator)?;
    let mut tx = app.pool.begin().await?;
    let old = telemetry_store::lock(&mut tx, id).await?.ok_or_else(|| unknown(id))?;
    unchanged(&old, seen)?;
    let row = row_of(app, op, draft, Some(&old))?;
    telemetry_store::update(&mut tx, &row).await?;
    let entry = Entry { who: None, action: "store.change", subject: &row.name, reason: &draft.reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    tx.commit().await?;
    app.telemetry.forget(id);
    one(app, id).await
}

/// Removes one that is as the person saw it. Nothing in the store is touched.
pub async fn remove(app: &App, op: &OpContext, id: &str, seen: Option<&str>, reason: &str) -> Result<(), Error> {
    op.needs(Role::Operator)?;
    let mut tx = app.pool.begin().await?;
    let old = telemetry_store::lock(&mut tx, id).await?.ok_or_else(|| unknown(id))?;
    if seen.is_some() {
        unchanged(&old, seen)?;
    }
    telemetry_store::delete(&mut tx, id).await?;
    let entry = Entry { who: None, action: "store.remove", subject: &old.name, reason, outcome: "done" };
    audit::insert(&mut tx, op, &entry).await?;
    tx.commit().await?;
    app.telemetry.forget(id);
    Ok(())
}

/// Tries one that is kept.
pub async fn check(app: &App, op: &OpContext, id: &str) -> Result<StoreCheck, Error> {
    op.needs(Role::Operator)?;
    let row = telemetry_store::get(&mut *app.pool.acquire().await?, id).await?.ok_or_else(|| unknown(id))?;
    ask::check(app, &row, true).await
}

/// Tries one as it would be made or, with an id, changed; keeps nothing.
pub async fn try_out(app: &App, op: &OpContext, id: Option<&str>, draft: &StoreDraft) -> Result<StoreCheck, Error> {
    op.needs(Role::Operator)?;
    let old = match id {
        Some(id) => Some(telemetry_store::get(&mut *app.pool.acquire().await?, id).await?.ok_or_else(|| unknown(id))?),
        None => None,
    };
    let row = row_of(app, op, draft, old.as_ref())?;
    ask::check(app, &row, false).await
}

async fn one(app: &App, id: &str) -> Result<Store, Error> {
    let mut connection = app.pool.acquire().await?;
    let row = telemetry_store::get(&mut connection, id).await?.ok_or_else(|| unknown(id))?;
    let counts = telemetry_store::cluster_counts(&mut connection).await?;
    let count = counts.into_iter().find(|(store, _)| store == id).map(|(_, count)| count);
    Ok(shown(count, row))
}

fn unchanged(old: &StoreRow, seen: Option<&str>) -> Result<(), Error> {
    match seen {
        Some(seen) if seen == etag(old) => Ok(()),
        Some(_) => Err(Error::PreconditionFailed),
        None => Err(Error::invalid("A change needs the header If-Match with the store's etag.")),
    }
}

fn etag(row: &StoreRow) -> String {
    format!("\"{}\"", row.revision)
}

fn shown(clusters: Option<i64>, row: StoreRow) -> Store {
    Store {
        etag: etag(&row),
        clusters: clusters.unwrap_or_default(),
        price: Price::of(&row),
        kind: StoreKind::parse(&row.kind),
        authentication: Authentication::parse(&row.authentication),
        id: row.id,
        name: row.name,
        url: row.url,
        region: row.region,
        tenant_header: row.tenant_header,
        tenant: row.tenant,
        username: row.username,
        authorities_pem: row.authorities_pem,
        created_by: row.created_by,
        created_at: row.created_at.to_jiff(),
        changed_at: row.changed_at.to_jiff(),
        last_good_at: row.last_good_at.map(|at| at.to_jiff()),
        last_failed_at: row.last_failed_at.map(|at| at.to_jiff()),
        last_failure_code: row.last_failure_code,
        last_failure: row.last_failure,
    }
}

fn unknown(id: &str) -> Error {
    Error::NotFound { what: format!("store {id}") }
}

/// What a check says of the clusters that a store is for.
pub(super) fn found(clusters: &[String], labels: &[crate::telemetry::Series]) -> (Vec<String>, Vec<String>) {
    let has = |name: &&String| labels.iter().any(|series| series.labels.get(CLUSTER) == Some(*name));
    clusters.iter().cloned().partition(|name| has(&name))
}
