//! A budget takes in what a look found; where that changes its state, everything that tells of it is written in the same transaction.

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use serde_json::json;
use sqlx::PgConnection;

use super::look::{Look, grew};
use super::refusing::{self, Refusing};
use super::says::{self, Changed, Growth};
use super::state::{BudgetState, is_told};
use super::{BudgetAct, GREW_WITHIN, Placed, hour_of};
use crate::app::series::{FleetNow, fleet_at};
use crate::app::{App, Error, notice};
use crate::context::OpContext;
use crate::store::audit::{self, Entry};
use crate::store::budget;
use crate::store::budget_event::{self, BudgetEventRow};
use crate::store::event::{self, NewEvent};

/// Who did it, where nobody did.
pub(super) const HUB: &str = "hub";

/// Takes a look in: state, hour, and what tells of a change. `counted` is what the series alone make of it, and `who` is a person who set other limits, or the hub.
pub(super) async fn settle(
    connection: &mut PgConnection,
    app: &App,
    op: &OpContext,
    placed: &mut Placed,
    (fleet, look): (&FleetNow, &Look),
    (counted, who): (BudgetState, &str),
) -> Result<(), Error> {
    let at = op.at;
    let before = placed.row.state();
    let before_since = placed.row.state_since.to_jiff();
    let refusing = refusing(connection, placed, at).await?;
    let row = &mut placed.row;
    let counted_before = row.counted();
    let refuses = !refusing.clusters.is_empty();
    let refused_at = refusing::refused_at(row.act(), row.refused_at.map(|at| at.to_jiff()), refuses, at);
    row.refused_at = refused_at.map(|at| at.to_sqlx());
    counted.as_str().clone_into(&mut row.counted);
    let state = if refusing::holds(refused_at, at) { BudgetState::Enforcing } else { counted };
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
    if state == before {
        app.budgets.keep(&row.id, state, fleet, look, &placed.scope);
        return Ok(());
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
        refusing: &refusing,
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
        who: who.to_owned(),
    };
    told.id = budget_event::insert(connection, &told).await?;
    let action = format!("budget.{}", state.as_str());
    let entry = Entry { who: Some(who), action: &action, subject: &row.name, reason: &sentence, outcome: "done" };
    audit::insert(connection, op, &entry).await?;
    if let Some(cluster) = &row.cluster_id {
        let kind = format!("budget_{}", state.as_str());
        let new = NewEvent { kind: &kind, tone: state.tone(), sentence, who, reason: "" };
        event::insert(connection, cluster, at, &new).await?;
    }
    if is_told(before, state) {
        notice::write(connection, app, placed, &told).await?;
    }
    Ok(())
}

/// Who refuses series for it now.
async fn refusing(connection: &mut PgConnection, placed: &Placed, at: Timestamp) -> Result<Refusing, Error> {
    if placed.row.act() == BudgetAct::Watch {
        return Ok(Refusing::default());
    }
    let id = &placed.row.id;
    let all = refusing::ordered(connection, std::slice::from_ref(id), at).await?;
    Ok(Refusing::of(all.get(id).map(Vec::as_slice).unwrap_or_default()))
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
}
