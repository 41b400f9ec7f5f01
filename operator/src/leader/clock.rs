//! The wall clock written into the Lease, as a parameter, so that tests can set replicas apart.

use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

/// Tells the time that is written into the Lease for people to read.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::from_fn(Timestamp::now)
    }

    /// The machine's clock, ahead by so much, or behind where negative.
    pub fn skewed(by: SignedDuration) -> Self {
        Self::from_fn(move || {
            let now = Timestamp::now();
            now.checked_add(by).unwrap_or(now)
        })
    }

    /// Any clock.
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// What time this clock shows, to the microsecond: the API server keeps no more.
    pub fn now(&self) -> Timestamp {
        let now = (self.0)();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skewed_clock_is_off_by_its_skew() {
        let ahead = Clock::skewed(SignedDuration::from_mins(10)).now();
        let off = ahead.duration_since(Clock::system().now());
        assert!((off - SignedDuration::from_mins(10)).abs() < SignedDuration::from_secs(5), "{off:?}");
    }

    #[test]
    fn a_skew_beyond_all_time_is_no_panic() {
        Clock::skewed(SignedDuration::MAX).now();
    }
}
