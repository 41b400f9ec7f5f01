//! Budgets of active series: how many a part of the fleet may have, who is told when it nears that, and when it will be there.

mod act;
mod aggregating;
mod allot;
mod base;
pub mod edit;
mod effect;
mod enforced;
pub mod forecast;
pub mod history;
mod labels;
mod look;
mod lookback;
mod order;
mod refusing;
pub mod release;
pub mod round;
pub mod says;
pub mod scope;
mod settle;
pub mod state;
pub mod view;
mod would_aggregate;
mod would_refuse;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::PgConnection;

use super::attention::{Cause, Line, Named};
use super::{App, Error};
use crate::access::{Access, Labels};
use crate::context::{OpContext, Role};
use crate::store::budget::{self, BudgetRow};
use crate::store::budget_event;
use crate::store::notification_target::NotificationTargetRow;

pub use act::{BudgetAct, Enforces};
pub use aggregating::Aggregating;
pub use base::Bases;
pub(super) use order::orders_of;
pub use refusing::{RefusedSeries, Refusing};
pub use scope::BudgetScope;
pub use state::{BudgetState, Limits};
use view::{Budget, BudgetDetail, Budgets};
pub use would_aggregate::WouldAggregate;
pub use would_refuse::WouldRefuse;

/// What grew is looked for in so long before a change at most.
const GREW_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// A budget with where its cluster is, if it is for one.
pub(super) struct Placed {
    pub(super) row: BudgetRow,
    pub(super) scope: BudgetScope,
    cluster: Option<(String, Labels)>,
}

impl Placed {
    /// What each cluster in its scope has for sure.
    fn labels(&self) -> Labels {
        self.scope.labels(self.place())
    }

    pub(super) fn place(&self) -> Option<&Labels> {
        self.cluster.as_ref().map(|(_, place)| place)
    }

    fn cluster_name(&self) -> Option<&str> {
        self.cluster.as_ref().map(|(name, _)| name.as_str())
    }

    fn shown(&self) -> String {
        self.scope.shown(self.cluster_name())
    }

    /// The role of somebody with everything that it is for.
    fn role(&self, access: &Access) -> Role {
        access.among(&self.labels())
    }
}

impl BudgetRow {
    /// What it is for.
    pub fn scope(&self) -> BudgetScope {
        BudgetScope {
            provider: self.provider.clone(),
            region: self.region.clone(),
            cluster: self.cluster_id.clone(),
            team: self.team.clone(),
            metric: self.metric.clone(),
        }
    }

    /// Its limits.
    pub fn limits(&self) -> Limits {
        Limits { soft: self.soft_series as f64, hard: self.hard_series.map(|hard| hard as f64) }
    }

    /// Its state.
    pub fn state(&self) -> BudgetState {
        BudgetState::parse(&self.state)
    }

    /// What is done past its limits.
    pub fn act(&self) -> BudgetAct {
        BudgetAct::parse(&self.act)
    }

    /// What is done for it now, while it is enforcing.
    pub fn enforces(&self) -> Option<Enforces> {
        self.enforces.as_deref().and_then(Enforces::parse)
    }

    /// The tone in which it is spoken of: where labels are aggregated away and it is not over, nobody misses a series.
    pub fn tone(&self) -> &'static str {
        match self.enforces() {
            Some(Enforces::Aggregate) if self.counted() < BudgetState::Over => BudgetState::Warning.tone(),
            _ => self.state().tone(),
        }
    }

    /// What its series alone make of it.
    pub fn counted(&self) -> BudgetState {
        BudgetState::parse(&self.counted)
    }

    /// What a change has to send as `If-Match`.
    pub fn etag(&self) -> String {
        format!("\"{}\"", self.revision)
    }
}

impl NotificationTargetRow {
    /// Of which budgets it is told: those within this.
    pub fn scope(&self) -> BudgetScope {
        BudgetScope {
            provider: self.provider.clone(),
            region: self.region.clone(),
            cluster: self.cluster_id.clone(),
            team: self.team.clone(),
            metric: self.metric.clone(),
        }
    }
}

/// All budgets that somebody may see.
pub async fn list(app: &App, op: &OpContext) -> Result<Budgets, Error> {
    op.needs_somewhere(Role::Viewer)?;
    let access = op.access()?;
    let mut connection = app.pool.acquire().await?;
    let seen: Vec<Placed> =
        placed(&mut connection).await?.into_iter().filter(|one| one.role(access) >= Role::Viewer).collect();
    Ok(Budgets { items: view::all(&mut connection, op.at, &seen, None).await? })
}

/// One of them, with its messages.
pub async fn detail(app: &App, op: &OpContext, id: &str) -> Result<BudgetDetail, Error> {
    let mut connection = app.pool.acquire().await?;
    let budget = one(&mut connection, op, id).await?;
    let notices = history::notices(&mut connection, id).await?;
    let orders = enforced::orders(&mut connection, id, op.at).await?;
    Ok(BudgetDetail { budget, orders, notices })
}

