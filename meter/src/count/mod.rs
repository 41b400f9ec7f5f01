//! Counting: what is known of every series, in bounded memory. Time is handed in; nothing here waits, reads or writes.

pub mod batch;
pub mod hour;
pub mod label;
pub mod overflow;
pub mod rule;
pub mod scope;
mod series;
pub mod sketch;
pub mod window;

use std::collections::HashMap;
use std::sync::Arc;

use flagstaff_model::wire::SeriesReport;
use flagstaff_remote_write::Request;
use flagstaff_sketch::known_set::window_slots;
use flagstaff_sketch::{Entry, Identity, KnownSet, Seen, Slot, slot};

use batch::{Batch, Record};
use hour::Hour;
use label::Labels;
use overflow::Overflow;
use rule::Rule;
use scope::Scopes;
use window::Windows;

/// Bounds and windows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// A series is active this long after its last sample.
    pub window_seconds: u64,
    /// Series that are known exactly.
    pub max_series: usize,
    /// Scopes (metric, team and job together).
    pub max_scopes: usize,
    /// Memory of sketches: half for what found no room, half for labels.
    pub sketch_bytes: usize,
    /// How many of the largest metrics have their labels looked at.
    pub labelled_metrics: usize,
}

/// A pause of the whole process after which ages of entries cannot be told any more.
const TOO_LONG_SECONDS: u64 = (slot::COUNT - slot::DAY - 2 * slot::HOUR) as u64 * slot::SECONDS;
/// Reports of hours that are over and that nobody took yet; the oldest go first.
const FINISHED: usize = 4;

/// Everything that is counted.
#[derive(Debug)]
pub struct Count {
    /// What labels mean.
    pub rule: Arc<Rule>,
    /// Bounds.
    pub bounds: Bounds,
    /// Since when, in seconds since 1970.
    pub since: u64,
    /// Scopes.
    pub scopes: Scopes,
    /// Labels of the largest metrics.
    pub labels: Labels,
    /// The clock hour.
    pub hour: Hour,
    known: KnownSet,
    overflow: Overflow,
    finished: Vec<SeriesReport>,
    window: u16,
    ticked_at: u64,
    samples_total: u64,
    windows: Option<(u64, Windows)>,
}

impl Count {
    /// Nothing yet; `now` is in seconds since 1970.
    pub fn new(rule: Arc<Rule>, bounds: Bounds, now: u64) -> Self {
        Self {
            rule,
            since: now,
            scopes: Scopes::new(bounds.max_scopes, now),
            labels: Labels::new(bounds.labelled_metrics, bounds.sketch_bytes / 2, bounds.window_seconds, now),
            hour: Hour::begun(now),
            known: KnownSet::new(bounds.max_series),
            overflow: Overflow::new(bounds.window_seconds, bounds.sketch_bytes / 2),
            finished: vec![],
            window: window_slots(bounds.window_seconds),
            ticked_at: now,
            samples_total: 0,
            windows: None,
            bounds,
        }
    }

    /// Counts a request that was read into a batch.
    pub fn apply(&mut self, batch: &Batch, request: &Request<'_>, now: u64) {
        self.tick(now);
        let now_slot = Slot::at(now);
        for record in &batch.records {
            let Some(scope) = self.scope_of(record, request, now) else { continue };
            self.samples_total += record.samples;
            let one = self.scopes.get_mut(scope);
            one.samples += record.samples;
            one.used_at = now;
            if record.lives {
                self.see(record, scope, batch, request, now, now_slot);
            }
            if record.ended {
                self.end(record.identity);
            }
        }
        self.windows = None;
    }

    /// A series ended: it is active no longer.
    pub fn end(&mut self, identity: Identity) {
        if let Some(ended) = self.known.end(identity)
            && ended.was_active
        {
            self.scopes.get_mut(ended.scope).active -= 1;
            self.windows = None;
        }
    }

    #[inline]
    fn scope_of(&mut self, record: &Record, request: &Request<'_>, now: u64) -> Option<u32> {
        if let Some(scope) = self.scopes.find(record.scope_key) {
            return Some(scope);
        }
        let series = request.series_at(record.place.0, record.place.1)?;
        let names = batch::names(&series, &self.rule).ok()?;
        let scope = self.scopes.find_or_make(record.scope_key, &names, now);
        if scope != scope::OTHER {
            self.scopes.get_mut(scope).labelled = self.labels.contains(&names.metric);
        }
        Some(scope)
    }

    #[inline]
    fn see(&mut self, record: &Record, scope: u32, batch: &Batch, request: &Request<'_>, now: u64, now_slot: Slot) {
        let overflow = &mut self.overflow;
        let evicted = |entry: Entry| overflow.evicted(entry.scope, entry.key, seen_at(entry.seen, now));
        let seen = self.known.see(record.identity, scope, now_slot, evicted);
        let before = match seen {
            Seen::New => {
                let one = self.scopes.get_mut(scope);
                one.active += 1;
                one.new_series[0] += 1;
                None
            }
            Seen::Again { before, scope: old, was_active } => {
                if was_active {
                    if old != scope {
                        self.scopes.get_mut(old).active -= 1;
                        self.scopes.get_mut(scope).active += 1;
                    }
                } else {
                    self.scopes.get_mut(scope).active += 1;
                }
                Some(before)
            }
            Seen::NoRoom => {
                self.overflow.add(scope, KnownSet::key(record.identity), now);
                return;
            }
        };
        if let Some(scope) = self.scopes.get(scope).filter(|scope| scope.labelled) {
            let series = || Some((request.series_at(record.place.0, record.place.1)?, batch.tenant));
            self.labels.see(&scope.metric, before, now, series, &self.rule);
        }
    }

