//! Budgets made, changed and removed by people.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde::Deserialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::effect::{effect, sure};
use super::labels;
use super::look::Look;
use super::lookback::look_back;
use super::scope::BudgetScope;
use super::settle::settle;
use super::state::{BudgetState, decide};
use super::view::{Budget, BudgetOwner};
use super::{BudgetAct, Placed, lock, one, order, with_places};
use crate::app::series::{FleetNow, fleet_now};
use crate::app::write::{Written, finish};
use crate::app::{App, Error, reach, scope as words};
use crate::context::{OpContext, Role};
use crate::notice::check_email;
use crate::secret;
use crate::store::audit::{self, Entry};
use crate::store::budget::{self, BudgetRow};
use crate::store::budget_report;

/// How many budgets there may be: each is looked at each minute.
const MOST: i64 = 500;
/// How many e-mail addresses an owner may have.
const EMAILS: usize = 20;
/// More series than anybody has.
const SERIES: i64 = 1_000_000_000_000;

/// What a person says of a budget.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BudgetDraft {
    /// A name for it.
    pub name: String,
    /// What it is for; left out, the whole fleet.
    #[serde(default)]
    pub scope: BudgetScope,
    /// From so many series on there is a warning.
    pub soft_series: i64,
    /// From so many series on it is over; left out, it never is.
    #[serde(default)]
    pub hard_series: Option<i64>,
    /// What is done past its limits; left out, nothing but to tell.
    #[serde(default)]
    pub act: BudgetAct,
    /// Labels that counters are to lose from the soft limit on, 20 at most: with `act: aggregate` they are needed, with `act: refuse` they
    /// are aggregated away before anything is refused.
    #[serde(default)]
    pub aggregate_labels: Vec<String>,
    /// Whose it is.
    #[serde(default)]
    pub owner: BudgetOwner,
    /// Why; kept with it and in the audit log. Has to be given, but for a dry run.
    #[serde(default)]
    pub reason: String,
    /// It is meant, though it is over already.
    #[serde(default)]
    pub confirmed: bool,
    /// Only says what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

/// Makes one.
pub async fn make(app: &App, op: &OpContext, draft: BudgetDraft) -> Result<Written<Budget>, Error> {
    op.needs_somewhere(Role::Operator)?;
    let mut tx = app.pool.begin().await?;
    let row = BudgetRow {
        id: secret::id("b")?,
        created_by: op.who.name().to_owned(),
        created_at: op.at.to_sqlx(),
        state: BudgetState::Unknown.as_str().into(),
        counted: BudgetState::Unknown.as_str().into(),
        state_since: op.at.to_sqlx(),
        ..empty(op.at)
    };
    let mut placed = drafted(&mut tx, op, &draft, row).await?;
    let fleet = fleet_now(app, &mut tx, op.at).await?;
    let look = Look::at(&fleet, &placed.scope);
    let state = decide(BudgetState::Unknown, look.series, false, &placed.row.limits());
    sure(&draft, &placed, &look, state)?;
    if budget::count(&mut tx).await? >= MOST {
        return Err(Error::Conflict { detail: format!("There are {MOST} budgets, and may be no more.") });
    }
    if !budget::insert(&mut tx, &placed.row).await? {
        return Err(Error::Conflict { detail: format!("There is a budget {} already.", placed.row.name) });
    }
    audited(&mut tx, op, "budget.make", &placed.row.name, &draft.reason).await?;
    budget::backfill(&mut tx, &placed.row, look.of(), op.at).await?;
    let effect = effect("made", &placed, &look, state);
    settled(app, op, tx, (&mut placed, &fleet, &look, state), (draft.dry_run, effect)).await
}

