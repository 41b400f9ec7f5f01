//! Leader election over a Lease: of all replicas one acts, judged by observed time on the monotonic clock.
//!
//! A holder counts as gone when its record did not change for a whole lease duration *as we saw it*, on our own
//! monotonic clock. The times written into the record are for people; no decision reads them, so replicas whose wall
//! clocks are far apart still elect exactly one. The holder gives up by itself earlier than anybody may take over.

mod candidate;
mod clock;
mod error;
mod identity;
mod run;
#[cfg(test)]
mod simulation;
mod store;
mod timing;

pub use clock::Clock;
pub use error::LeaderError;
pub use identity::identity;
pub use run::{Election, Standing};
pub use store::{ApiLeases, LeaseStore, StoreError};
pub use timing::Timing;

/// Name of the Lease that the operator's replicas compete for.
pub const LEASE: &str = "flagstaff-operator";