    /// Goes on in time: what was not seen for a window becomes inactive. Does nothing twice within a slot.
    pub fn tick(&mut self, now: u64) {
        if now / slot::SECONDS == self.ticked_at / slot::SECONDS {
            return;
        }
        let paused = now.saturating_sub(self.ticked_at);
        let minute = now / 60 != self.ticked_at / 60;
        self.hour.go_on(self.ticked_at, now);
        if self.hour.is_over(now) {
            self.finish_hour(now);
        }
        self.ticked_at = now;
        if paused > TOO_LONG_SECONDS {
            let (since, finished) = (self.since, std::mem::take(&mut self.finished));
            *self = Self { since, finished, ..Self::new(self.rule.clone(), self.bounds.clone(), now) };
            return;
        }
        self.expire(now);
        self.scopes.tick(now);
        self.overflow.tick(now);
        if minute {
            let largest = self.largest_metrics();
            self.labels.tick(now, &largest);
            self.scopes.label(|metric| self.labels.contains(metric));
        }
        self.windows = None;
    }

    /// Makes inactive what has left the window.
    pub fn expire(&mut self, now: u64) {
        let (scopes, window) = (&mut self.scopes, self.window);
        self.known.sweep(Slot::at(now), window, |entry| scopes.get_mut(entry.scope).active -= 1);
    }

    /// Closes the hour as of its last slot in which there was a clock, before anything of the next one is counted.
    fn finish_hour(&mut self, now: u64) {
        let last = (self.ticked_at + slot::SECONDS).min(self.hour.end());
        let at = if now > self.ticked_at { last.min(now) } else { last };
        let report = series::report(self, at, true);
        if self.finished.len() >= FINISHED {
            self.finished.remove(0);
        }
        self.finished.push(report);
        let mut next = if self.hour.is_lost(now) { Hour::begun(now) } else { self.hour.next(now) };
        next.go_on(self.ticked_at, now);
        self.hour = next;
    }

    /// Closes the hour with what is known of it; nothing of what comes after is counted into it.
    pub fn end_hour(&mut self) {
        self.finish_hour(self.hour.end());
    }

    /// Looks at the hour that is being counted.
    pub fn look_at_hour(&mut self, now: u64) -> SeriesReport {
        self.tick(now);
        series::report(self, now, false)
    }

    /// Reports of hours that ended since this was asked last, the oldest first.
    pub fn take_finished(&mut self) -> Vec<SeriesReport> {
        std::mem::take(&mut self.finished)
    }

    /// Puts back reports of hours that ended before.
    pub fn put_finished(&mut self, reports: Vec<SeriesReport>) {
        self.finished.extend(reports);
    }

    /// Has the labels of a metric looked at for an hour.
    pub fn ask_labels(&mut self, metric: &Arc<str>, now: u64) {
        self.labels.ask(metric, now);
        self.scopes.label(|metric| self.labels.contains(metric));
    }

    /// Metrics by their active series, the largest first.
    fn largest_metrics(&self) -> Vec<(Arc<str>, u64)> {
        let mut metrics: HashMap<&Arc<str>, u64> = HashMap::new();
        for (_, scope) in self.scopes.iter().filter(|(number, _)| *number != scope::OTHER) {
            *metrics.entry(&scope.metric).or_default() += u64::from(scope.active);
        }
        let mut metrics: Vec<_> = metrics.into_iter().map(|(metric, series)| (metric.clone(), series)).collect();
        metrics.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        metrics
    }

    /// How many series there were; looked up once a slot at most while nothing arrives.
    pub fn windows(&mut self, now: u64) -> &Windows {
        self.tick(now);
        let slot = now / slot::SECONDS;
        if self.windows.as_ref().is_none_or(|(at, _)| *at != slot) {
            self.windows = Some((slot, Windows::look(&self.known, &self.scopes, &self.overflow, now)));
        }
        &self.windows.get_or_insert_with(|| (slot, Windows::default())).1
    }

    /// Samples since the start.
    pub fn samples_total(&self) -> u64 {
        self.samples_total
    }

    /// The known set.
    pub fn known(&self) -> &KnownSet {
        &self.known
    }

    /// Puts back what was saved: a scope, by its key and names.
    pub fn restore_scope(&mut self, names: &batch::Names, now: u64) -> u32 {
        self.scopes.find_or_make(batch::key_of(&self.rule, names), names, now)
    }

    /// Puts back an entry that was saved.
    pub fn restore(&mut self, entry: Entry) {
        if self.known.restore(entry) && entry.active {
            self.scopes.get_mut(entry.scope).active += 1;
        }
    }

    /// What found no room in the known set.
    pub fn overflow(&self) -> &Overflow {
        &self.overflow
    }

    /// Puts back a sketch of a clock hour that was saved.
    pub fn restore_overflow(&mut self, scope: Option<u32>, hour: u64, sketch: flagstaff_sketch::Distinct) {
        self.overflow.restore(scope, hour, sketch);
    }

    /// Memory of sketches, in bytes.
    pub fn sketch_bytes(&self) -> usize {
        self.overflow.bytes() + self.labels.bytes()
    }

    /// Memory that everything here takes at most, in bytes.
    pub fn bound_bytes(&self) -> usize {
        KnownSet::bound(self.bounds.max_series)
            + Scopes::bound(self.bounds.max_scopes)
            + self.bounds.sketch_bytes
            + Overflow::beside_bound()
    }
}

/// The time of a slot that is not in the future, in seconds since 1970.
fn seen_at(seen: Slot, now: u64) -> u64 {
    now.saturating_sub(u64::from(seen.age(Slot::at(now))) * slot::SECONDS)
}