/// Changes one that is as the person saw it.
pub async fn change(
    app: &App,
    op: &OpContext,
    id: &str,
    seen: Option<&str>,
    draft: BudgetDraft,
) -> Result<Written<Budget>, Error> {
    let mut tx = app.pool.begin().await?;
    let old = lock(&mut tx, op, Role::Operator, id).await?;
    unchanged(&old.row, seen)?;
    let mut placed = drafted(&mut tx, op, &draft, old.row.clone()).await?;
    let moved = placed.scope != old.scope;
    if moved {
        placed.row.counting = vec![];
        placed.row.refused_at = None;
        placed.row.aggregated_at = None;
    }
    let fleet = fleet_now(app, &mut tx, op.at).await?;
    let look = Look::at(&fleet, &placed.scope);
    let state = anew(&old, &placed, &look);
    sure(&draft, &placed, &look, state)?;
    budget::update(&mut tx, &placed.row).await?;
    if moved {
        // What it was for before says nothing of what it is for now.
        budget::forget_hours(&mut tx, id).await?;
        budget::backfill(&mut tx, &placed.row, look.of(), op.at).await?;
    }
    if moved || placed.row.act() == BudgetAct::Watch {
        budget_report::forget(&mut tx, id).await?;
    }
    audited(&mut tx, op, "budget.change", &placed.row.name, &draft.reason).await?;
    let effect = effect("changed", &placed, &look, state);
    settled(app, op, tx, (&mut placed, &fleet, &look, state), (draft.dry_run, effect)).await
}

/// Removes one that is as the person saw it, with its history and what waits to be told of it.
pub async fn remove(
    app: &App,
    op: &OpContext,
    id: &str,
    seen: Option<&str>,
    (reason, dry_run): (&str, bool),
) -> Result<Written<()>, Error> {
    let mut tx = app.pool.begin().await?;
    let old = lock(&mut tx, op, Role::Operator, id).await?;
    unchanged(&old.row, seen)?;
    because(reason, dry_run)?;
    let ordered = order::take(&mut tx, id).await?;
    budget::delete(&mut tx, id).await?;
    audited(&mut tx, op, "budget.remove", &old.row.name, reason).await?;
    let effect = format!(
        "The budget {} for {} would be removed, with its history. No series change.",
        old.row.name,
        old.shown()
    );
    let done = finish(tx, dry_run, effect, ()).await?;
    if ordered && done.is_done() {
        app.feed.wake();
    }
    Ok(done)
}

/// Ends a write: what a look makes of the budget, its orders, and for one that is only tried what it would have done lately.
pub(super) async fn settled(
    app: &App,
    op: &OpContext,
    mut tx: sqlx::Transaction<'_, sqlx::Postgres>,
    (placed, fleet, look, state): (&mut Placed, &FleetNow, &Look, BudgetState),
    (dry_run, effect): (bool, String),
) -> Result<Written<Budget>, Error> {
    settle(&mut tx, app, op, placed, (fleet, look), (state, op.who.name())).await?;
    order::give(&mut tx, op, placed, fleet).await?;
    let shown = one(&mut tx, op, &placed.row.id).await?;
    let mut done = finish(tx, dry_run, effect, shown).await?;
    match &mut done {
        Written::Done(_) => app.feed.wake(),
        // Reading a day's reports takes its time: no lock is held meanwhile.
        Written::Tried(tried) => look_back(app, op, (placed, fleet), tried).await?,
    }
    Ok(done)
}

/// The state under other limits: from the beginning, but who says nothing has not become smaller.
fn anew(old: &Placed, new: &Placed, look: &Look) -> BudgetState {
    let limits = new.row.limits();
    if new.scope != old.scope {
        return decide(BudgetState::Unknown, look.series, false, &limits);
    }
    let last = old.row.series.filter(|_| look.misses(&old.row.counting));
    let most = look.series.into_iter().chain(last).reduce(f64::max);
    match most {
        Some(series) => decide(BudgetState::Unknown, Some(series), false, &limits),
        None => old.row.counted(),
    }
}

