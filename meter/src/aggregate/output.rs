//! Sums that are sent in the place of the series that are taken in.

use std::collections::HashMap;
use std::sync::Arc;

use flagstaff_remote_write::message::{Label, Sample};
use flagstaff_remote_write::{Error, STALE, Series};
use flagstaff_sketch::{Sum, identity};

use crate::count::batch::Names;
use crate::count::rule::Rule;

/// The label by which sums of different meters are told apart.
pub const METER: &str = "flagstaff_meter";

/// One sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Names it.
    pub key: u64,
    /// Where it goes.
    pub route: u16,
    /// Labels that its inputs lost, sorted.
    pub without: Arc<[String]>,
    /// Labels that it has, sorted by name.
    pub labels: Arc<[Label]>,
    /// Metric, team and job.
    pub names: Names,
    /// Reset-corrected increases of its inputs, added up.
    pub total: f64,
    /// When it began, in milliseconds since 1970: it was zero then.
    pub begun: i64,
    /// Whether that zero was taken.
    pub opened: bool,
    /// The total that was taken last.
    pub sent: f64,
    /// Whether a stale marker was taken, and nothing since.
    pub ended: bool,
    /// It is no longer aggregated: its last value goes out once more, and then its end.
    pub closing: bool,
    /// When a sample of an input came last, in seconds since 1970.
    pub seen: u64,
    /// Active inputs at the last look.
    pub inputs: u32,
    /// In this clock hour.
    pub tally: Tally,
}

/// Samples of a clock hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    hour: u64,
    /// That were taken in.
    pub samples: u64,
    /// Of those, late ones.
    pub late: u64,
}

impl Tally {
    /// Adds some of the hour of `now`.
    pub fn add(&mut self, samples: u64, late: u64, now: u64) {
        *self = self.at(now);
        self.samples += samples;
        self.late += late;
    }

    /// As of `now`.
    pub fn at(self, now: u64) -> Self {
        if self.hour == now / 3600 { self } else { Self { hour: now / 3600, samples: 0, late: 0 } }
    }
}

impl Output {
    /// What is sent of it at an instant, and whether that is its end: nothing where it ended before, or never said anything.
    pub fn due(&self, at: i64, is_active: bool) -> Option<(Vec<Sample>, bool)> {
        let sample = |value: f64, timestamp: i64| Sample { value, timestamp };
        let zero = (!self.opened).then(|| sample(0.0, self.begun.min(at - 2)));
        if is_active && !self.closing {
            return Some((zero.into_iter().chain([sample(self.total, at)]).collect(), false));
        }
        let is_new = self.total.to_bits() != self.sent.to_bits();
        let last = is_new.then(|| sample(self.total, at - 1));
        let stale = sample(f64::from_bits(STALE), at);
        let is_due = is_new || (self.opened && !self.ended);
        is_due.then(|| (zero.filter(|_| is_new).into_iter().chain(last).chain([stale]).collect(), true))
    }
}

/// A series without some of its labels.
#[derive(Debug)]
pub struct Reduced {
    /// Names the sum that it goes into.
    pub key: u64,
    /// What is left, sorted by name.
    pub labels: Vec<Label>,
    /// Metric, team and job.
    pub names: Names,
}

impl Reduced {
    /// Reads a series; none where it has none of these labels. Labels that only tell replicas apart are left out as well.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn of(series: &Series<'_>, without: &[String], rule: &Rule, route: u16) -> Result<Option<Self>, Error> {
        let is = |all: &[String], name: &str| all.iter().any(|one| one == name);
        let mut sum = Sum::EMPTY.with(identity::label("__route__", &route.to_string()));
        sum = without.iter().fold(sum, |sum, label| sum.with(identity::label("__without__", label)));
        let (mut names, mut labels, mut carries) = (Names::default(), vec![], false);
        series.read(|label| {
            let (name, value) = (label.name.text, label.value.text);
            names.note(label, rule);
            // A sum of another meter becomes part of ours.
            if value.is_empty() || name == METER || is(&rule.meaning.replica_labels, name) {
            } else if is(without, name) {
                carries = true;
            } else {
                sum = sum.with(identity::label(name, value));
                labels.push(Label { name: name.to_owned(), value: value.to_owned() });
            }
        })?;
        names.settle(rule);
        Ok(carries.then_some(Self { key: sum.identity().0, labels, names }))
    }
}

/// All sums.
#[derive(Debug, Default)]
pub struct Outputs {
    by_key: HashMap<u64, u32>,
    list: Vec<Option<Output>>,
    free: Vec<u32>,
}

impl Outputs {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// One by its number.
    pub fn get_mut(&mut self, number: u32) -> Option<&mut Output> {
        self.list.get_mut(number as usize)?.as_mut()
    }

    /// The number of a key.
    pub fn find(&self, key: u64) -> Option<u32> {
        self.by_key.get(&key).copied()
    }

    /// Adds one, and says its number.
    pub fn add(&mut self, output: Output) -> u32 {
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let number = self.free.pop().unwrap_or(next);
        self.by_key.insert(output.key, number);
        match self.list.get_mut(number as usize) {
            Some(place) => *place = Some(output),
            None => self.list.push(Some(output)),
        }
        number
    }

    /// Forgets those that `keep` does not want.
    pub fn retain(&mut self, mut keep: impl FnMut(u32, &Output) -> bool) {
        for (number, place) in (0..).zip(&mut self.list) {
            if let Some(output) = place.take_if(|output| !keep(number, output)) {
                self.by_key.remove(&output.key);
                self.free.push(number);
            }
        }
    }

    /// All with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Output)> {
        (0..).zip(&self.list).filter_map(|(number, output)| Some((number, output.as_ref()?)))
    }

    /// The same, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (u32, &mut Output)> {
        (0..).zip(&mut self.list).filter_map(|(number, output)| Some((number, output.as_mut()?)))
    }
}
