//! A report as it is kept in memory: every name once, numbers that can be added.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use flagstaff_model::wire::{LabelCount, SeriesCount, SeriesReport};
use jiff::Timestamp;

use super::OTHER;
use super::filter::SeriesFilter;

/// New series of so many seconds at least are scaled to an hour: those of a minute say little.
const SCALED_SECONDS: u64 = 600;

/// What one cluster's meter counted.
#[derive(Debug)]
pub struct Counts {
    /// The meter.
    pub instance: Arc<str>,
    /// Start of the clock hour.
    pub hour: Timestamp,
    /// Grows with each look at the hour.
    pub revision: i64,
    /// When it was looked, by the meter's clock.
    pub at: Timestamp,
    /// For how much of the hour was counted.
    pub counted_seconds: u64,
    /// Everything together.
    pub total: SeriesCount,
    /// Each series is in exactly one.
    pub scopes: Vec<Scope>,
    /// Labels by metric.
    pub labels: HashMap<Arc<str>, Vec<LabelCount>>,
}

/// A metric that one job sends for one team.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Metric.
    pub metric: Arc<str>,
    /// Team.
    pub team: Arc<str>,
    /// Job that sends it.
    pub job: Arc<str>,
    /// Its numbers.
    pub count: SeriesCount,
}

impl Scope {
    /// Whether it is the rest that has no scope of its own.
    pub fn is_rest(&self) -> bool {
        [&self.metric, &self.team, &self.job].iter().all(|name| &***name == OTHER)
    }
}

/// Numbers added up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sum {
    /// Active series.
    pub series: f64,
    /// Variance of that; 0 where it is exact.
    pub variance: f64,
    /// Samples a second.
    pub samples_per_second: f64,
    /// Series that were not known before, within an hour.
    pub new_per_hour: f64,
}

impl std::ops::AddAssign for Sum {
    fn add_assign(&mut self, more: Self) {
        self.series += more.series;
        self.variance += more.variance;
        self.samples_per_second += more.samples_per_second;
        self.new_per_hour += more.new_per_hour;
    }
}

impl Counts {
    /// Makes it of a report.
    pub fn of(report: SeriesReport) -> Self {
        let mut names = HashSet::<Arc<str>>::new();
        let mut name = |text: String| match names.get(text.as_str()) {
            Some(known) => known.clone(),
            None => {
                let new: Arc<str> = text.into();
                names.insert(new.clone());
                new
            }
        };
        let scopes = report.scopes.into_iter().map(|scope| Scope {
            metric: name(scope.metric),
            team: name(scope.team),
            job: name(scope.job),
            count: scope.count,
        });
        let scopes: Vec<Scope> = scopes.collect();
        let mut labels: HashMap<Arc<str>, Vec<LabelCount>> = HashMap::new();
        for label in report.labels {
            labels.entry(name(label.metric.clone())).or_default().push(label);
        }
        Self {
            instance: report.instance.into(),
            hour: report.hour,
            revision: i64::try_from(report.revision).unwrap_or(i64::MAX),
            at: report.at,
            counted_seconds: report.counted_seconds,
            total: report.total,
            scopes,
            labels,
        }
    }

    /// One scope's numbers, or those of everything.
    pub fn sum_of(&self, count: &SeriesCount) -> Sum {
        let seconds = self.counted_seconds.clamp(SCALED_SECONDS, 3600);
        Sum {
            series: count.active,
            variance: count.active_variance,
            samples_per_second: count.samples_per_second,
            new_per_hour: count.new as f64 * 3600.0 / seconds as f64,
        }
    }

    /// The same as they were counted: of a whole hour, or of as much of it as was looked at.
    pub fn count(&self, filter: &SeriesFilter) -> SeriesCount {
        if filter.is_whole_clusters() {
            return self.total;
        }
        let mut sum = SeriesCount::default();
        for scope in self.scopes.iter().filter(|scope| filter.fits_scope(scope)) {
            sum.active += scope.count.active;
            sum.hour += scope.count.hour;
            sum.new = sum.new.saturating_add(scope.count.new);
        }
        sum
    }

    /// Those series that a filter means; which clusters it means does not matter here.
    pub fn sum(&self, filter: &SeriesFilter) -> Sum {
        if filter.is_whole_clusters() {
            return self.sum_of(&self.total);
        }
        let mut sum = Sum::default();
        for scope in self.scopes.iter().filter(|scope| filter.fits_scope(scope)) {
            sum += self.sum_of(&scope.count);
        }
        sum
    }
}
