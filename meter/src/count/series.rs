//! The report of a clock hour, from what is known when it is looked at.

use flagstaff_model::wire::{LabelCount, ScopeCount, SeriesCount, SeriesReport, ValueCount};
use flagstaff_sketch::{Entry, Slot, slot};
use jiff::Timestamp;

use super::overflow::Span;
use super::scope::{self, Scope};
use super::sketch::Sketches;
use super::window::{self, Estimate};
use super::{Count, hour};

/// Scopes and labels take at most so many bytes of a report; the smallest scopes are put together past it.
const SCOPE_BYTES: usize = 10 << 20;
const LABEL_BYTES: usize = 2 << 20;
/// What an entry takes besides its names.
const SCOPE_REST: usize = 220;
const LABEL_REST: usize = 120;
const VALUE_REST: usize = 40;

/// What there was when it was looked: active ones, and those of the hour.
type Numbers = [Estimate; 2];

/// Makes the report of the hour that is being counted, as of `at`. With `closed` it is over, and says which series there were.
pub(super) fn report(count: &mut Count, at: u64, closed: bool) -> SeriesReport {
    let revision = count.hour.look(at, closed);
    let count = &*count;
    let (now, number) = (Slot::at(at), count.hour.start / hour::SECONDS);
    let slots = (at / slot::SECONDS).saturating_sub(count.hour.start / slot::SECONDS);
    let of_hour = |entry: &Entry| u64::from(entry.seen.age(now)) <= slots;
    let beside = |scope| {
        let hour = count.overflow.hour(scope, number).cloned();
        [count.overflow.union(scope, Span::Now, at), hour]
    };
    let within = |entry: &Entry| [entry.active, of_hour(entry)];
    let (total, each) = window::look(&count.known, &count.scopes, &count.overflow, beside, within);
    let sketches =
        if closed { Sketches::choose(count, &each).filled(count, number, of_hour) } else { Sketches::default() };
    let (scopes, counts) = scopes(count, &each, at);
    let (sketches, sketches_left_out) = sketches.written();
    SeriesReport {
        instance: count.hour.instance.clone(),
        hour: time(count.hour.start),
        revision,
        closed,
        at: time(at),
        counted_seconds: (count.hour.counted_seconds + if closed { 0 } else { at.saturating_sub(count.ticked_at) })
            .min(hour::SECONDS),
        window_seconds: count.bounds.window_seconds,
        total: SeriesCount { new: counts.new, samples_per_second: counts.samples_per_second, ..numbers(&total) },
        scopes,
        labels: labels(count, at),
        sketches,
        sketches_left_out,
        budgets: vec![],
    }
}

fn numbers([active, hour]: &Numbers) -> SeriesCount {
    SeriesCount {
        active: active.value.max(0.0),
        active_variance: active.variance,
        hour: hour.value.max(0.0),
        hour_variance: hour.variance,
        ..SeriesCount::default()
    }
}

fn add(sum: &mut SeriesCount, more: &SeriesCount) {
    sum.active += more.active;
    sum.active_variance += more.active_variance;
    sum.hour += more.hour;
    sum.hour_variance += more.hour_variance;
    sum.new += more.new;
    sum.samples_per_second += more.samples_per_second;
}

/// Each scope of the hour, the largest first, and the sum of all.
fn scopes(count: &Count, each: &[Numbers], at: u64) -> (Vec<ScopeCount>, SeriesCount) {
    let (mut found, mut sum) = (vec![], SeriesCount::default());
    for (number, one) in count.scopes.iter() {
        let numbers = each.get(number as usize).map(numbers).unwrap_or_default();
        let rate = (count.scopes.rate(one, at) * 1000.0).round() / 1000.0;
        let of = SeriesCount { new: u64::from(one.new_series[0]), samples_per_second: rate, ..numbers };
        if of != SeriesCount::default() {
            add(&mut sum, &of);
            found.push((number, one, of));
        }
    }
    found.sort_by(|one, other| other.2.hour.total_cmp(&one.2.hour).then_with(|| key(one.1).cmp(&key(other.1))));
    let (mut scopes, mut other, mut bytes) = (vec![], None::<SeriesCount>, 0);
    for (number, one, of) in found {
        bytes += SCOPE_REST + one.metric.len() + one.team.len() + one.job.len();
        if number == scope::OTHER || bytes > SCOPE_BYTES {
            add(other.get_or_insert_default(), &of);
        } else {
            let [metric, team, job] = [&one.metric, &one.team, &one.job].map(ToString::to_string);
            scopes.push(ScopeCount { metric, team, job, count: of });
        }
    }
    if let Some(count) = other {
        let name = || scope::OTHER_NAME.to_owned();
        scopes.push(ScopeCount { metric: name(), team: name(), job: name(), count });
    }
    (scopes, sum)
}

fn key(scope: &Scope) -> (&str, &str, &str) {
    (&scope.metric, &scope.team, &scope.job)
}

/// Labels of the metrics that are looked at, the largest metric first; values are left out where they would take too much.
fn labels(count: &Count, at: u64) -> Vec<LabelCount> {
    let looked = count.labels.metrics().filter_map(|metric| Some((metric, count.labels.of(metric, at)?)));
    let mut looked: Vec<_> = looked.filter(|(_, hour)| hour.series > 0).collect();
    looked.sort_by(|one, other| other.1.series.cmp(&one.1.series).then_with(|| one.0.cmp(other.0)));
    let (mut labels, mut bytes) = (vec![], 0);
    for (metric, hour) in looked {
        for (label, one) in &hour.labels {
            let mut few: Vec<_> = one
                .few
                .iter()
                .flatten()
                .map(|(value, series)| ValueCount { value: value.to_string(), series: *series as f64 })
                .collect();
            few.sort_by(|one, other| other.series.total_cmp(&one.series).then_with(|| one.value.cmp(&other.value)));
            bytes += LABEL_REST + metric.len() + label.len();
            let more: usize = few.iter().map(|value| VALUE_REST + value.value.len()).sum();
            if bytes + more > LABEL_BYTES {
                few.clear();
            } else {
                bytes += more;
            }
            labels.push(LabelCount {
                metric: metric.to_string(),
                label: label.to_string(),
                series: one.series as f64,
                values: one.few.as_ref().map_or_else(|| one.values.estimate().round(), |few| few.len() as f64),
                series_without: one.without.estimate().round().min(one.series as f64),
                few,
            });
        }
    }
    labels
}

fn time(unix_seconds: u64) -> Timestamp {
    i64::try_from(unix_seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or_default()
}
