//! What people and programs see of budgets.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::aggregating::Aggregating;
use super::enforced::BudgetOrdered;
use super::forecast::{self, DAYS_BACK, Day};
use super::refusing::{self, Refusing};
use super::says::{self, Growth};
use super::scope::BudgetScope;
use super::state::BudgetState;
use super::{BudgetAct, Enforces, Placed};
use crate::app::Error;
use crate::app::series::view::Number;
use crate::store::budget::{self, DayRow};
use crate::store::budget_event::{self, BudgetEventRow};

/// Today counts among the days from so many hours on: before, its most is yet to come.
const HOURS_OF_TODAY: i64 = 12;

/// Whose a budget is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct BudgetOwner {
    /// A person or a team.
    pub name: String,
    /// Who is told by e-mail when its state changes.
    pub emails: Vec<String>,
}

/// Clusters in a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct BudgetClusters {
    /// Those that counted.
    pub counted: i64,
    /// Those that it is for.
    pub of: i64,
}

/// A budget that this one lies within.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OuterBudget {
    /// Names it.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// Series that are left in it, below 0 where it is over; null where no cluster counts.
    pub left: Option<f64>,
}

/// When a budget reaches its limit: the hard one, or the soft one where there is no other.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Forecast {
    /// At its pace; null where not within a year.
    pub over_on: Option<Date>,
    /// At the earliest: one of ten draws says before.
    pub earliest: Option<Date>,
    /// At the latest: one of ten draws says after; null where that is not within a year.
    pub latest: Option<Date>,
    /// Series a day.
    pub per_day: f64,
    /// Days that were looked back on.
    pub days_of_history: usize,
    /// The same in a sentence.
    pub says: String,
}

/// A change of state.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BudgetEvent {
    /// Grows with time.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// The state before.
    pub before: BudgetState,
    /// The state from then on.
    pub state: BudgetState,
    /// What was counted; null where no cluster counted.
    pub series: Option<f64>,
    /// The change in a sentence.
    pub sentence: String,
    /// What grew most since `grew_since`, three at most.
    pub grew: Vec<Growth>,
    /// A time in the state before, a day ago at most.
    pub grew_since: Option<Timestamp>,
    /// Who refused which series, where that is the change.
    pub refusing: Option<Refusing>,
    /// Who aggregates which labels away, where that is the change.
    pub aggregating: Option<Aggregating>,
    /// Who set other limits; `hub` where the series changed.
    pub who: String,
}

/// A budget.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Budget {
    /// Names it.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// What it is for.
    pub scope: BudgetScope,
    /// The same in words, with the cluster's name.
    pub scope_shown: String,
    /// From so many series on there is a warning.
    pub soft_series: i64,
    /// From so many series on it is over; null where it never is.
    pub hard_series: Option<i64>,
    /// What is done past its limits.
    pub act: BudgetAct,
    /// Labels that counters lose from the soft limit on; empty where it aggregates nothing.
    pub aggregate_labels: Vec<String>,
    /// Whose it is.
    pub owner: BudgetOwner,
    /// Why it is as it is.
    pub reason: String,
    /// What a change has to send as `If-Match`.
    pub etag: String,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When its settings were changed last.
    pub changed_at: Timestamp,
    /// How it stands.
    pub state: BudgetState,
    /// What is done for it while its state is `enforcing`; null otherwise.
    pub enforces: Option<Enforces>,
    /// Since when.
    pub since: Timestamp,
    /// Active series at the last look; null where no cluster counted.
    pub series: Option<Number>,
    /// When the last look was.
    pub looked_at: Timestamp,
    /// Whose series these are.
    pub clusters: BudgetClusters,
    /// Part of the hard limit, or of the soft one where there is no other; 1 is all of it.
    pub share: Option<f64>,
    /// Series that are left, below 0 where it is over.
    pub left: Option<f64>,
    /// Who refuses series for it now; null where it does not refuse, or nobody refuses anything.
    pub refusing: Option<Refusing>,
    /// Who aggregates labels away for it now; null where it aggregates none, or nobody does.
    pub aggregating: Option<Aggregating>,
    /// Budgets whose scope contains this one's, by name; those that one may see.
    pub within: Vec<OuterBudget>,
    /// When it will be at its limit; null with too little history, see `forecast_says`.
    pub forecast: Option<Forecast>,
    /// What is to be expected, or why that is not known.
    pub forecast_says: String,
    /// What grew most before the last change of state, three at most.
    pub grew: Vec<Growth>,
    /// The last change of state.
    pub last_event: Option<BudgetEvent>,
}

