//! What happens next in a change: who is settled, who is released, and whether it stops. Pure; time is given.

use flagstaff_model::ClusterState;
use flagstaff_model::wire::SettingsReport;
use jiff::{SignedDuration, Timestamp};

/// A cluster in the change, as far as a step looks at it.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Which batch.
    pub batch: i32,
    /// Where it is: one of [`self::state`].
    pub at: String,
    /// How the cluster was when it was released.
    pub before: Option<ClusterState>,
    /// What it was released, where it was.
    pub revision: Option<String>,
    /// When.
    pub released_at: Option<Timestamp>,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
    /// How the cluster is now.
    pub now: ClusterState,
    /// Why, for people.
    pub message: String,
    /// When it last reported.
    pub heard_at: Option<Timestamp>,
    /// What it says of settings; none from an operator that knows none.
    pub reported: Option<SettingsReport>,
    /// Whether it was taken out of the fleet.
    pub gone: bool,
}

/// Where a cluster is in a change.
pub mod state {
    /// Its batch has not come yet.
    pub const WAITING: &str = "waiting";
    /// It was released and is not settled yet.
    pub const RELEASED: &str = "released";
    /// It holds what it was released, and is well.
    pub const HEALTHY: &str = "healthy";
    /// It refused it, or turned worse.
    pub const FAILED: &str = "failed";
    /// It does not report; it is caught up when it returns.
    pub const OFFLINE: &str = "offline";
    /// It proves nothing: see its message.
    pub const SKIPPED: &str = "skipped";
}
use state::{FAILED, HEALTHY, OFFLINE, RELEASED, SKIPPED, WAITING};

/// The change as a whole.
#[derive(Debug, Clone, Copy)]
pub struct Course<'a> {
    /// `running`, `frozen`, `halted` or `done`.
    pub state: &'a str,
    /// Since when.
    pub since: Timestamp,
    /// Whether it goes to all at once.
    pub all_at_once: bool,
}

