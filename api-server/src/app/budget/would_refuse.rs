//! How often a budget would have refused series lately, as far as the reports of whole hours tell: bounds, and what is not known.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::lookback::{between, gaps, hours};
use crate::app::series::Hour;

/// How often a budget would have refused series in the last 24 clock hours, the running one among them. A series counts in the hour in
/// which it came; rollouts, which are let through, are not known of hours that are over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct WouldRefuse {
    /// Hours that some cluster of it reported.
    pub hours: u64,
    /// Of those, the ones in which it would have refused series for sure.
    pub hours_at_least: u64,
    /// Those in which it may have.
    pub hours_at_most: u64,
    /// Series that it would have refused for sure.
    pub series_at_least: u64,
    /// Series that it may have refused; more where hours are in `partly` or `unknown`.
    pub series_at_most: u64,
    /// Starts of hours that only some of its clusters reported.
    pub partly: Vec<Timestamp>,
    /// Starts of hours that none of its clusters reported: nothing is known of them.
    pub unknown: Vec<Timestamp>,
}

impl WouldRefuse {
    /// Looks back.
    pub(super) fn within(hours: &[Hour], hard: f64) -> Self {
        let mut this = Self::default();
        for hour in hours {
            if hour.counted == 0 {
                this.unknown.push(hour.at);
                continue;
            }
            if hour.counted < hour.of {
                this.partly.push(hour.at);
            }
            // What was known before goes on: no more than what was new can have been refused.
            let most = (hour.distinct - hard).max(0.0).min(hour.new as f64);
            let least = (hour.active - hard).max(0.0).min(most);
            this.hours += 1;
            this.hours_at_least += u64::from(least >= 1.0);
            this.hours_at_most += u64::from(most >= 1.0);
            this.series_at_least += least as u64;
            this.series_at_most += most as u64;
        }
        this
    }

    /// The same in a sentence.
    pub(super) fn says(&self) -> String {
        let text = match (self.hours, self.hours_at_most) {
            (0, _) => {
                "How often it would have refused series in the last 24 hours is not known: no cluster of it reported."
                    .to_owned()
            }
            (_, 0) => format!(
                "In the last 24 hours it would have refused nothing in the {} that are known.",
                hours(self.hours)
            ),
            _ => format!(
                "In the last 24 hours it would have refused {} series in {} of the {} that are known, rollouts not considered.",
                between(self.series_at_least, self.series_at_most),
                between(self.hours_at_least, self.hours_at_most),
                hours(self.hours),
            ),
        };
        text + &gaps(self.hours, &self.partly, &self.unknown)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hour(counted: usize, active: f64, distinct: f64, new: u64) -> Hour {
        Hour { at: Timestamp::UNIX_EPOCH, counted, of: 2, active, distinct, new }
    }

    #[test]
    fn hours_are_bounds_and_those_nobody_reported_are_unknown_and_no_zero() {
        let hours = [
            // Below all the time.
            hour(2, 900.0, 950.0, 10),
            // Above only in between: it may have refused.
            hour(2, 900.0, 1_100.0, 60),
            // Above to the end.
            hour(1, 1_040.0, 1_100.0, 300),
            // Above, but by what was known before.
            hour(2, 1_200.0, 1_200.0, 0),
            hour(0, 0.0, 0.0, 0),
        ];
        let would = WouldRefuse::within(&hours, 1_000.0);
        assert_eq!((would.hours, would.hours_at_least, would.hours_at_most), (4, 1, 2));
        assert_eq!((would.series_at_least, would.series_at_most), (40, 160));
        assert_eq!((would.partly.len(), would.unknown.len()), (1, 1));
        assert_eq!(
            would.says(),
            "In the last 24 hours it would have refused between 40 and 160 series in between 1 and 2 of the 4 hours that are known, \
             rollouts not considered. Of 1 hour only some clusters reported. Of 1 hour nothing is known."
        );
        let unknown = WouldRefuse::within(&hours[4..], 1_000.0);
        assert_eq!(unknown.unknown.len(), 1);
        assert!(unknown.says().contains("is not known: no cluster of it reported"), "{}", unknown.says());
        assert!(WouldRefuse::within(&hours[..1], 1_000.0).says().contains("refused nothing in the 1 hour"));
    }

    proptest! {
        #[test]
        fn the_least_is_never_above_the_most(active in 0.0f64..1e6, more in 0.0f64..1e6, new in 0u64..1_000_000, hard in 1.0f64..1e6) {
            let would = WouldRefuse::within(&[hour(2, active, active + more, new)], hard);
            prop_assert!(would.series_at_least <= would.series_at_most && would.hours_at_least <= would.hours_at_most);
        }
    }
}
