//! One budget: whether it is full, what grew that much, and whether a series that was not known is let through.
//!
//! A budget that fills up remembers what lived 15 minutes before, group by group. What is past its limit is put down to the groups that
//! grew most, as few of them as explain it; every other group goes on freely, so that one team's flood is not paid by another. Whoever is
//! blamed may still replace what it had and double it, as a rollout does: past that its new series are refused.

use std::collections::HashMap;

use flagstaff_model::wire::{BudgetAct, BudgetActing};
use serde::{Deserialize, Serialize};

use super::group::{Group, Groups};
use super::kept::Kept;
use super::order::Order;
use super::refusal::Refusals;
use crate::count::batch::Names;
use crate::count::rule::PLATFORM;

/// A budget that was full counts as calm below this part of its limit …
const CALM: f64 = 0.98;
/// … for so long: what lived before is remembered meanwhile, or a flood that pauses would pass for what was always there.
const CALM_SECONDS: u64 = 3600;
/// A rollout replaces all and doubles it: three times as many new ones as there were, within its time.
const ROLLOUT: u64 = 3;
const ROLLOUT_SECONDS: u64 = 900;
/// So many times as many new ones within an hour, however many rollouts there are.
const IN_AN_HOUR: u64 = 4;
/// After the last refusal it counts as refusing for so long.
const STILL_SECONDS: u64 = 300;

/// What a full budget remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Full {
    /// Since when it is calm, in seconds since 1970.
    calm_since: Option<u64>,
    /// How many lived before, by the key of the group.
    before: HashMap<u64, u64>,
    /// What was let through of groups that are blamed.
    spent: HashMap<u64, Spent>,
}

/// New series of one group that were let through past the limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Spent {
    rollout: (u64, u64),
    hour: (u64, u64),
}

/// A budget with all that is known of it.
#[derive(Debug)]
pub struct Keeper {
    /// What is to be kept.
    pub order: Order,
    /// What was refused.
    pub refusals: Refusals,
    /// What it remembers since it was full.
    pub full: Option<Full>,
    /// Active series at the last look.
    active: u64,
    /// New ones since.
    admitted: u64,
    /// Who grew by so many is blamed; none before it was looked for.
    blamed_from: Option<u64>,
    let_through: u64,
    /// Since when its labels are aggregated away, in seconds since 1970.
    pub aggregates_since: Option<u64>,
    state: (BudgetActing, u64),
}

impl Spent {
    /// One more, where `before` lived before.
    fn take(&mut self, before: u64, now: u64) -> bool {
        for ((begun, spent), seconds) in [(&mut self.rollout, ROLLOUT_SECONDS), (&mut self.hour, 3600)] {
            if now >= *begun + seconds {
                (*begun, *spent) = (now, 0);
            }
        }
        let is_free = self.rollout.1 < before * ROLLOUT && self.hour.1 < before * IN_AN_HOUR;
        if is_free {
            self.rollout.1 += 1;
            self.hour.1 += 1;
        }
        is_free
    }
}

impl Keeper {
    /// Nothing is known yet.
    pub fn new(order: Order, full: Option<Full>, now: u64) -> Self {
        Self {
            order,
            refusals: Refusals::new(now),
            full,
            active: 0,
            admitted: 0,
            blamed_from: None,
            let_through: 0,
            aggregates_since: None,
            state: (BudgetActing::Watching, now),
        }
    }

    /// Whether it is to refuse at all.
    pub fn refuses(&self) -> bool {
        self.order.act == BudgetAct::Refuse
    }

    /// Active series with those that were let in since the last look.
    pub fn total(&self) -> u64 {
        self.active + self.admitted
    }

