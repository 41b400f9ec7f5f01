//! What the operator tells of itself: logs, metrics, liveness, readiness.

mod logging;
mod metrics;
mod process;
mod progress;
mod readiness;
mod server;

pub use logging::{LogFormat, LoggingError, init};
pub use metrics::{Metrics, ObjectState, Outcome, Verb, WriteResult};
pub use progress::{Progress, Work};
pub use readiness::Readiness;
pub use server::{ServeError, Telemetry, encode, listen, serve};

/// Prefix of every metric of the operator.
pub const PREFIX: &str = "flagstaff_operator";
