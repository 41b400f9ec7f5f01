//! A budget takes in what a look found; where that changes its state, everything that tells of it is written in the same transaction.

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use serde_json::json;
use sqlx::PgConnection;

use super::act::Enforces;
use super::aggregating::Aggregating;
use super::look::{Look, grew};
use super::refusing::{self, Refusing};
use super::says::{self, Changed, Growth};
use super::state::{BudgetState, is_told};
use super::{BudgetAct, GREW_WITHIN, Placed, hour_of};
use crate::app::series::{FleetNow, fleet_at};
use crate::app::{App, Error, notice};
use crate::context::OpContext;
use crate::store::audit::{self, Entry};
use crate::store::budget::{self, BudgetRow};
use crate::store::budget_event::{self, BudgetEventRow};
use crate::store::event::{self, NewEvent};

/// Who did it, where nobody did.
pub(super) const HUB: &str = "hub";

/// Takes a look in: state, hour, and what tells of a change. `counted` is what the series alone make of it, and `who` is a person who set
/// other limits, or the hub. Whether something changed that is told.
pub(super) async fn settle(
    connection: &mut PgConnection,
    app: &App,
    op: &OpContext,
    placed: &mut Placed,
    (fleet, look): (&FleetNow, &Look),
    (counted, who): (BudgetState, &str),
) -> Result<bool, Error> {
    let at = op.at;
    let before = placed.row.state();
    let before_since = placed.row.state_since.to_jiff();
    let enforces_before = placed.row.enforces();
    let (refusing, aggregating) = acting(connection, placed, at).await?;
    let row = &mut placed.row;
    let counted_before = row.counted();
    let (refuses, aggregates) = (!refusing.clusters.is_empty(), !aggregating.clusters.is_empty());
    let enforces = enforces(row, (refuses, aggregates), at);
    counted.as_str().clone_into(&mut row.counted);
    let state = if enforces.is_some() { BudgetState::Enforcing } else { counted };
    row.enforces = enforces.map(|enforces| enforces.as_str().to_owned());
    row.series = look.series;
    row.variance = look.variance;
    row.clusters_counted = i64::try_from(look.counting.len()).unwrap_or(i64::MAX);
    row.clusters_of = look.of();
    row.looked_at = at.to_sqlx();
    if counted == counted_before {
        // One that is no more need not count again.
        let known = row.counting.iter().filter(|id| look.clusters.contains(*id)).cloned();
        row.counting =
            known.chain(look.counting.iter().cloned()).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
    } else {
        row.counting = look.counting.iter().cloned().collect();
    }
    if state != before {
        state.as_str().clone_into(&mut row.state);
        row.state_since = at.to_sqlx();
    }
    budget::looked(connection, row).await?;
    budget::keep_hour(connection, row, hour_of(at)).await?;
    // While labels are aggregated away it is told, too, when it comes to refusals, and when it is over with nothing refused.
    let becomes_over =
        enforces == Some(Enforces::Aggregate) && counted == BudgetState::Over && counted_before < BudgetState::Over;
    if state == before && enforces == enforces_before && !becomes_over {
        app.budgets.keep(&row.id, state, fleet, look, &placed.scope);
        return Ok(false);
    }

    let (since, grown) = match state >= BudgetState::Warning {
        true => what_grew(connection, app, placed, fleet, grew_since(at, before_since)).await?,
        false => (before_since, vec![]),
    };
    app.budgets.keep(&placed.row.id, state, fleet, look, &placed.scope);
    let (row, shown) = (&placed.row, placed.shown());
    let changed = Changed {
        name: &row.name,
        scope: &shown,
        before,
        after: state,
        series: row.series,
        limits: row.limits(),
        clusters: (row.clusters_counted, row.clusters_of),
        grew: &grown,
        enforces: (enforces_before, enforces),
        refusing: &refusing,
        aggregating: &aggregating,
    };
    let sentence = says::changed(&changed);
    let mut told = BudgetEventRow {
        budget_id: row.id.clone(),
        id: 0,
        at: at.to_sqlx(),
        state_before: before.as_str().into(),
        state: state.as_str().into(),
        series: row.series,
        sentence: sentence.clone(),
        grew: json!(grown),
        grew_since: Some(since.to_sqlx()),
        refusing: refuses.then(|| json!(refusing)),
        aggregating: aggregates.then(|| json!(aggregating)),
        who: who.to_owned(),
    };
    told.id = budget_event::insert(connection, &told).await?;
    let action = format!("budget.{}", state.as_str());
    let entry = Entry { who: Some(who), action: &action, subject: &row.name, reason: &sentence, outcome: "done" };
    audit::insert(connection, op, &entry).await?;
    if let Some(cluster) = &row.cluster_id {
        let kind = format!("budget_{}", state.as_str());
        let new = NewEvent { kind: &kind, tone: row.tone(), sentence, who, reason: "" };
        event::insert(connection, cluster, at, &new).await?;
    }
    if state == before || is_told(before, state) {
        notice::write(connection, app, placed, &told).await?;
    }
    Ok(true)
}

