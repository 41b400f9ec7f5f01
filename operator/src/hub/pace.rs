//! When the next message is due: spread, so that a fleet never speaks at once.

use std::time::Duration;

use rand::Rng;

/// The longest pause after failures.
const LONGEST: Duration = Duration::from_secs(60);
/// A question for what is desired is held so long at first, and at most.
const WAIT: (u64, u64) = (25, 300);

/// The interval, give or take a fifth.
pub fn interval(seconds: u64) -> Duration {
    // Whatever the hub says, neither a flood nor silence.
    Duration::from_secs(seconds.clamp(1, 3600)).mul_f64(rand::rng().random_range(0.8..=1.2))
}

/// The pause after so many failures in a row: anything up to a doubling bound, so that jitter survives the cap.
pub fn backoff(failures: u32) -> Duration {
    let bound = Duration::from_secs(1).saturating_mul(1 << failures.min(6)).min(LONGEST);
    bound.mul_f64(rand::rng().random_range(0.05..=1.0))
}

/// How long a question may be held: longer each time that nothing in between cut it.
#[derive(Debug)]
pub struct Wait(u64);

impl Default for Wait {
    fn default() -> Self {
        Self(WAIT.0)
    }
}

impl Wait {
    /// Seconds to ask for.
    pub fn seconds(&self) -> u64 {
        self.0
    }

    /// The hub itself answered.
    pub fn held(&mut self) {
        self.0 = (self.0 * 2).min(WAIT.1);
    }

    /// The question was lost on the way.
    pub fn cut(&mut self) {
        self.0 = WAIT.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fault_02_jitter_survives_the_cap() {
        let pauses: Vec<Duration> = (0..50).map(|_| backoff(40)).collect();
        assert!(pauses.iter().all(|pause| *pause <= LONGEST));
        let distinct: std::collections::HashSet<_> = pauses.iter().collect();
        assert!(distinct.len() > 40, "at the cap too, no two clusters come back at once");
    }

    #[test]
    fn a_wait_that_is_cut_begins_small_again() {
        let mut wait = Wait::default();
        for expected in [25, 50, 100, 200, 300, 300] {
            assert_eq!(wait.seconds(), expected);
            wait.held();
        }
        wait.cut();
        assert_eq!(wait.seconds(), 25);
    }

    #[test]
    fn an_interval_is_bounded_whatever_the_hub_says() {
        assert!(interval(0) >= Duration::from_millis(800));
        assert!(interval(u64::MAX) <= Duration::from_secs(4320));
        assert!((Duration::from_secs(48)..=Duration::from_secs(72)).contains(&interval(60)));
    }

    /// Ten thousand clusters on a clock of their own: each reports at its interval, tries again while the hub is away, and reports on.
    /// Returns the times at which the hub heard a report, in milliseconds.
    fn heard(clusters: u64, away: std::ops::Range<u64>, until: u64) -> Vec<u64> {
        let milliseconds = |pause: Duration| u64::try_from(pause.as_millis()).expect("a pause");
        let mut heard = vec![];
        for _ in 0..clusters {
            // Each began at some time of its own.
            let mut now = rand::rng().random_range(0..60_000);
            let mut failures = 0;
            while now < until {
                if away.contains(&now) {
                    failures += 1;
                    now += milliseconds(backoff(failures));
                } else {
                    failures = 0;
                    heard.push(now);
                    now += milliseconds(interval(60));
                }
            }
        }
        heard
    }

    #[test]
    fn fault_01_a_fleet_that_returns_after_half_an_hour_is_spread() {
        const CLUSTERS: u64 = 10_000;
        const WINDOW: u64 = 10_000;
        let (gone, back) = (300_000, 300_000 + 1_800_000);
        let heard = heard(CLUSTERS, gone..back, back + 900_000);
        let steady = CLUSTERS * WINDOW / 60_000;
        let mut windows = std::collections::BTreeMap::<u64, u64>::new();
        for at in heard.iter().filter(|at| **at >= back) {
            *windows.entry((at - back) / WINDOW).or_default() += 1;
        }
        let (busiest, most) = windows.iter().max_by_key(|(_, count)| **count).expect("reports");
        // At twice the steady load, give or take what chance does to some thousand of them.
        assert!(*most * 100 <= steady * 208, "{most} reports in window {busiest}, {steady} are steady: {windows:?}");
        assert!(!heard.iter().any(|at| (gone..back).contains(at)));
        // Everybody is back within the longest pause, and nobody twice before their interval.
        let first_minute: u64 = windows.range(0..6).map(|(_, count)| count).sum();
        assert!((CLUSTERS..CLUSTERS * 2).contains(&first_minute), "{first_minute} reports in the first minute");
    }
}
