//! The one state that a cluster is in: the first that holds, from its last report, what people ordered, and a clock that is given.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::wire::{ConditionReport, FlagReport, StatusReport, Truth};

/// So many intervals without a report, and a cluster is late.
pub const LATE_INTERVALS: i64 = 3;
/// So many intervals without a report, and a cluster is offline.
pub const OFFLINE_INTERVALS: i64 = 10;

/// A sample that was accepted so long ago is fresh, however short the interval of reports is: agents have an interval of their own.
pub const FRESH_SAMPLE_SECONDS: i64 = 180;

/// What a cluster is like, in one word; the first that holds, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClusterState {
    /// A person ordered its removal.
    Removing,
    /// No report for ten intervals.
    Offline,
    /// No report for three intervals.
    Late,
    /// Its flag asks for something that is not there: nothing is observed, or nothing new can be applied.
    Failing,
    /// Observed, with something wrong.
    Degraded,
    /// On its way to what its flag asks for.
    Changing,
    /// A person has to accept it first.
    Waiting,
    /// Left as it is by its flag.
    Suspended,
    /// Without a flag, or with one that is switched off.
    Off,
    /// Objects are ready, and a sample was accepted within three intervals or three minutes.
    Healthy,
}

impl ClusterState {
    /// All of them, in their order.
    pub const ALL: [Self; 10] = [
        Self::Removing,
        Self::Offline,
        Self::Late,
        Self::Failing,
        Self::Degraded,
        Self::Changing,
        Self::Waiting,
        Self::Suspended,
        Self::Off,
        Self::Healthy,
    ];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Removing => "removing",
            Self::Offline => "offline",
            Self::Late => "late",
            Self::Failing => "failing",
            Self::Degraded => "degraded",
            Self::Changing => "changing",
            Self::Waiting => "waiting",
            Self::Suspended => "suspended",
            Self::Off => "off",
            Self::Healthy => "healthy",
        }
    }

    /// The state of that word, if this version knows it.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether health is only what was last known.
    pub fn is_last_known(self) -> bool {
        matches!(self, Self::Late | Self::Offline)
    }

    /// The tone that it has everywhere: `ok`, `warn`, `bad`, `unknown`, `busy` or `off`.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Healthy => "ok",
            Self::Degraded => "warn",
            Self::Failing => "bad",
            Self::Late | Self::Offline => "unknown",
            Self::Removing | Self::Changing | Self::Waiting => "busy",
            Self::Suspended | Self::Off => "off",
        }
    }
}

/// Everything that a state depends on.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// Now, by the hub's clock.
    pub now: Timestamp,
    /// When the last report came, or the cluster joined, by the hub's clock; or since when reports could come at all, if that is later.
    pub heard_at: Timestamp,
    /// How often the cluster is to report, in seconds.
    pub every_seconds: i64,
    /// The last report.
    pub report: Option<&'a StatusReport>,
    /// Whether a person accepted it, or needed not to.
    pub accepted: bool,
    /// Whether a person ordered its removal.
    pub removal_ordered: bool,
}

/// A state with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The state.
    pub state: ClusterState,
    /// One word: the reason of the flag's condition, or one of ours.
    pub reason: String,
    /// A sentence for people; may be empty when all is well.
    pub message: String,
    /// Under late and offline: what the last report made it.
    pub last_state: Option<ClusterState>,
}

/// The state of a cluster.
pub fn assess(evidence: &Evidence<'_>) -> Assessment {
    let reported = reported(evidence);
    if evidence.removal_ordered {
        return assessment(ClusterState::Removing, "RemovalOrdered", "Its removal was ordered.");
    }
    let silent = evidence.now.as_second().saturating_sub(evidence.heard_at.as_second());
    let every = evidence.every_seconds.max(1);
    let (state, reason) = if silent >= every.saturating_mul(OFFLINE_INTERVALS) {
        (ClusterState::Offline, "NoReportForTenIntervals")
    } else if silent >= every.saturating_mul(LATE_INTERVALS) {
        (ClusterState::Late, "NoReportForThreeIntervals")
    } else {
        return reported;
    };
    let message = format!("No report since {}; last: {}.", evidence.heard_at, reported.state.as_str());
    Assessment { last_state: Some(reported.state), ..assessment(state, reason, &message) }
}

