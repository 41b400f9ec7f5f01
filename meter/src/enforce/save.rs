//! What full budgets remember outlives the process: a restart in the middle of a flood must not take the flood for what was there before.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Enforce;
use super::keeper::Full;
use crate::count::rule::Rule;

/// What is saved.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Saved {
    /// Of the rule that keys of groups follow: under another one it says nothing.
    mark: u64,
    budgets: HashMap<String, Full>,
}

impl Enforce {
    /// What full budgets remember.
    pub fn saved(&self, rule: &Rule) -> Saved {
        let mut budgets = self.remembered.clone();
        budgets.extend(self.keepers.iter().filter_map(|one| Some((one.order.id.clone(), one.full.clone()?))));
        Saved { mark: rule.mark(), budgets }
    }

    /// Puts back what was saved; it holds from when the budgets are known again.
    pub fn restore(&mut self, saved: Saved, rule: &Rule) {
        if saved.mark == rule.mark() {
            self.remembered = saved.budgets;
        }
    }
}
