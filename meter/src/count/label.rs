//! The labels of the largest metrics: how many values each has, and how many series would be left without it.
//!
//! A series is looked at when it is first seen in its clock hour. What an hour had is kept while the next one fills.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use flagstaff_remote_write::Series;
use flagstaff_sketch::{Distinct, KnownSet, Precision, Slot, Sum, identity, slot};

use super::rule::Rule;

/// How many labels of a metric are looked at.
const LABELS: usize = 40;
/// Values that are counted one by one; with more they are only estimated.
const FEW: usize = 50;
/// A value that is longer is not kept.
const VALUE_BYTES: usize = 128;
/// A metric with fewer series is not looked at unless somebody asks.
const SMALLEST: u64 = 20;
/// How long a question keeps a metric looked at.
const ASKED_SECONDS: u64 = 3600;
/// How many metrics can be asked for besides the largest.
const ASKED: usize = 20;

/// What is known of one label of a metric.
#[derive(Debug, Clone)]
pub struct LabelCount {
    /// Series that have it.
    pub series: u64,
    /// Its different values.
    pub values: Distinct,
    /// Series that would be left without it.
    pub without: Distinct,
    /// Series of each value, while these are few.
    pub few: Option<HashMap<Box<str>, u64>>,
}

/// What was seen of a metric in one clock hour.
#[derive(Debug, Clone, Default)]
pub struct Hour {
    /// Since when, in seconds since 1970.
    pub since: u64,
    /// Series that were looked at.
    pub series: u64,
    /// Labels by name.
    pub labels: BTreeMap<Arc<str>, LabelCount>,
}

#[derive(Debug, Default)]
struct Tracked {
    current: Hour,
    previous: Option<Hour>,
}

/// The metrics whose labels are looked at.
#[derive(Debug)]
pub struct Labels {
    metrics: HashMap<Arc<str>, Tracked>,
    asked: HashMap<Arc<str>, u64>,
    max: usize,
    max_bytes: usize,
    hour: u64,
    window_seconds: u64,
}

impl Labels {
    /// Of at most `max` metrics, in at most `max_bytes`; `now` is in seconds since 1970.
    pub fn new(max: usize, max_bytes: usize, window_seconds: u64, now: u64) -> Self {
        Self { metrics: HashMap::new(), asked: HashMap::new(), max, max_bytes, hour: now / 3600, window_seconds }
    }

    /// Looks at a series if it is the first time in this hour. `before` is when it was seen before, if ever.
    #[inline]
    pub fn see<'a>(
        &mut self,
        metric: &str,
        before: Option<Slot>,
        now: u64,
        series: impl FnOnce() -> Option<(Series<'a>, Option<u64>)>,
        rule: &Rule,
    ) {
        let Some(tracked) = self.metrics.get_mut(metric) else { return };
        let (now_slot, since) = (now / slot::SECONDS, tracked.current.since / slot::SECONDS);
        // Begun within a slot, everything seen in that slot could not be told from what was seen before it.
        if now_slot < since || before.is_some_and(|before| u64::from(before.age(Slot::at(now))) <= now_slot - since) {
            return;
        }
        if let Some((series, tenant)) = series() {
            tracked.current.add(&series, tenant, rule);
        }
    }

    /// Begins to look at a metric because somebody asks for it.
    pub fn ask(&mut self, metric: &Arc<str>, now: u64) {
        if self.asked.len() < ASKED || self.asked.contains_key(metric) {
            self.asked.insert(metric.clone(), now);
            self.metrics.entry(metric.clone()).or_insert_with(|| Tracked::new(now));
        }
    }

    /// Whether a metric is looked at.
    pub fn contains(&self, metric: &str) -> bool {
        self.metrics.contains_key(metric)
    }

    /// What was seen of a metric: this hour once every series has had its time, else the hour before.
    pub fn of(&self, metric: &str, now: u64) -> Option<&Hour> {
        let tracked = self.metrics.get(metric)?;
        let young = now < tracked.current.since + self.window_seconds;
        match &tracked.previous {
            // One that had just begun when its hour ended has nothing to say.
            Some(previous) if young && previous.series > 0 => Some(previous),
            _ => Some(&tracked.current),
        }
    }

