//! The time, handed in so that tests can set it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where the time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's.
    System,
    /// One that stands still until it is set: seconds since 1970.
    Set(Arc<AtomicU64>),
}

impl Clock {
    /// Seconds since 1970.
    pub fn now(&self) -> u64 {
        match self {
            Self::System => SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
            Self::Set(seconds) => seconds.load(Ordering::Relaxed),
        }
    }
}