/// When the state changes without any report: the next instant at which `assess` may answer otherwise.
pub fn next_change(heard_at: Timestamp, now: Timestamp, every_seconds: i64) -> Option<Timestamp> {
    [LATE_INTERVALS, OFFLINE_INTERVALS]
        .into_iter()
        .filter_map(|intervals| {
            let second = heard_at.as_second().saturating_add(every_seconds.max(1).saturating_mul(intervals));
            Timestamp::from_second(second).ok()
        })
        .find(|at| *at > now)
}

/// What the last report makes it, however old that is.
fn reported(evidence: &Evidence<'_>) -> Assessment {
    let Some(report) = evidence.report else {
        return if evidence.accepted {
            assessment(ClusterState::Changing, "NoReportYet", "It has joined and not reported yet.")
        } else {
            waiting()
        };
    };
    let unwell = report
        .flag
        .as_ref()
        .filter(|flag| flag.enabled && !flag.suspended)
        .and_then(|flag| unwell(flag, report, evidence));
    if let Some(unwell) = unwell {
        return unwell;
    }
    if !evidence.accepted {
        return waiting();
    }
    match &report.flag {
        None => assessment(ClusterState::Off, "NoFlag", "It has no flag."),
        Some(flag) if flag.suspended => assessment(ClusterState::Suspended, "Suspended", &flag.message),
        Some(flag) if !flag.enabled => assessment(ClusterState::Off, "Disabled", &flag.message),
        Some(flag) => assessment(ClusterState::Healthy, &flag.reason, &flag.message),
    }
}

fn waiting() -> Assessment {
    assessment(ClusterState::Waiting, "NotAccepted", "A person has to accept it.")
}

/// Failing, degraded or changing, for a flag that is switched on.
fn unwell(flag: &FlagReport, report: &StatusReport, evidence: &Evidence<'_>) -> Option<Assessment> {
    let gauges = &report.gauges;
    let none_ready = gauges.agents_wanted.is_some_and(|wanted| wanted > 0) && gauges.agents_ready == Some(0);
    let say = |state, reason: &str, message: &str| Some(assessment(state, reason, message));
    if flag.ready != Truth::True {
        // What is under way says so, whatever the status of the condition.
        let under_way = matches!(flag.reason.as_str(), "Waiting" | "Progressing" | "");
        if under_way || flag.ready != Truth::False {
            return say(ClusterState::Changing, &flag.reason, &flag.message);
        }
        let failing = none_ready || report.objects.applied == 0 || refused(&flag.reason);
        let state = if failing { ClusterState::Failing } else { ClusterState::Degraded };
        return say(state, &flag.reason, &flag.message);
    }
    if none_ready {
        return say(ClusterState::Failing, "NoAgentReady", "No agent is ready.");
    }
    if let (Some(ready), Some(wanted)) = (gauges.agents_ready, gauges.agents_wanted)
        && ready < wanted
    {
        return say(ClusterState::Degraded, "AgentsNotReady", &format!("{ready} of {wanted} agents are ready."));
    }
    // Both times are the cluster's own: its clock may be wrong, the distance is not.
    if let (Some(sample), Some(sent)) = (gauges.last_sample_at, report.sent_at) {
        let age = sent.as_second().saturating_sub(sample.as_second());
        if age > evidence.every_seconds.saturating_mul(LATE_INTERVALS).max(FRESH_SAMPLE_SECONDS) {
            return say(
                ClusterState::Degraded,
                "NoSampleAccepted",
                &format!("No store accepted a sample for {age} s."),
            );
        }
    }
    if let Some(refused) = report.settings.as_ref().and_then(|settings| settings.refused.as_ref()) {
        return say(ClusterState::Degraded, "SettingsRefused", refused);
    }
    if report.objects.contested > 0 {
        let message = format!("Another field manager keeps changing {} of our objects.", report.objects.contested);
        return say(ClusterState::Degraded, "Contested", &message);
    }
    let sheds = |condition: &&ConditionReport| condition.kind == "Shedding" && condition.status == Truth::True;
    if let Some(sheds) = flag.conditions.iter().find(sheds) {
        return say(ClusterState::Degraded, &sheds.reason, &sheds.message);
    }
    None
}

/// Reasons under which nothing new is applied at all.
fn refused(reason: &str) -> bool {
    const REFUSED: [&str; 6] =
        ["TemplateInvalid", "TemplateUnknown", "RequirementMissing", "NamespaceMissing", "Forbidden", "ApplyFailed"];
    REFUSED.contains(&reason)
}

fn assessment(state: ClusterState, reason: &str, message: &str) -> Assessment {
    Assessment { state, reason: reason.to_owned(), message: message.to_owned(), last_state: None }
}

#[cfg(test)]
#[path = "cluster_state_tests.rs"]
mod tests;
