//! Scopes put together by metric, team or job.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::{Number, round};
use crate::count::Count;
use crate::count::scope::{self, Scope};
use crate::count::window::Spans;

/// What is known of a group.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    pub(super) spans: Spans,
    pub(super) churn: f64,
    pub(super) rate: f64,
    /// Its one team or job, if it has one only.
    pub(super) team: Only,
    pub(super) job: Only,
}

/// One name, or several.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Only {
    #[default]
    None,
    One(Arc<str>),
    Several,
}

/// A row of the API.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Metric, team or job; for labels the label, for values the value.
    pub name: String,
    /// The only team that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The only job that sends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// Active series.
    pub series: Number,
    /// Series of the last hour.
    pub last_hour: Number,
    /// Series of the last day.
    pub last_day: Number,
    /// New series in the last hour.
    pub churn_per_hour: f64,
    /// Samples a second over the last minute.
    pub samples_per_second: f64,
}

impl Only {
    fn add(&mut self, name: &Arc<str>) {
        match self {
            Self::None => *self = Self::One(name.clone()),
            Self::One(one) if one == name => {}
            _ => *self = Self::Several,
        }
    }

    fn name(&self) -> Option<String> {
        match self {
            Self::One(one) if !one.is_empty() => Some(one.to_string()),
            _ => None,
        }
    }
}

impl Sums {
    pub(super) fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.spans.iter_mut().zip(other.spans) {
            *mine += theirs;
        }
        self.churn += other.churn;
        self.rate += other.rate;
    }

    pub(super) fn row(&self, name: &str) -> Row {
        let [series, last_hour, last_day] = self.spans.map(Number::from);
        Row {
            name: name.to_owned(),
            team: self.team.name(),
            job: self.job.name(),
            series,
            last_hour,
            last_day,
            churn_per_hour: round(self.churn),
            samples_per_second: round(self.rate),
        }
    }
}

/// All groups by their names, the sum of all, and what has no scope of its own.
pub(super) struct Groups {
    pub(super) rows: Vec<(Arc<str>, Sums)>,
    pub(super) total: Sums,
    pub(super) rest: Option<Sums>,
}

/// Puts scopes together by `name`; `wanted` says which count.
pub(super) fn groups(
    count: &mut Count,
    now: u64,
    name: impl Fn(&Scope) -> &Arc<str>,
    wanted: impl Fn(&Scope) -> bool,
    with_rest: bool,
) -> Groups {
    count.windows(now);
    let (mut rows, mut total, mut rest) = (HashMap::<Arc<str>, Sums>::new(), Sums::default(), None);
    let spans: Vec<Spans> = count.windows(now).scopes.clone();
    let whole = count.windows(now).total;
    for (number, scope) in count.scopes.iter() {
        let is_rest = number == scope::OTHER;
        if (is_rest && !with_rest) || (!is_rest && !wanted(scope)) {
            continue;
        }
        let sums = Sums {
            spans: spans.get(number as usize).copied().unwrap_or_default(),
            churn: count.scopes.churn(scope, now),
            rate: count.scopes.rate(scope, now),
            ..Sums::default()
        };
        total.add(&sums);
        if is_rest {
            rest = (sums.spans[2].value > 0.0 || sums.rate > 0.0).then_some(sums);
            continue;
        }
        let row = rows.entry(name(scope).clone()).or_default();
        row.add(&sums);
        row.team.add(&scope.team);
        row.job.add(&scope.job);
    }
    if with_rest {
        // Of everything together there is a sketch of its own, with a smaller error than the sum's.
        total.spans = whole;
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by(|one, other| {
        let (a, b) = (&one.1.spans, &other.1.spans);
        b[0].value.total_cmp(&a[0].value).then(b[2].value.total_cmp(&a[2].value)).then_with(|| one.0.cmp(&other.0))
    });
    Groups { rows, total, rest }
}
