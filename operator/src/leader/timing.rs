//! How long a lease lasts, how long its holder tries to renew it, and how often.

use std::time::Duration;

use super::LeaderError;

/// The three times of an election; `lease > renew_deadline > 2 × retry`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// How long a record must stand unchanged before another replica may take over.
    pub lease: Duration,
    /// How long after its last renewal the holder goes on acting while renewals fail.
    pub renew_deadline: Duration,
    /// Time between two attempts.
    pub retry: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self { lease: Duration::from_secs(15), renew_deadline: Duration::from_secs(10), retry: Duration::from_secs(2) }
    }
}

impl Timing {
    /// Refuses times under which two replicas could lead at once, or nobody could stay leader.
    pub fn check(self) -> Result<Self, LeaderError> {
        let sentence = if self.lease < Duration::from_secs(1) {
            "the lease duration is under one second, the smallest that a Lease can say"
        } else if self.lease <= self.renew_deadline {
            "the lease duration is not longer than the renew deadline, so two replicas could lead at once"
        } else if self.renew_deadline <= self.retry * 2 {
            "the renew deadline leaves no room for a second attempt"
        } else if self.retry.is_zero() {
            "the retry period is zero"
        } else {
            return Ok(self);
        };
        Err(LeaderError::Timing { sentence })
    }

    /// The lease duration in whole seconds, rounded up, as the record holds it.
    pub(super) fn lease_seconds(&self) -> i32 {
        let whole = self.lease.as_secs() + u64::from(self.lease.subsec_nanos() > 0);
        i32::try_from(whole).unwrap_or(i32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_sound() {
        assert!(Timing::default().check().is_ok());
    }

    #[test]
    fn times_that_allow_two_leaders_are_refused() {
        let unsound = Timing { renew_deadline: Duration::from_secs(15), ..Timing::default() };
        let error = unsound.check().expect_err("must be refused");
        assert_eq!(error.code(), "operator.leader_timing");
        assert!(Timing { retry: Duration::from_secs(6), ..Timing::default() }.check().is_err());
        assert!(Timing { retry: Duration::ZERO, ..Timing::default() }.check().is_err());
    }

    #[test]
    fn seconds_are_rounded_up() {
        let timing = Timing { lease: Duration::from_millis(1500), ..Timing::default() };
        assert_eq!(timing.lease_seconds(), 2);
    }
}
