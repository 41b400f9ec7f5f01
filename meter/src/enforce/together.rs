//! What was decided of a histogram holds for all its series, in whichever request they come.

use std::collections::HashMap;

use flagstaff_sketch::Identity;

/// A decision is remembered so long after it was last needed.
const SECONDS: u64 = 600;
/// So many at once; past it all are forgotten.
const MOST: usize = 200_000;

/// Decisions.
#[derive(Debug, Default)]
pub struct Together {
    decided: HashMap<Identity, (bool, u64)>,
}

impl Together {
    /// What was decided.
    pub fn get(&self, together: Identity) -> Option<bool> {
        self.decided.get(&together).map(|(is_let_in, _)| *is_let_in)
    }

    /// It was decided.
    pub fn put(&mut self, together: Identity, is_let_in: bool, now: u64) {
        if self.decided.len() >= MOST {
            self.decided.clear();
        }
        self.decided.insert(together, (is_let_in, now));
    }

    /// Forgets what is old: what was refused may be let in then.
    pub fn tick(&mut self, now: u64) {
        self.decided.retain(|_, (_, at)| now < *at + SECONDS);
    }
}
