//! `GET /api/v1/summary`: the whole in one look.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Number, group, round, time};
use crate::count::Count;
use crate::count::scope;

/// What the meter did not count, and why.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Missed {
    /// Requests that could not be counted, by code.
    pub requests: BTreeMap<String, u64>,
    /// Series in requests that were counted, which could not be counted themselves.
    pub series: u64,
}

/// Memory by what it is for.
#[derive(Debug, Clone, Serialize)]
pub struct Memory {
    /// The exact set.
    pub known_set_bytes: usize,
    /// Sketches: of what found no room, and of labels.
    pub sketch_bytes: usize,
    /// What counting takes at most.
    pub bound_bytes: usize,
}

/// The answer.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Name of the cluster; empty where none was set.
    pub cluster: String,
    /// `tap` or `inline`.
    pub mode: &'static str,
    /// Since when samples are counted.
    pub since: String,
    /// A series is active this long after its last sample.
    pub window_seconds: u64,
    /// Active series.
    pub series: Number,
    /// Series of the last hour.
    pub last_hour: Number,
    /// Series of the last day.
    pub last_day: Number,
    /// Samples a second over the last minute.
    pub samples_per_second: f64,
    /// Samples since the start.
    pub samples_total: u64,
    /// New series in the last hour.
    pub churn_per_hour: f64,
    /// Scopes: metric, team and job together.
    pub scopes: usize,
    /// Memory.
    pub memory: Memory,
    /// What was not counted.
    pub dropped_or_missed: Missed,
    /// Teams with an active series.
    pub teams: usize,
    /// Metrics with an active series.
    pub metrics: usize,
}

/// Makes the answer.
pub fn summary(count: &mut Count, mode: &'static str, missed: Missed, now: u64) -> Summary {
    let all = group::groups(count, now, |scope| &scope.metric, |_| true, true);
    let [series, last_hour, last_day] = all.total.spans.map(Number::from);
    let metrics = all.rows.iter().filter(|(_, sums)| sums.spans[0].value > 0.0).count();
    let teams: BTreeSet<_> = count
        .scopes
        .iter()
        .filter(|(number, one)| *number != scope::OTHER && one.active > 0 && !one.team.is_empty())
        .map(|(_, one)| one.team.clone())
        .collect();
    Summary {
        cluster: count.rule.meaning.cluster.clone(),
        mode,
        since: time(count.since),
        window_seconds: count.bounds.window_seconds,
        series,
        last_hour,
        last_day,
        samples_per_second: round(all.total.rate),
        samples_total: count.samples_total(),
        churn_per_hour: round(all.total.churn),
        scopes: count.scopes.len(),
        memory: Memory {
            known_set_bytes: count.known().bytes(),
            sketch_bytes: count.sketch_bytes(),
            bound_bytes: count.bound_bytes(),
        },
        dropped_or_missed: missed,
        teams: teams.len(),
        metrics,
    }
}
