//! Series that are taken in: each remembers its newest value, and its sum gets what it grew.

use std::sync::Arc;

use flagstaff_remote_write::Series;
use flagstaff_remote_write::message::Label;
use flagstaff_sketch::Identity;

use super::Aggregate;
use super::output::{METER, Output, Reduced, Tally};
use crate::count::Count;
use crate::count::batch::Record;

/// Of so many inputs one may have a sum of its own.
const INPUTS_OF_AN_OUTPUT: usize = 5;

/// A series that is taken in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Input {
    /// Its newest value.
    pub(super) value: f64,
    /// When that was, in milliseconds since 1970.
    pub(super) at: i64,
    /// Up to then its samples went on as they came, so that nothing is lost between them and the sum.
    pub(super) raw_until: i64,
    /// The sum that it goes into; [`NOWHERE`] until its next sample.
    pub(super) output: u32,
    /// When a sample came last, in seconds since 1970.
    pub(super) seen: u32,
}

/// No sum.
pub(super) const NOWHERE: u32 = u32::MAX;

/// Names an input: a series on its way.
fn key(identity: Identity, route: u16) -> u64 {
    identity.0 ^ u64::from(route).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Aggregate {
    /// Takes a series in; says how many of its samples were late. None where it goes on as it is: it has none of the labels, it has native
    /// histograms, there is no room, or it was known before and these are its first samples.
    pub(super) fn take_in(
        &mut self,
        route: u16,
        record: &Record,
        series: &Series<'_>,
        without: &Arc<[String]>,
        count: &mut Count,
        now: u64,
    ) -> Option<u64> {
        let mut samples = vec![];
        series.samples(|at, value| samples.push((at, value))).ok()?;
        if samples.is_empty() || record.samples != samples.len() as u64 {
            return None;
        }
        let key = key(record.identity, route);
        let known = self.inputs.get(&key).copied();
        let number = match known {
            Some(input) if input.output != NOWHERE => input.output,
            _ => self.output(route, series, without, count, now)?,
        };
        let mut input = match known {
            Some(input) => Input { output: number, ..input },
            None => self.begin(&samples, number, self.was_raw(record.identity, count, now), now)?,
        };
        let is_first = known.is_some_and(|input| input.at == input.raw_until);
        let goes_raw = samples.iter().all(|(at, _)| *at <= input.raw_until);
        let output = self.outputs.get_mut(number)?;
        let (mut late, mut lives) = (0, false);
        for (at, value) in samples.iter().filter(|(_, value)| value.is_finite()) {
            lives = true;
            if *at > input.at {
                // A counter that is smaller than before began anew at zero.
                let grown = if *value >= input.value { value - input.value } else { *value };
                output.total += grown.max(0.0);
                (input.at, input.value) = (*at, *value);
            } else {
                late += u64::from(*at < input.at && known.is_some() && !goes_raw);
            }
        }
        if lives {
            (input.seen, output.seen) = (u32::try_from(now).unwrap_or(u32::MAX), now);
        }
        self.inputs.insert(key, input);
        if goes_raw {
            return None;
        }
        output.tally.add(samples.len() as u64, late, now);
        if is_first {
            // From here on its sum counts in its place.
            count.end(record.identity);
        }
        Some(late)
    }

    /// Whether a series that is taken in for the first time on its way went on as it was until now: it counts as active, or it did until it
    /// was taken in on another way.
    fn was_raw(&self, identity: Identity, count: &Count, now: u64) -> bool {
        let since = i64::try_from(now.saturating_sub(self.window_seconds) * 1000).unwrap_or(i64::MAX);
        let was = |route: usize| {
            let input = self.inputs.get(&key(identity, u16::try_from(route).unwrap_or(u16::MAX)));
            input.is_some_and(|input| input.raw_until >= since)
        };
        count.known().is_active(identity) || (0..self.routes.len()).any(was)
    }

    /// A new input: its first value is what its increases are measured from. Where it went on raw until now, so do these samples.
    fn begin(&mut self, samples: &[(i64, f64)], output: u32, was_raw: bool, now: u64) -> Option<Input> {
        let finite = || samples.iter().filter(|(_, value)| value.is_finite());
        let newest = finite().max_by_key(|(at, _)| *at)?;
        let first = if was_raw { newest } else { finite().min_by_key(|(at, _)| *at)? };
        if self.inputs.len() >= self.most_inputs {
            let window = self.window_seconds;
            self.inputs.retain(|_, input| now < u64::from(input.seen) + window);
        }
        if self.inputs.len() >= self.most_inputs {
            self.turned_away.add(1, 0, now);
            return None;
        }
        let raw_until = if was_raw { newest.0 } else { i64::MIN };
        let seen = u32::try_from(now).unwrap_or(u32::MAX);
        Some(Input { value: first.1, at: first.0, raw_until, output, seen })
    }

    /// The sum that a series goes into.
    fn output(
        &mut self,
        route: u16,
        series: &Series<'_>,
        without: &Arc<[String]>,
        count: &Count,
        now: u64,
    ) -> Option<u32> {
        let reduced = Reduced::of(series, without, &count.rule, route).ok()??;
        if let Some(number) = self.outputs.find(reduced.key) {
            // One that was to end goes on: it was asked for again.
            self.outputs.get_mut(number)?.closing = false;
            return Some(number);
        }
        if self.outputs.len() >= self.most_inputs / INPUTS_OF_AN_OUTPUT {
            self.turned_away.add(1, 0, now);
            return None;
        }
        let mut labels = reduced.labels;
        labels.push(Label { name: METER.into(), value: self.instance.clone() });
        labels.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Some(self.outputs.add(Output {
            key: reduced.key,
            route,
            without: without.clone(),
            labels: labels.into(),
            names: reduced.names,
            total: 0.0,
            begun: i64::try_from(now * 1000).unwrap_or(i64::MAX),
            opened: false,
            sent: 0.0,
            ended: false,
            closing: false,
            seen: now,
            inputs: 0,
            tally: Tally::default(),
        }))
    }
}
