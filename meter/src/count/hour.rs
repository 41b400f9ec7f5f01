//! The clock hour that is being counted: how far it is, and which word names what the meter remembers.

use flagstaff_sketch::slot;

/// Length of an hour.
pub const SECONDS: u64 = 3600;
/// A step of the clock that is longer was a pause: nothing was counted in it.
const PAUSE_SECONDS: u64 = 60;
/// Revision of an hour that is over: one more than it has slots.
const LAST_REVISION: u64 = slot::HOUR as u64 + 1;

/// One clock hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hour {
    /// Names what the meter remembers: another word as soon as something of it is lost.
    pub instance: String,
    /// Its start, in seconds since 1970.
    pub start: u64,
    /// Of the last look at it; 0 before the first.
    pub revision: u64,
    /// For how much of it the meter counted.
    pub counted_seconds: u64,
}

impl Hour {
    /// The hour of `now`, with nothing known before.
    pub fn begun(now: u64) -> Self {
        Self {
            instance: format!("{:016x}", rand::random::<u64>()),
            start: now / SECONDS * SECONDS,
            revision: 0,
            counted_seconds: 0,
        }
    }

    /// The hour of `now`, of a meter that remembers what it knew.
    #[must_use]
    pub fn next(&self, now: u64) -> Self {
        Self { instance: self.instance.clone(), ..Self::begun(now) }
    }

    /// Its end.
    pub fn end(&self) -> u64 {
        self.start + SECONDS
    }

    /// Whether it is over. A clock that was set back by less than an hour is waited for, so that no hour comes twice.
    pub fn is_over(&self, now: u64) -> bool {
        now >= self.end() || self.is_lost(now)
    }

    /// Whether the clock was set back by so much that ages cannot be told any more.
    pub fn is_lost(&self, now: u64) -> bool {
        now + SECONDS < self.start
    }

    /// The clock went on; what of it lies within the hour was counted, unless it was a pause.
    pub fn go_on(&mut self, from: u64, to: u64) {
        if to.saturating_sub(from) <= PAUSE_SECONDS {
            self.counted_seconds += to.min(self.end()).saturating_sub(from.max(self.start));
        }
    }

    /// Notes a look at it; its revision comes from the clock, so that it grows also across a restart that forgot some looks.
    pub fn look(&mut self, at: u64, closed: bool) -> u64 {
        let slot = at.saturating_sub(self.start) / slot::SECONDS + 1;
        self.revision = if closed { LAST_REVISION } else { slot.min(LAST_REVISION - 1) }.max(self.revision + 1);
        self.revision
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 1_795_000_000 / SECONDS * SECONDS;

    #[test]
    fn revisions_grow_with_each_look_and_the_last_is_the_largest() {
        let mut hour = Hour::begun(START + 100);
        assert_eq!((hour.start, hour.look(START + 100, false), hour.look(START + 115, false)), (START, 7, 8));
        assert_eq!(hour.look(START + 10, false), 9, "the clock was set back");
        // One that forgot its looks since the last save is ahead all the same.
        let mut again = Hour { revision: 7, ..hour.clone() };
        assert_eq!(again.look(START + 400, false), 27);
        assert_eq!((hour.look(START + 3599, false), hour.look(START + 3600, true)), (240, 241));
    }

    #[test]
    fn only_what_lies_within_the_hour_and_was_no_pause_is_counted() {
        let mut hour = Hour::begun(START + 3000);
        hour.go_on(START - 10, START + 5);
        assert_eq!(hour.counted_seconds, 5);
        hour.go_on(START + 5, START + 500);
        assert_eq!(hour.counted_seconds, 5);
        hour.go_on(START + 3590, START + 3605);
        assert_eq!(hour.counted_seconds, 15);
        let mut next = hour.next(START + 3605);
        next.go_on(START + 3590, START + 3605);
        assert_eq!((next.counted_seconds, &next.instance), (5, &hour.instance));
    }

    #[test]
    fn a_clock_that_was_set_back_a_little_is_waited_for() {
        let hour = Hour::begun(START);
        assert!(!hour.is_over(START - 3000) && hour.is_over(START - 3601) && hour.is_over(START + 3600));
        assert!(!hour.is_lost(START + 36_000) && hour.is_lost(START - 3601));
    }
}