/// What is done for it now: the harder of both, each until it is quiet for a while.
fn enforces(row: &mut BudgetRow, (refuses, aggregates): (bool, bool), at: Timestamp) -> Option<Enforces> {
    let refused_at = row.refused_at.map(|at| at.to_jiff());
    let refused_at = refusing::last_done(row.act() == BudgetAct::Refuse, refused_at, refuses, at);
    let aggregated_at = row.aggregated_at.map(|at| at.to_jiff());
    let aggregated_at = refusing::last_done(!row.aggregate_labels.is_empty(), aggregated_at, aggregates, at);
    row.refused_at = refused_at.map(|at| at.to_sqlx());
    row.aggregated_at = aggregated_at.map(|at| at.to_sqlx());
    match (refusing::holds(refused_at, at), refusing::holds(aggregated_at, at)) {
        (true, _) => Some(Enforces::Refuse),
        (false, true) => Some(Enforces::Aggregate),
        (false, false) => None,
    }
}

/// Who refuses series for it now, and who aggregates labels away.
async fn acting(
    connection: &mut PgConnection,
    placed: &Placed,
    at: Timestamp,
) -> Result<(Refusing, Aggregating), Error> {
    if placed.row.act() == BudgetAct::Watch {
        return Ok(Default::default());
    }
    let id = &placed.row.id;
    let all = refusing::ordered(connection, std::slice::from_ref(id), at).await?;
    let all = all.get(id).map(Vec::as_slice).unwrap_or_default();
    Ok((Refusing::of(all), Aggregating::of(all)))
}

/// What grew since a whole hour before; where its reports do not show it, what this replica remembers of the state before.
async fn what_grew(
    connection: &mut PgConnection,
    app: &App,
    placed: &Placed,
    fleet: &FleetNow,
    since: Timestamp,
) -> Result<(Timestamp, Vec<Growth>), Error> {
    let then = fleet_at(app, connection, since).await?;
    let grown = grew(fleet, &then, &placed.scope);
    if grown.is_empty()
        && let Some(remembered) = app.budgets.grew(&placed.row.id, fleet, &placed.scope)
    {
        return Ok(remembered);
    }
    Ok((since, grown))
}

/// An hour of the state before: its first one, or that of a day ago, and never the one that has just begun.
fn grew_since(at: Timestamp, before_since: Timestamp) -> Timestamp {
    let last = hour_of(at) - SignedDuration::from_hours(1);
    hour_of(before_since.max(at - GREW_WITHIN)).min(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grew_is_looked_for_in_a_whole_hour_before() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let now = at("2026-11-22T11:30:00Z");
        for (before, since) in [
            ("2026-11-22T11:10:00Z", "2026-11-22T10:00:00Z"),
            ("2026-11-22T08:59:00Z", "2026-11-22T08:00:00Z"),
            ("2026-10-01T00:00:00Z", "2026-11-21T11:00:00Z"),
        ] {
            assert_eq!(grew_since(now, at(before)), at(since), "{before}");
        }
    }

    #[test]
    fn a_refusal_outranks_what_is_aggregated_and_each_is_over_after_ten_quiet_minutes() {
        let start: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
        let mut row = BudgetRow {
            act: "refuse".into(),
            aggregate_labels: vec!["pod".into()],
            ..super::super::edit::empty(start)
        };
        let mut at = |minute: i64, does| enforces(&mut row, does, start + SignedDuration::from_mins(minute));
        assert_eq!(at(0, (false, false)), None);
        assert_eq!(at(1, (false, true)), Some(Enforces::Aggregate));
        assert_eq!(at(2, (true, true)), Some(Enforces::Refuse));
        assert_eq!(at(11, (false, true)), Some(Enforces::Refuse));
        assert_eq!(at(12, (false, true)), Some(Enforces::Aggregate));
        assert_eq!(at(21, (false, false)), Some(Enforces::Aggregate));
        assert_eq!(at(22, (false, false)), None);
        // One that is not asked for it any more does not do it, whatever old reports say.
        assert_eq!(at(23, (true, true)), Some(Enforces::Refuse));
        row.act = "aggregate".into();
        assert_eq!(enforces(&mut row, (true, true), start), Some(Enforces::Aggregate));
        row.aggregate_labels.clear();
        assert_eq!(enforces(&mut row, (true, true), start), None);
        assert_eq!((row.refused_at, row.aggregated_at), (None, None));
    }
}
