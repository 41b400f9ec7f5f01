//! How a budget was over time: series by hour, changes of its state, messages.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::view::{BudgetEvent, Notice};
use super::{hour_of, one};
use crate::app::{App, Error};
use crate::context::OpContext;
use crate::store::notice::{self, NoticeRow};
use crate::store::{budget, budget_event};

/// Hours that are shown where nobody says how many, and at most.
const HOURS: i64 = 24 * 7;
const MOST_HOURS: i64 = 24 * 365;

/// One hour.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BudgetPoint {
    /// Its start.
    pub at: Timestamp,
    /// The most that was counted in it; null where nothing was.
    pub series: Option<f64>,
    /// Clusters that counted.
    pub counted: i64,
    /// Clusters that it was for.
    pub of: i64,
}

/// A budget over time.
#[derive(Debug, Serialize, ToSchema)]
pub struct BudgetHistory {
    /// The step of `points`.
    pub step_seconds: i64,
    /// Each hour since the first that is known, oldest first.
    pub points: Vec<BudgetPoint>,
    /// Newest first.
    pub changes: Vec<BudgetEvent>,
    /// Newest first.
    pub notices: Vec<Notice>,
}

/// The last `hours` hours of one.
pub async fn history(app: &App, op: &OpContext, id: &str, hours: Option<i64>) -> Result<BudgetHistory, Error> {
    let hours = hours.unwrap_or(HOURS);
    if !(1..=MOST_HOURS).contains(&hours) {
        return Err(Error::invalid(format!("hours may be from 1 to {MOST_HOURS}.")));
    }
    let mut connection = app.pool.acquire().await?;
    one(&mut connection, op, id).await?;
    let since = hour_of(op.at) - SignedDuration::from_hours(hours - 1);
    let known: Vec<BudgetPoint> = budget::hours(&mut connection, id, since)
        .await?
        .into_iter()
        .map(|row| BudgetPoint {
            at: row.at.to_jiff(),
            series: row.series,
            counted: row.clusters_counted,
            of: row.clusters_of,
        })
        .collect();
    let changes = budget_event::of(&mut connection, id, since).await?.into_iter().map(BudgetEvent::from).collect();
    let notices = notices(&mut connection, id).await?;
    Ok(BudgetHistory { step_seconds: 3600, points: filled(known, op.at), changes, notices })
}

/// Messages about one.
pub(super) async fn notices(connection: &mut PgConnection, id: &str) -> Result<Vec<Notice>, Error> {
    let shown = |row: NoticeRow| Notice {
        next_at: (row.state == "waiting").then(|| row.next_at.to_jiff()),
        id: row.id,
        at: row.created_at.to_jiff(),
        event_id: row.event_id,
        kind: row.kind,
        to: row.address,
        state: row.state,
        tries: row.tries,
        delivered_at: row.delivered_at.map(|at| at.to_jiff()),
        last_failure: row.last_failure,
    };
    Ok(notice::of(connection, id).await?.into_iter().map(shown).collect())
}

/// With a point for each hour in which nobody looked: a gap is no line.
fn filled(known: Vec<BudgetPoint>, now: Timestamp) -> Vec<BudgetPoint> {
    let hour = SignedDuration::from_hours(1);
    let mut points: Vec<BudgetPoint> = vec![];
    for point in known {
        while let Some(last) = points.last()
            && last.at + hour < point.at
        {
            points.push(BudgetPoint { at: last.at + hour, series: None, counted: 0, of: last.of });
        }
        points.push(point);
    }
    while let Some(last) = points.last()
        && last.at + hour <= now
    {
        points.push(BudgetPoint { at: last.at + hour, series: None, counted: 0, of: last.of });
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_without_a_look_are_gaps() {
        let at = |hour: i64| Timestamp::from_second(hour * 3600).expect("a time");
        let point = |hour: i64| BudgetPoint { at: at(hour), series: Some(1.0), counted: 1, of: 1 };
        let points = filled(vec![point(10), point(13)], at(14));
        let series: Vec<_> = points.iter().map(|point| (point.at, point.series.is_some())).collect();
        assert_eq!(series, [(at(10), true), (at(11), false), (at(12), false), (at(13), true), (at(14), false)]);
        assert_eq!(filled(vec![], at(14)), []);
    }
}