/// All budgets.
#[derive(Debug, Serialize, ToSchema)]
pub struct Budgets {
    /// By name.
    pub items: Vec<Budget>,
}

/// A message, and how it went.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Notice {
    /// Names it.
    pub id: String,
    /// When it was made.
    pub at: Timestamp,
    /// Of which change of state.
    pub event_id: i64,
    /// `webhook` or `email`.
    pub kind: String,
    /// To whom.
    pub to: String,
    /// `waiting`, `delivered` or `given_up`.
    pub state: String,
    /// How often it was tried.
    pub tries: i32,
    /// When it is tried next; null where it is not on its way.
    pub next_at: Option<Timestamp>,
    /// When it was taken.
    pub delivered_at: Option<Timestamp>,
    /// Why it was not taken last.
    pub last_failure: Option<String>,
}

/// A budget with its messages.
#[derive(Debug, Serialize, ToSchema)]
pub struct BudgetDetail {
    /// The budget.
    #[serde(flatten)]
    pub budget: Budget,
    /// What each of its clusters was ordered, and how that stands to it; none where it only watches.
    pub orders: Vec<BudgetOrdered>,
    /// Newest first, at most a hundred.
    pub notices: Vec<Notice>,
}

impl From<BudgetEventRow> for BudgetEvent {
    fn from(row: BudgetEventRow) -> Self {
        Self {
            id: row.id,
            at: row.at.to_jiff(),
            before: BudgetState::parse(&row.state_before),
            state: BudgetState::parse(&row.state),
            series: row.series,
            sentence: row.sentence,
            grew: serde_json::from_value(row.grew).unwrap_or_default(),
            grew_since: row.grew_since.map(|at| at.to_jiff()),
            refusing: row.refusing.and_then(|refusing| serde_json::from_value(refusing).ok()),
            aggregating: row.aggregating.and_then(|aggregating| serde_json::from_value(aggregating).ok()),
            who: row.who,
        }
    }
}

/// These budgets, or the one with that id; all of them are looked through for those that it lies within.
pub(super) async fn all(
    connection: &mut PgConnection,
    now: Timestamp,
    seen: &[Placed],
    only: Option<&str>,
) -> Result<Vec<Budget>, Error> {
    let wanted: Vec<&Placed> = seen.iter().filter(|one| only.is_none_or(|id| one.row.id == id)).collect();
    let ids: Vec<String> = wanted.iter().map(|one| one.row.id.clone()).collect();
    let events = budget_event::last(connection, &ids).await?;
    let mut events: BTreeMap<String, BudgetEvent> =
        events.into_iter().map(|row| (row.budget_id.clone(), row.into())).collect();
    let back = now - SignedDuration::from_hours(24 * DAYS_BACK);
    let mut days: BTreeMap<String, Vec<DayRow>> = BTreeMap::new();
    for day in budget::days(connection, &ids, back).await? {
        days.entry(day.budget_id.clone()).or_default().push(day);
    }
    let acting: Vec<String> =
        wanted.iter().filter(|one| one.row.act() != BudgetAct::Watch).map(|one| one.row.id.clone()).collect();
    let mut ordered = refusing::ordered(connection, &acting, now).await?;
    let mut shown = vec![];
    for one in wanted {
        let days = days.remove(&one.row.id).unwrap_or_default();
        let ordered = ordered.remove(&one.row.id).unwrap_or_default();
        let refusing = Some(Refusing::of(&ordered)).filter(|refusing| !refusing.clusters.is_empty());
        let aggregating = Some(Aggregating::of(&ordered)).filter(|aggregating| !aggregating.clusters.is_empty());
        shown.push(Budget { refusing, aggregating, ..budget_of(one, seen, events.remove(&one.row.id), &days, now) });
        // Many budgets with a month of days each: others get their turn in between.
        tokio::task::yield_now().await;
    }
    Ok(shown)
}

