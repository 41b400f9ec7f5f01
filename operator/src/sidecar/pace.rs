//! How often the agent is looked at, and how long is waited before it is judged.

use std::time::Duration;

/// How often is looked, and how long is waited.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Between two looks at an agent that is there.
    pub poll: Duration,
    /// Before the second look at one that is not; doubled each time.
    pub absent: Duration,
    /// Between two looks at one that is not, at most.
    pub absent_most: Duration,
    /// Between two readings of its metrics.
    pub gauges: Duration,
    /// Until going back is asked for again, after the agent refused even that.
    pub restore: Duration,
    /// An agent that was seen ready so shortly ago still counts as ready.
    pub ready: Duration,
    /// How long nothing may listen before the agent counts as dead.
    pub dead: Duration,
    /// Restarts are counted over so long; what stood so long is no cause of a crash.
    pub window: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(2),
            absent: Duration::from_millis(500),
            absent_most: Duration::from_secs(5),
            gauges: Duration::from_secs(10),
            restore: Duration::from_secs(30),
            ready: Duration::from_secs(15),
            dead: Duration::from_secs(20),
            window: Duration::from_secs(120),
        }
    }
}