    /// Takes in what a look found.
    pub fn look(&mut self, active: u64, groups: &Groups, kept: &Kept, now: u64) {
        if self.order.sums().is_some_and(|aggregate| active >= aggregate.from) {
            self.aggregates_since.get_or_insert(now);
        }
        (self.active, self.admitted, self.blamed_from) = (active, 0, None);
        self.refusals.tick(now);
        if let Some(full) = &mut self.full {
            match (active as f64) < self.order.limit as f64 * CALM {
                true => {
                    let calm_since = *full.calm_since.get_or_insert(now);
                    if now >= calm_since + CALM_SECONDS {
                        self.full = None;
                        self.let_through = 0;
                    }
                }
                false => full.calm_since = None,
            }
        }
        if active >= self.order.limit {
            self.fill(groups, kept);
        }
    }

    /// It is full: remembers what lived before, and looks for who grew.
    fn fill(&mut self, groups: &Groups, kept: &Kept) {
        let known = self.full.take();
        let mine = || groups.iter().filter(|(_, group)| self.order.is_for(&group.names));
        let full = known.unwrap_or_else(|| Full {
            before: mine().map(|(key, group)| (key, group.before())).filter(|(_, before)| *before > 0).collect(),
            ..Full::default()
        });
        let refusable = |group: &Group| group.names.team != PLATFORM && !kept.contains(&group.names.metric);
        let mut grown: Vec<u64> = mine()
            .filter(|(_, group)| refusable(group))
            .map(|(key, group)| group.now().saturating_sub(full.before.get(&key).copied().unwrap_or_default()))
            .filter(|grown| *grown > 0)
            .collect();
        grown.sort_unstable_by(|one, other| other.cmp(one));
        let mut excess = (self.total() + 1).saturating_sub(self.order.limit);
        let mut blamed_from = 1;
        for grown in grown {
            blamed_from = grown;
            excess = excess.saturating_sub(grown);
            if excess == 0 {
                break;
            }
        }
        (self.full, self.blamed_from) = (Some(full), Some(blamed_from));
    }

    /// Whether a series that was not known is refused, of a group that is not kept anyway.
    pub fn turns_away(&mut self, key: u64, names: &Names, groups: &Groups, kept: &Kept, now: u64) -> bool {
        if !self.order.is_for(names) || self.total() < self.order.limit {
            return false;
        }
        if self.full.is_none() || self.blamed_from.is_none() {
            self.fill(groups, kept);
        }
        let (Some(full), Some(blamed_from)) = (&mut self.full, self.blamed_from) else { return false };
        let before = full.before.get(&key).copied().unwrap_or_default();
        let grown = groups.get(key).map_or(0, Group::now).saturating_sub(before);
        // With this one it has grown by one more. Nothing is kept of what was not there before: its names may be without end.
        let is_let_through =
            grown + 1 < blamed_from || (before > 0 && full.spent.entry(key).or_default().take(before, now));
        self.let_through += u64::from(is_let_through);
        !is_let_through
    }

    /// One was let in.
    pub fn admit(&mut self, names: &Names) {
        self.admitted += u64::from(self.order.counts(&names.metric, &names.team));
    }

    /// Whether it is to do anything.
    pub fn acts(&self) -> bool {
        self.refuses() || self.order.sums().is_some()
    }

    /// How it stands and since when. `unable` says why it cannot refuse, and `aggregates` whether labels are aggregated away for it.
    pub fn standing(&mut self, unable: Option<&BudgetActing>, aggregates: bool, now: u64) -> (BudgetActing, u64) {
        let is_refusing = self.refusals.last().is_some_and(|last| now < last + STILL_SECONDS);
        let state = match unable {
            Some(unable) if self.acts() && !aggregates => unable.clone(),
            None if self.refuses() && is_refusing => BudgetActing::Refusing,
            _ if aggregates => BudgetActing::Aggregating,
            None if self.refuses() && self.total() >= self.order.limit => BudgetActing::LettingThrough,
            _ => BudgetActing::Watching,
        };
        if state != self.state.0 {
            self.state = (state, now);
        }
        self.state.clone()
    }

    /// Series that were let through past the limit.
    pub fn let_through(&self) -> u64 {
        self.let_through
    }
}
