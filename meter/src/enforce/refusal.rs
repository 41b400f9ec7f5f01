//! What a budget refused in a clock hour: how many series, how many samples, and of what.

use std::collections::HashMap;

use flagstaff_model::wire::Refused;
use flagstaff_sketch::{Distinct, KnownSet, Precision};

use crate::count::batch::{Names, Record};

/// Told apart up to so many groups; the rest is in the sum only.
const GROUPS: usize = 100;
/// Told to people.
const TOLD: usize = 10;

/// Series and samples.
#[derive(Debug)]
struct Tally {
    names: Names,
    series: Distinct,
    samples: u64,
}

/// The refusals of one budget.
#[derive(Debug)]
pub struct Refusals {
    hour: u64,
    series: Distinct,
    samples: u64,
    groups: HashMap<u64, Tally>,
    last: Option<u64>,
}

impl Refusals {
    /// None yet.
    pub fn new(now: u64) -> Self {
        let series = Distinct::new(Precision::P14);
        Self { hour: now / 3600, series, samples: 0, groups: HashMap::new(), last: None }
    }

    /// Goes on in time: each clock hour begins anew.
    pub fn tick(&mut self, now: u64) {
        if now / 3600 != self.hour {
            *self = Self { last: self.last, ..Self::new(now) };
        }
    }

    /// One more.
    pub fn add(&mut self, group: u64, names: &Names, record: &Record, now: u64) {
        let key = KnownSet::key(record.identity);
        self.last = Some(now);
        self.series.insert(key);
        self.samples += record.samples;
        if !self.groups.contains_key(&group) && self.groups.len() >= GROUPS {
            return;
        }
        let new = || Tally { names: names.clone(), series: Distinct::new(Precision::P14), samples: 0 };
        let tally = self.groups.entry(group).or_insert_with(new);
        tally.series.insert(key);
        tally.samples += record.samples;
    }

    /// When something was refused last, in seconds since 1970.
    pub fn last(&self) -> Option<u64> {
        self.last
    }

    /// Different series, and samples.
    pub fn totals(&self) -> (f64, u64) {
        (self.series.estimate().round(), self.samples)
    }

    /// Of what, the most first; `label` says which label of a metric it is about.
    pub fn told(&self, label: impl Fn(&str) -> String) -> Vec<Refused> {
        let told = |tally: &Tally| Refused {
            metric: super::family::family(&tally.names.metric).to_owned(),
            team: tally.names.team.clone(),
            job: tally.names.job.clone(),
            series: tally.series.estimate().round(),
            samples: tally.samples,
            label: label(&tally.names.metric),
        };
        let mut all: Vec<Refused> = self.groups.values().map(told).collect();
        all.sort_by(|one, other| other.series.total_cmp(&one.series).then_with(|| one.metric.cmp(&other.metric)));
        all.truncate(TOLD);
        all
    }
}