    /// All metrics that are looked at.
    pub fn metrics(&self) -> impl Iterator<Item = &Arc<str>> {
        self.metrics.keys()
    }

    /// Goes on in time; `largest` are metrics with their series, the largest first.
    pub fn tick(&mut self, now: u64, largest: &[(Arc<str>, u64)]) {
        let hour = now / 3600;
        if std::mem::replace(&mut self.hour, hour) != hour {
            for tracked in self.metrics.values_mut() {
                tracked.previous = Some(std::mem::replace(&mut tracked.current, Hour::begun(now)));
            }
        }
        self.asked.retain(|_, at| now < *at + ASKED_SECONDS);
        let wanted = largest.iter().filter(|(_, series)| *series >= SMALLEST).take(self.max).map(|(metric, _)| metric);
        let wanted: Vec<Arc<str>> = wanted.chain(self.asked.keys()).cloned().collect();
        self.metrics.retain(|metric, _| wanted.contains(metric));
        for metric in &wanted {
            self.metrics.entry(metric.clone()).or_insert_with(|| Tracked::new(now));
        }
        // The smallest go first where all together are too large.
        let mut bytes = self.bytes();
        for (metric, _) in largest.iter().rev() {
            if bytes <= self.max_bytes {
                break;
            }
            if let Some(gone) = self.metrics.remove(metric) {
                bytes = bytes.saturating_sub(gone.bytes());
            }
        }
    }

    /// Memory that it takes, in bytes.
    pub fn bytes(&self) -> usize {
        self.metrics.values().map(Tracked::bytes).sum()
    }
}

impl Tracked {
    fn new(now: u64) -> Self {
        Self { current: Hour::begun(now), previous: None }
    }

    fn bytes(&self) -> usize {
        self.current.bytes() + self.previous.as_ref().map_or(0, Hour::bytes)
    }
}

impl Hour {
    /// From the next slot on.
    fn begun(now: u64) -> Self {
        Self { since: (now / slot::SECONDS + 1) * slot::SECONDS, ..Self::default() }
    }

    fn add(&mut self, series: &Series<'_>, tenant: Option<u64>, rule: &Rule) {
        let mut pairs: Vec<(&str, &str, u64)> = vec![];
        let (mut sum, mut has_cluster) = (tenant.map_or(Sum::EMPTY, |tenant| Sum::EMPTY.with(tenant)), false);
        let read = series.read(|label| {
            let (name, value) = (label.name.text, label.value.text);
            if value.is_empty() || rule.meaning.replica_labels.iter().any(|replica| replica == name) {
                return;
            }
            has_cluster |= name == "cluster";
            let pair = identity::label(name, value);
            sum = sum.with(pair);
            pairs.push((name, value, pair));
        });
        // It was read once already, with the same result.
        if read.is_err() {
            return;
        }
        if let Some(own) = rule.own_cluster.filter(|_| !has_cluster) {
            sum = sum.with(own);
        }
        self.series += 1;
        for (name, value, pair) in pairs.into_iter().filter(|(name, ..)| *name != "__name__") {
            if !self.labels.contains_key(name) {
                if self.labels.len() >= LABELS {
                    continue;
                }
                self.labels.insert(name.into(), LabelCount::new());
            }
            let Some(count) = self.labels.get_mut(name) else { continue };
            count.series += 1;
            count.values.insert(pair);
            count.without.insert(KnownSet::key(sum.without(pair).identity()));
            count.add_value(value);
        }
    }

    fn bytes(&self) -> usize {
        self.labels.values().map(LabelCount::bytes).sum()
    }
}

impl LabelCount {
    fn new() -> Self {
        let empty = || Distinct::new(Precision::P14);
        Self { series: 0, values: empty(), without: empty(), few: Some(HashMap::new()) }
    }

    fn add_value(&mut self, value: &str) {
        let Some(few) = &mut self.few else { return };
        if let Some(count) = few.get_mut(value) {
            *count += 1;
        } else if few.len() < FEW && value.len() <= VALUE_BYTES {
            few.insert(value.into(), 1);
        } else {
            self.few = None;
        }
    }

    fn bytes(&self) -> usize {
        let few = self.few.as_ref().map_or(0, |few| few.keys().map(|value| value.len() + 40).sum());
        std::mem::size_of::<Self>() + self.values.bytes() + self.without.bytes() + few
    }
}