/// One of them as it is shown.
pub(super) async fn one(connection: &mut PgConnection, op: &OpContext, id: &str) -> Result<Budget, Error> {
    let access = op.access()?;
    let seen: Vec<Placed> =
        placed(connection).await?.into_iter().filter(|one| one.role(access) >= Role::Viewer).collect();
    view::all(connection, op.at, &seen, Some(id)).await?.pop().ok_or_else(|| unknown(id))
}

/// All of them, each with where its cluster is.
pub(super) async fn placed(connection: &mut PgConnection) -> Result<Vec<Placed>, Error> {
    let rows = budget::list(connection).await?;
    with_places(connection, rows).await
}

/// The same of some rows.
pub(super) async fn with_places(connection: &mut PgConnection, rows: Vec<BudgetRow>) -> Result<Vec<Placed>, Error> {
    let ids: Vec<String> = rows.iter().filter_map(|row| row.cluster_id.clone()).collect();
    let places: BTreeMap<String, (String, Labels)> = match ids.is_empty() {
        true => BTreeMap::new(),
        false => {
            let found = budget::places(connection, &ids).await?;
            found.into_iter().map(|row| (row.id.clone(), (row.name.clone(), row.labels()))).collect()
        }
    };
    let with = |row: BudgetRow| Placed {
        scope: row.scope(),
        cluster: row.cluster_id.as_ref().and_then(|id| places.get(id).cloned()),
        row,
    };
    Ok(rows.into_iter().map(with).collect())
}

/// A budget that somebody may see, for who has the role with all of it; locked.
pub(super) async fn lock(connection: &mut PgConnection, op: &OpContext, role: Role, id: &str) -> Result<Placed, Error> {
    let row = budget::lock(connection, id).await?.ok_or_else(|| unknown(id))?;
    let placed = with_places(connection, vec![row]).await?.pop().ok_or_else(|| unknown(id))?;
    let has = placed.role(op.access()?);
    if has < Role::Viewer {
        return Err(unknown(id));
    }
    if has < role {
        return Err(Error::NotPermitted { needs: role, has, place: format!("the budget {}", placed.row.name) });
    }
    Ok(placed)
}

/// Budgets that need attention, of those that somebody may see.
pub(super) async fn attention(connection: &mut PgConnection, access: &Access) -> Result<Vec<Line>, Error> {
    let all = placed(connection).await?;
    let bad: Vec<Placed> = all
        .into_iter()
        .filter(|one| one.row.state() >= BudgetState::Warning && one.role(access) >= Role::Viewer)
        .collect();
    let ids: Vec<String> = bad.iter().map(|one| one.row.id.clone()).collect();
    let events = budget_event::last(connection, &ids).await?;
    let line = |one: Placed| {
        let event = events.iter().find(|event| event.budget_id == one.row.id);
        let sentence = event.map(|event| event.sentence.clone());
        let clusters = one.row.cluster_id.clone().zip(one.cluster_name().map(str::to_owned));
        Line {
            key: format!("budget/{}", one.row.id),
            tone: one.row.tone().to_owned(),
            sentence: sentence
                .unwrap_or_else(|| format!("{}.", says::subject(&one.row.name, one.row.state(), one.row.enforces()))),
            cause: Cause { region: one.row.region.clone(), provider: one.row.provider.clone(), version: None },
            clusters: clusters.map(|(id, name)| Named { id, name }).into_iter().collect(),
            since: one.row.state_since.to_jiff(),
        }
    };
    Ok(bad.into_iter().map(line).collect())
}

/// Whom a change of a budget is told, by the labels that they need to see: for the stream.
pub async fn labels_of(connection: &mut PgConnection, rows: Vec<BudgetRow>) -> Result<Vec<(BudgetRow, Labels)>, Error> {
    let placed = with_places(connection, rows).await?;
    Ok(placed
        .into_iter()
        .map(|one| {
            let labels = one.labels();
            (one.row, labels)
        })
        .collect())
}

/// What a stream tells of a budget that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BudgetChange {
    /// Names it.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// How it stands.
    pub state: BudgetState,
    /// Since when.
    pub since: Timestamp,
}

impl From<&BudgetRow> for BudgetChange {
    fn from(row: &BudgetRow) -> Self {
        Self { id: row.id.clone(), name: row.name.clone(), state: row.state(), since: row.state_since.to_jiff() }
    }
}

pub(super) fn unknown(id: &str) -> Error {
    Error::NotFound { what: format!("budget {id}") }
}

/// Start of the clock hour in UTC.
fn hour_of(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second().div_euclid(3600) * 3600).unwrap_or(at)
}