fn budget_of(one: &Placed, seen: &[Placed], last: Option<BudgetEvent>, days: &[DayRow], now: Timestamp) -> Budget {
    let row = &one.row;
    let left = |row: &budget::BudgetRow| row.series.map(|series| row.limits().last() - series);
    let outer = |other: &&Placed| other.row.id != row.id && other.scope.contains(&one.scope, one.place());
    let within = seen.iter().filter(outer).map(|other| OuterBudget {
        id: other.row.id.clone(),
        name: other.row.name.clone(),
        left: left(&other.row),
    });
    let (forecast, forecast_says) = expect(days, one, now);
    let worse = last.as_ref().filter(|last| last.state >= BudgetState::Warning);
    Budget {
        id: row.id.clone(),
        name: row.name.clone(),
        scope: one.scope.clone(),
        scope_shown: one.shown(),
        soft_series: row.soft_series,
        hard_series: row.hard_series,
        act: row.act(),
        aggregate_labels: row.aggregate_labels.clone(),
        owner: BudgetOwner { name: row.owner_name.clone(), emails: row.owner_emails.clone() },
        reason: row.reason.clone(),
        etag: row.etag(),
        created_by: row.created_by.clone(),
        created_at: row.created_at.to_jiff(),
        changed_at: row.changed_at.to_jiff(),
        state: row.state(),
        enforces: row.enforces(),
        since: row.state_since.to_jiff(),
        series: row.series.map(|series| Number::of(series, row.variance)),
        looked_at: row.looked_at.to_jiff(),
        clusters: BudgetClusters { counted: row.clusters_counted, of: row.clusters_of },
        share: row.series.map(|series| series / row.limits().last()),
        left: left(row),
        refusing: None,
        aggregating: None,
        within: within.collect(),
        forecast,
        forecast_says,
        grew: worse.map(|last| last.grew.clone()).unwrap_or_default(),
        last_event: last,
    }
}

fn expect(days: &[DayRow], one: &Placed, now: Timestamp) -> (Option<Forecast>, String) {
    let date = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    let today = date(now);
    let day_of = |row: &DayRow| {
        let day = (date(row.at.to_jiff()) - today).get_days();
        (day < 0 || row.hours >= HOURS_OF_TODAY).then_some(Day { day: f64::from(day), series: row.series })
    };
    let days: Vec<Day> = days.iter().filter_map(day_of).collect();
    // Nothing but a refusal keeps series from growing.
    let state = match one.row.enforces() {
        Some(Enforces::Aggregate) => one.row.counted(),
        _ => one.row.state(),
    };
    let Some(outlook) = forecast::outlook(&days, one.row.limits().last()) else {
        return (None, says::expected(None, days.len(), state, None));
    };
    let on = |days: f64| today.saturating_add((days.ceil() as i64).days());
    let dates = outlook
        .over_in
        .filter(|_| state < BudgetState::Over)
        .map(|over_in| (on(over_in), outlook.earliest.map_or_else(|| on(over_in), on), outlook.latest.map(on)));
    let says = says::expected(Some(&outlook), days.len(), state, dates);
    let forecast = Forecast {
        over_on: dates.map(|(over_on, _, _)| over_on),
        earliest: dates.map(|(_, earliest, _)| earliest),
        latest: dates.and_then(|(_, _, latest)| latest),
        per_day: outlook.line.per_day,
        days_of_history: days.len(),
        says: says.clone(),
    };
    (Some(forecast), says)
}
