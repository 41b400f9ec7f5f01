//! How many series there are, whose they are and what they cost: reports of meters taken in, kept, and answered from.

mod bill;
mod budgets;
mod check;
mod counts;
mod distinct;
mod filter;
mod fleet;
mod group;
mod grow;
mod hours;
mod look;
mod place;
pub mod rollup;
mod shared;
mod take;
mod trend;
mod unpack;
pub mod view;

pub use counts::{Counts, Scope, Sum};
pub use distinct::distinct;
pub use filter::SeriesFilter;
pub use fleet::{ClusterNow, Counted, FleetNow, fleet_at, fleet_now, is_young};
pub use group::By;
pub use grow::Grown;
pub use hours::{Hour, hours};
pub use look::{list, metric};
pub use shared::Series;
pub use take::take;
pub use trend::trend;
pub use unpack::{PACKED_BYTES, UNPACKED_BYTES};

use jiff::{SignedDuration, Timestamp};

/// What has no scope of its own is in the one whose metric, team and job are all named so.
pub const OTHER: &str = "other";
/// A cluster whose newest report is older does not count: how many series it has is not known.
pub const FRESH: SignedDuration = SignedDuration::from_mins(15);
/// Hours are kept so long.
pub const HOURS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 14);
/// Days are kept so long; weeks for ever.
pub const DAYS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Start of the clock hour in UTC.
pub fn hour_of(at: Timestamp) -> Timestamp {
    floor(at, 3600)
}

/// Start of the day in UTC.
pub fn day_of(at: Timestamp) -> Timestamp {
    floor(at, 86_400)
}

/// Start of the week in UTC: Monday.
pub fn week_of(at: Timestamp) -> Timestamp {
    // The epoch was a Thursday.
    let monday = SignedDuration::from_hours(24 * 3);
    floor(at + monday, 7 * 86_400) - monday
}

fn floor(at: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(at.as_second().div_euclid(seconds) * seconds).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_mondays() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let monday = at("2026-11-16T00:00:00Z");
        for inside in ["2026-11-16T00:00:00Z", "2026-11-18T12:00:00Z", "2026-11-22T23:59:59Z"] {
            assert_eq!(week_of(at(inside)), monday, "{inside}");
        }
        assert_eq!(week_of(at("2026-11-23T00:00:00Z")), at("2026-11-23T00:00:00Z"));
        assert_eq!(day_of(at("2026-11-22T23:59:59Z")), at("2026-11-22T00:00:00Z"));
        assert_eq!(hour_of(at("2026-11-22T23:59:59Z")), at("2026-11-22T23:00:00Z"));
    }
}
