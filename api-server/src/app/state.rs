//! Writes the state that a cluster is in, and tells its timeline when that is another one than before.

use flagstaff_model::{Assessment, ClusterState, Evidence, assess};
use jiff::Timestamp;
use sqlx::PgConnection;

use crate::store::cluster::{self, ClusterRow, State};
use crate::store::event::{self, NewEvent};

/// Assesses the row as it stands and writes what changed. `serving_since`: reports could not come before.
pub async fn settle(
    connection: &mut PgConnection,
    row: &ClusterRow,
    now: Timestamp,
    serving_since: Option<Timestamp>,
    every_seconds: i64,
) -> Result<(), sqlx::Error> {
    let heard = row.heard_at();
    let report = row.report();
    let found = assess(&Evidence {
        now,
        heard_at: serving_since.map_or(heard, |since| since.max(heard)),
        every_seconds,
        report: report.as_ref(),
        accepted: row.accepted,
        removal_ordered: row.removal_order_id.is_some(),
    });
    let before = row.state();
    let same = row.state == found.state.as_str()
        && row.state_reason == found.reason
        && row.state_message == found.message
        && row.last_state.as_deref() == found.last_state.map(ClusterState::as_str);
    if same {
        return Ok(());
    }
    let since = if before == found.state { row.state_since.to_jiff() } else { now };
    let state = State {
        state: found.state.as_str(),
        reason: &found.reason,
        message: &found.message,
        since,
        last_state: found.last_state.map(ClusterState::as_str),
    };
    cluster::set_state(connection, &row.id, &state).await?;
    for new in turn(before, row.last_state.as_deref().and_then(ClusterState::parse), &found, now, heard) {
        event::insert(connection, &row.id, now, &new).await?;
    }
    Ok(())
}

/// What the timeline says when a cluster goes from one state to another.
fn turn<'a>(
    before: ClusterState,
    before_last: Option<ClusterState>,
    found: &'a Assessment,
    now: Timestamp,
    heard: Timestamp,
) -> Vec<NewEvent<'a>> {
    let after = found.state;
    let tell = |kind: &'static str, tone: &'static str, sentence: String| NewEvent {
        kind,
        tone,
        sentence,
        who: "hub",
        reason: &found.reason,
    };
    if before == after {
        return vec![];
    }
    let silent = now.as_second().saturating_sub(heard.as_second());
    match after {
        ClusterState::Late => return vec![tell("late", "unknown", format!("No report for {}.", span(silent)))],
        ClusterState::Offline => {
            return vec![tell("offline", "unknown", format!("No report for {}: offline.", span(silent)))];
        }
        // The order itself is told by whoever gave it.
        ClusterState::Removing => return vec![],
        _ => {}
    }
    let mut told = vec![];
    // What it was before it went silent counts, not the silence.
    let known = if before.is_last_known() {
        told.push(tell("back", "ok", format!("It reports again; it is {}.", after.as_str())));
        before_last.unwrap_or(ClusterState::Changing)
    } else {
        before
    };
    let because = if found.message.is_empty() { found.reason.clone() } else { found.message.clone() };
    match after {
        ClusterState::Failing if known != after => told.push(tell("failing", "bad", format!("Failing: {because}"))),
        ClusterState::Degraded if known != after => told.push(tell("degraded", "warn", format!("Degraded: {because}"))),
        ClusterState::Healthy if told.is_empty() && matches!(known, ClusterState::Failing | ClusterState::Degraded) => {
            told.push(tell("back", "ok", "Healthy again.".to_owned()));
        }
        _ => {}
    }
    told
}

/// A span of time for people.
pub fn span(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{} s", seconds.max(0)),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(before: ClusterState, last: Option<ClusterState>, after: ClusterState) -> Vec<&'static str> {
        let found = Assessment { state: after, reason: "R".into(), message: String::new(), last_state: None };
        let at = Timestamp::UNIX_EPOCH;
        let told = turn(before, last, &found, at, at);
        // The words are all from this file.
        let all = ["back", "failing", "degraded", "late", "offline"];
        told.iter().map(|new| *all.iter().find(|kind| **kind == new.kind).expect("a known word")).collect()
    }

    #[test]
    fn each_turn_is_told_once() {
        use ClusterState::{Changing, Degraded, Failing, Healthy, Late, Offline, Removing};
        assert_eq!(kinds(Healthy, None, Late), ["late"]);
        assert_eq!(kinds(Late, Some(Healthy), Offline), ["offline"]);
        assert_eq!(kinds(Offline, Some(Healthy), Healthy), ["back"]);
        assert_eq!(kinds(Offline, Some(Healthy), Failing), ["back", "failing"]);
        assert_eq!(kinds(Late, Some(Failing), Failing), ["back"]);
        assert_eq!(kinds(Changing, None, Healthy), Vec::<&str>::new());
        assert_eq!(kinds(Failing, None, Healthy), ["back"]);
        assert_eq!(kinds(Failing, None, Degraded), ["degraded"]);
        assert_eq!(kinds(Healthy, None, Removing), Vec::<&str>::new());
        assert_eq!(kinds(Healthy, None, Healthy), Vec::<&str>::new());
    }

    #[test]
    fn spans_are_for_people() {
        assert_eq!(
            [span(-1), span(119), span(240), span(7200), span(172_800)].join(", "),
            "0 s, 119 s, 4 min, 2 h, 2 days"
        );
    }
}