/// What happens.
#[derive(Debug, Default, PartialEq)]
pub struct Step {
    /// Members by their index, with where they are now and why.
    pub moves: Vec<(usize, &'static str, String)>,
    /// Members to be released.
    pub release: Vec<usize>,
    /// Why nothing more is released.
    pub halt: Option<String>,
    /// Nothing is left to be waited for.
    pub done: bool,
}

/// A cluster that has not settled after this has failed.
pub const PATIENCE: SignedDuration = SignedDuration::from_mins(15);

/// The next step.
pub fn step(course: Course<'_>, members: &[Member], now: Timestamp) -> Step {
    let mut found = Step::default();
    let mut at: Vec<&str> = members.iter().map(|member| member.at.as_str()).collect();
    for (index, member) in members.iter().enumerate() {
        if let Some((to, why)) = turn(course, member, now) {
            at[index] = to;
            found.moves.push((index, to, why));
        }
    }
    let failed = found.moves.iter().find(|(_, to, _)| *to == FAILED);
    let open = |state: &&str| [WAITING, RELEASED, OFFLINE].contains(state);
    if course.state == "running" || (course.state == "done" && at.iter().any(open)) {
        if let Some((index, _, why)) = failed {
            found.halt = Some(format!("{}: {}", members[*index].name, why.trim_end_matches('.')));
            return found;
        }
    } else {
        return found;
    }
    let proven = at.contains(&HEALTHY);
    found.halt = silence(course, members, &at, proven);
    if found.halt.is_some() || at.contains(&RELEASED) {
        return found;
    }
    // Whoever does not report is passed over; the next batch of those who do is released.
    loop {
        let waiting: Vec<usize> = (0..at.len()).filter(|index| at[*index] == WAITING).collect();
        let Some(batch) = waiting.iter().map(|index| members[*index].batch).min() else { break };
        let turn = waiting.into_iter().filter(|index| course.all_at_once || members[*index].batch == batch);
        let (silent, there): (Vec<_>, Vec<_>) = turn.partition(|index| members[*index].now.is_last_known());
        for index in silent {
            at[index] = OFFLINE;
            found.moves.push((index, OFFLINE, "It does not report; it is caught up when it returns.".into()));
        }
        if !there.is_empty() {
            // Until one has proven it, one at a time.
            let most = if proven || course.all_at_once { there.len() } else { 1 };
            found.release = there.into_iter().take(most).collect();
            return found;
        }
    }
    found.done = course.state == "running";
    found
}

/// Where a member goes by itself, and why.
fn turn(course: Course<'_>, member: &Member, now: Timestamp) -> Option<(&'static str, String)> {
    let is = |to, why: &str| Some((to, why.to_owned()));
    if member.gone {
        return (member.at != SKIPPED).then(|| (SKIPPED, "It was taken out of the fleet.".to_owned()));
    }
    let said = member.reported.as_ref().filter(|said| Some(&said.revision) == member.revision.as_ref());
    let holds = said.is_some_and(|said| said.held && said.refused.is_none());
    let worse = severity(member.now) > member.before.map_or(0, severity);
    let turned_worse = || format!("it is {}: {}", member.now.as_str(), member.message);
    match member.at.as_str() {
        RELEASED if member.now == ClusterState::Offline => {
            is(OFFLINE, "It went silent; it is caught up when it returns.")
        }
        RELEASED if member.now == ClusterState::Late => None,
        RELEASED => {
            let since = member.released_at.unwrap_or(now);
            let overdue = now.duration_since(since) > PATIENCE;
            if member.heard_at.is_none_or(|heard| heard <= since) {
                return overdue.then(|| (FAILED, "it has not reported since".to_owned()));
            }
            let Some(reported) = &member.reported else {
                return is(SKIPPED, "Its operator knows no settings of a hub; it takes them after an upgrade.");
            };
            if let Some(why) = said.and_then(|said| said.refused.as_ref()) {
                return Some((FAILED, format!("it refused the settings: {why}")));
            }
            if worse {
                return Some((FAILED, turned_worse()));
            }
            match (said, severity(member.now)) {
                (Some(_), 0) if holds => is(HEALTHY, ""),
                (Some(_), 1..) => is(SKIPPED, "It was not well before, and is as it was."),
                _ if overdue => Some((FAILED, late(reported, member))),
                _ => None,
            }
        }
        HEALTHY if course.state != "done" && worse && !member.now.is_last_known() => Some((FAILED, turned_worse())),
        FAILED if holds && severity(member.now) == 0 && !member.now.is_last_known() => is(HEALTHY, "It recovered."),
        OFFLINE if !member.now.is_last_known() => match member.revision {
            Some(_) => is(RELEASED, ""),
            None => is(WAITING, ""),
        },
        _ => None,
    }
}

fn late(reported: &SettingsReport, member: &Member) -> String {
    let minutes = PATIENCE.as_mins();
    if Some(&reported.revision) == member.revision.as_ref() {
        format!("it did not come to rest within {minutes} min")
    } else {
        format!("it did not take the settings in within {minutes} min")
    }
}

/// How bad it is; silence says nothing.
fn severity(state: ClusterState) -> u8 {
    match state {
        ClusterState::Failing => 2,
        ClusterState::Degraded => 1,
        _ => 0,
    }
}

/// Silence does not block a change, but a change that silences clusters is stopped: two of them with nobody well, or one in ten.
fn silence(course: Course<'_>, members: &[Member], at: &[&str], proven: bool) -> Option<String> {
    let silenced = |(member, at): (&Member, &&str)| {
        let since = member.settled_at.is_none_or(|settled| settled > course.since);
        let spoke = member.before.is_some_and(|before| !before.is_last_known());
        *at == OFFLINE && member.revision.is_some() && spoke && since
    };
    let count = members.iter().zip(at).filter(|pair| silenced(*pair)).count();
    (count >= 2 && (!proven || count * 10 > members.len()))
        .then(|| format!("{count} clusters went silent after it was released to them"))
}

#[cfg(test)]
#[path = "step_tests.rs"]
mod tests;
