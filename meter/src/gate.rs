//! How many bytes are under way: more than allowed are not taken.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::Error;

/// Counts bytes under way.
#[derive(Debug, Clone)]
pub struct Gate {
    in_flight: Arc<AtomicUsize>,
    allowed: usize,
}

/// Some bytes under way; dropped, they are no more.
#[derive(Debug)]
pub struct Held {
    gate: Gate,
    bytes: usize,
}

impl Gate {
    /// At most so many.
    pub fn new(allowed: usize) -> Self {
        Self { in_flight: Arc::default(), allowed }
    }

    /// Bytes under way.
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Begins with what the sender announced.
    pub fn enter(&self, bytes: usize) -> Result<Held, Error> {
        let mut held = Held { gate: self.clone(), bytes: 0 };
        held.grow_to(bytes)?;
        Ok(held)
    }
}

impl Held {
    /// Now there are so many.
    pub fn grow_to(&mut self, bytes: usize) -> Result<(), Error> {
        let more = bytes.saturating_sub(self.bytes);
        let allowed = self.gate.allowed;
        let take = |now: usize| now.checked_add(more).filter(|sum| *sum <= allowed);
        match self.gate.in_flight.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            Ok(_) => {
                self.bytes += more;
                Ok(())
            }
            Err(in_flight) => Err(Error::Overloaded { in_flight: in_flight + more, allowed }),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.gate.in_flight.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_is_given_back_and_nothing_else() {
        let gate = Gate::new(100);
        let mut first = gate.enter(60).expect("room");
        let refused = gate.enter(50).expect_err("no room");
        assert!(matches!(refused, Error::Overloaded { in_flight: 110, allowed: 100 }), "{refused:?}");
        assert_eq!(gate.in_flight(), 60);
        first.grow_to(100).expect("room");
        assert!(first.grow_to(101).is_err() && gate.enter(1).is_err());
        drop(first);
        assert_eq!(gate.in_flight(), 0);
        assert!(gate.enter(usize::MAX).is_err());
    }
}
