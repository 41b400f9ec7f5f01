//! Numbers as the API tells them.

mod group;
mod metric;
mod summary;
mod top;

use serde::Serialize;

use crate::count::window::Estimate;

pub use metric::{MetricReport, metric};
pub use summary::{Missed, Summary, summary};
pub use top::{By, Question, Top, top};

/// A number of series, and how far it may be from the truth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Number {
    /// The number.
    pub value: u64,
    /// Whether it is exact.
    pub exact: bool,
    /// Standard error in series; 0 where it is exact.
    pub standard_error: f64,
}

impl From<Estimate> for Number {
    fn from(estimate: Estimate) -> Self {
        Self {
            value: estimate.value.max(0.0).round() as u64,
            exact: estimate.variance == 0.0,
            standard_error: round(estimate.variance.sqrt()),
        }
    }
}

impl Number {
    /// One that was counted.
    fn exact(value: u64) -> Self {
        Self { value, exact: true, standard_error: 0.0 }
    }

    /// One that a sketch says.
    fn estimated(value: f64, standard_error: f64) -> Self {
        Self { value: value.max(0.0).round() as u64, exact: false, standard_error: round(standard_error) }
    }
}

/// To thousandths, so that answers are short.
fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// A time as RFC 3339.
fn time(unix_seconds: u64) -> String {
    let seconds = i64::try_from(unix_seconds).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds).map(|time| time.to_string()).unwrap_or_default()
}