/// The row that a draft makes of another one, for who may have it so.
async fn drafted(
    connection: &mut PgConnection,
    op: &OpContext,
    draft: &BudgetDraft,
    row: BudgetRow,
) -> Result<Placed, Error> {
    let name = words::name(&draft.name)?.to_owned();
    let scope = draft.scope.clone().checked()?;
    because(&draft.reason, draft.dry_run)?;
    if !(1..=SERIES).contains(&draft.soft_series) {
        return Err(Error::invalid(format!("soft_series has to be from 1 to {SERIES}.")));
    }
    if draft.hard_series.is_some_and(|hard| !(draft.soft_series..=SERIES).contains(&hard)) {
        return Err(Error::invalid(format!("hard_series has to be from soft_series to {SERIES}.")));
    }
    if draft.act == BudgetAct::Refuse && draft.hard_series.is_none() {
        return Err(Error::NoHardLimit);
    }
    let aggregate_labels = labels::checked(draft.act, &draft.aggregate_labels)?;
    let owner = draft.owner.name.trim().to_owned();
    let mut emails: Vec<String> = draft.owner.emails.iter().map(|email| email.trim().to_owned()).collect();
    emails.sort();
    emails.dedup();
    if owner.len() > 253 || emails.len() > EMAILS {
        return Err(Error::invalid(format!("owner may have a name of 253 letters and {EMAILS} e-mail addresses.")));
    }
    for email in &emails {
        check_email(email).map_err(|why| Error::invalid(format!("owner.emails: {why}")))?;
    }
    let place = match &scope.cluster {
        Some(id) => Some(reach::get(connection, op, Role::Operator, id).await?.place()),
        None => None,
    };
    if place.as_ref().is_some_and(|place| !scope.fits(place)) {
        return Err(Error::invalid("scope: the cluster is not at this provider or in this region."));
    }
    op.needs_among(Role::Operator, &scope.labels(place.as_ref()))?;
    let row = BudgetRow {
        name,
        provider: scope.provider,
        region: scope.region,
        cluster_id: scope.cluster,
        team: scope.team,
        metric: scope.metric,
        soft_series: draft.soft_series,
        hard_series: draft.hard_series,
        act: draft.act.as_str().to_owned(),
        aggregate_labels,
        owner_name: owner,
        owner_emails: emails,
        reason: draft.reason.trim().to_owned(),
        changed_at: op.at.to_sqlx(),
        ..row
    };
    with_places(connection, vec![row]).await?.pop().ok_or_else(|| Error::Internal(anyhow::anyhow!("a budget got lost")))
}

/// One that is nothing yet.
pub(super) fn empty(now: Timestamp) -> BudgetRow {
    let now = now.to_sqlx();
    BudgetRow {
        id: String::new(),
        name: String::new(),
        provider: None,
        region: None,
        cluster_id: None,
        team: None,
        metric: None,
        soft_series: 1,
        hard_series: None,
        owner_name: String::new(),
        owner_emails: vec![],
        reason: String::new(),
        revision: 1,
        created_by: String::new(),
        created_at: now,
        changed_at: now,
        state: String::new(),
        state_since: now,
        series: None,
        variance: 0.0,
        clusters_counted: 0,
        clusters_of: 0,
        looked_at: now,
        counting: vec![],
        xid: 0,
        act: String::new(),
        counted: String::new(),
        refused_at: None,
        aggregate_labels: vec![],
        aggregated_at: None,
        enforces: None,
    }
}

pub(super) fn because(reason: &str, dry_run: bool) -> Result<(), Error> {
    match reason.trim().is_empty() && !dry_run {
        true => Err(Error::invalid("A change of budgets needs a reason.")),
        false if reason.len() > 4096 => Err(Error::invalid("reason may have 4096 letters.")),
        false => Ok(()),
    }
}

fn unchanged(old: &BudgetRow, seen: Option<&str>) -> Result<(), Error> {
    match seen {
        Some(seen) if seen == old.etag() => Ok(()),
        Some(_) => Err(Error::PreconditionFailed),
        None => Err(Error::invalid("This needs the header If-Match with the budget's etag.")),
    }
}

pub(super) async fn audited(
    connection: &mut PgConnection,
    op: &OpContext,
    action: &str,
    name: &str,
    reason: &str,
) -> Result<(), Error> {
    let entry = Entry { who: None, action, subject: name, reason, outcome: "done" };
    Ok(audit::insert(connection, op, &entry).await?)
}
