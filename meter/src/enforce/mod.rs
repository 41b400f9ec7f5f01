//! Enforcing: past a budget's limit, new series of what grew are not passed on. What is known goes on, whatever happens.

pub mod family;
mod group;
mod keeper;
pub mod kept;
pub mod order;
mod refusal;
mod report;
mod save;
mod sifted;
mod together;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use flagstaff_model::wire::BudgetActing;
use flagstaff_remote_write::Request;
use flagstaff_sketch::slot;

use crate::aggregate::plan::Plan;
use crate::count::Count;
use crate::count::batch::{Batch, Record};
use crate::count::rule::PLATFORM;
use crate::count::scope;
use crate::settings::Mode;
use family::Newcomer;
use group::Groups;
use keeper::{Full, Keeper};
use kept::Kept;
use order::Orders;
use together::Together;

pub use save::Saved;
pub use sifted::Sifted;

/// Without a copy of what was known, new cannot be told from old for so long.
pub const LEARNING_SECONDS: u64 = 600;
/// A copy that is older says too little of what is there now.
const KNOWN_SECONDS: u64 = 900;
/// A copy that was not made at the end lacks what came after it: until slow senders have sent that once more, nothing is refused.
const CATCHING_UP_SECONDS: u64 = 120;
/// How old a copy made at the end may be at the next start.
const AT_THE_END_SECONDS: u64 = 15;
/// While rules cannot be read, what is aggregated goes on for so long as the last ones allowed it: series that change back and forth are
/// worse than a rule that waits some minutes.
const UNREADABLE_SECONDS: u64 = 600;
/// Identities that were let in since the last look, so that what is sent again is not weighed again.
const ADMITTED: usize = 200_000;

const ONLY_A_COPY: &str =
    "the meter is sent a copy only; set meter.mode to inline, so that it stands between agents and store";

/// All budgets that are kept.
#[derive(Debug)]
pub struct Enforce {
    mode: Mode,
    learning_until: u64,
    keepers: Vec<Keeper>,
    kept: Arc<Kept>,
    /// The newest that says what rules need, and until when it counts where a newer one cannot.
    needed: Option<(Arc<Kept>, u64)>,
    /// Why nothing can be aggregated, whatever is asked for.
    no_sums: Option<&'static str>,
    groups: Groups,
    together: Together,
    admitted: HashSet<u64>,
    looked_at: u64,
    /// What full budgets remembered before a restart.
    remembered: HashMap<String, Full>,
    /// Since when was aggregated before a restart, by the order's id.
    aggregated: BTreeMap<String, u64>,
}

impl Enforce {
    /// No budgets yet. `saved_at` says as of when it is known what there was before the start.
    pub fn new(mode: Mode, saved_at: Option<u64>, now: u64) -> Self {
        let learning = match saved_at.map(|at| now.saturating_sub(at)) {
            Some(0..=AT_THE_END_SECONDS) => 0,
            Some(0..=KNOWN_SECONDS) => CATCHING_UP_SECONDS,
            _ => LEARNING_SECONDS,
        };
        Self {
            mode,
            learning_until: now + learning,
            keepers: vec![],
            kept: Arc::default(),
            needed: None,
            no_sums: None,
            groups: Groups::default(),
            together: Together::default(),
            admitted: HashSet::new(),
            looked_at: 0,
            remembered: HashMap::new(),
            aggregated: BTreeMap::new(),
        }
    }

    /// What was aggregated before a restart goes on. It is kept with the sums: a sum that was sent is never followed by its series.
    pub fn go_on(&mut self, begun: &BTreeMap<String, u64>) {
        begun.clone_into(&mut self.aggregated);
    }

    /// Nothing can be aggregated, and why.
    pub fn forbid_sums(&mut self, why: &'static str) {
        self.no_sums = Some(why);
    }

    /// Other budgets than before; what is known of those that go on is kept.
    pub fn set(&mut self, orders: Orders, kept: Kept, now: u64) {
        let mut before: HashMap<String, Keeper> =
            self.keepers.drain(..).map(|keeper| (keeper.order.id.clone(), keeper)).collect();
        for order in orders.budgets {
            let same = before
                .remove(&order.id)
                .filter(|keeper| (&keeper.order.team, &keeper.order.metric) == (&order.team, &order.metric));
            self.keepers.push(match same {
                Some(mut keeper) => {
                    // A part that moves, or other labels, are no reason to begin anew.
                    if order.sums().is_none() {
                        keeper.aggregates_since = None;
                    }
                    keeper.order = order;
                    keeper
                }
                None => {
                    let full = self.remembered.remove(&order.id);
                    let since = self.aggregated.remove(&order.id).filter(|_| order.sums().is_some());
                    let mut keeper = Keeper::new(order, full, now);
                    keeper.aggregates_since = since;
                    keeper
                }
            });
        }
        self.kept = Arc::new(kept);
        if self.kept.all.is_none() {
            self.needed = Some((self.kept.clone(), u64::MAX));
        } else if let Some((_, until)) = &mut self.needed {
            *until = (*until).min(now + UNREADABLE_SECONDS);
        }
        self.looked_at = 0;
        if self.keepers.is_empty() {
            self.groups.clear();
            self.admitted.clear();
            self.together = Together::default();
        }
    }

    /// Whether any budget may act: only then a request is looked into before it goes on.
    pub fn may_act(&self) -> bool {
        self.mode == Mode::Inline && self.keepers.iter().any(Keeper::acts)
    }

    fn may_refuse(&self) -> bool {
        self.mode == Mode::Inline && self.keepers.iter().any(Keeper::refuses)
    }

    /// Goes on in time. Whether anything was looked at.
    pub fn tick(&mut self, count: &Count, now: u64) -> bool {
        let is_due = !self.keepers.is_empty() && now / slot::SECONDS != self.looked_at / slot::SECONDS;
        if is_due {
            self.look(count, now);
        }
        is_due
    }

    fn look(&mut self, count: &Count, now: u64) {
        self.groups.look(count, now);
        let mut active = vec![0_u64; self.keepers.len()];
        for (number, scope) in count.scopes.iter() {
            for (keeper, active) in self.keepers.iter().zip(&mut active) {
                // What has no scope of its own is nobody's but everybody's.
                let is_other = number == scope::OTHER && keeper.order.team.is_none() && keeper.order.metric.is_none();
                if is_other || (number != scope::OTHER && keeper.order.counts(&scope.metric, &scope.team)) {
                    *active += u64::from(scope.active);
                }
            }
        }
        for (keeper, active) in self.keepers.iter_mut().zip(active) {
            keeper.look(active, &self.groups, &self.kept, now);
        }
        self.admitted.clear();
        self.looked_at = now;
        self.together.tick(now);
    }

    /// Which labels are to be aggregated away now.
    pub fn plan(&self, now: u64) -> Plan {
        if self.mode == Mode::Tap || self.no_sums.is_some() {
            return Plan::default();
        }
        let Some((kept, _)) = self.needed.as_ref().filter(|(_, until)| now < *until) else { return Plan::default() };
        let begun = self.keepers.iter().filter_map(|keeper| Some((&keeper.order, keeper.aggregates_since?)));
        let orders: Vec<_> = begun.clone().map(|(order, _)| Arc::new(order.clone())).collect();
        Plan { orders, begun: begun.map(|(order, since)| (order.id.clone(), since)).collect(), kept: kept.clone() }
    }

    /// Why nothing can be aggregated, if so.
    fn no_sums(&self, now: u64) -> Option<String> {
        match (&self.no_sums, &self.needed, &self.kept.all) {
            _ if self.mode == Mode::Tap => Some(ONLY_A_COPY.into()),
            (Some(why), ..) => Some((*why).into()),
            (None, Some((_, until)), _) if now < *until => None,
            (None, _, Some(why)) => Some(format!("any label may be one that a rule needs: {why}")),
            (None, _, None) => None,
        }
    }

    /// Why nothing can be refused, if so.
    fn unable(&self, count: &Count, now: u64) -> Option<(BudgetActing, String)> {
        if self.mode == Mode::Tap {
            return Some((BudgetActing::Unable, ONLY_A_COPY.into()));
        }
        if let Some(why) = &self.kept.all {
            return Some((BudgetActing::Unable, format!("any metric may be one that a rule uses: {why}")));
        }
        if now < self.learning_until {
            let left = self.learning_until - now;
            let why =
                format!("the meter began without a whole copy of what it knew, and learns for {left} s what there is");
            return Some((BudgetActing::Learning, why));
        }
        if !count.overflow().is_empty() {
            let why = format!(
                "there are more series than the {} that are known exactly; raise meter.max_series, or the meter's memory with it",
                count.bounds.max_series
            );
            return Some((BudgetActing::Unable, why));
        }
        None
    }

    /// What of a request is refused. Nothing of it was counted yet.
    pub fn sift(&mut self, batch: &Batch, request: &Request<'_>, count: &Count, now: u64) -> Sifted {
        let mut sifted = Sifted::default();
        if !self.may_refuse() || self.unable(count, now).is_some() {
            return sifted;
        }
        // Budgets that are new here were not looked at yet.
        if self.looked_at == 0 {
            self.look(count, now);
        }
        for record in &batch.records {
            if count.known().contains(record.identity) || self.admitted.contains(&record.identity.0) {
                continue;
            }
            let series = request.series_at(record.place.0, record.place.1);
            let Some((series, newcomer)) = series.and_then(|one| Some((one, Newcomer::read(&one, &count.rule)?)))
            else {
                continue;
            };
            if self.is_let_in(record, &newcomer, count, now) {
                self.remember(record);
            } else {
                sifted.add(&series);
            }
        }
        sifted
    }

    fn remember(&mut self, record: &Record) {
        if self.admitted.len() < ADMITTED {
            self.admitted.insert(record.identity.0);
        }
    }

    fn is_let_in(&mut self, record: &Record, newcomer: &Newcomer, count: &Count, now: u64) -> bool {
        let names = &newcomer.names;
        if names.team == PLATFORM
            || self.kept.contains(&names.metric)
            || self.kept.contains(family::family(&names.metric))
        {
            return true;
        }
        let key = self.groups.key(names, count);
        if let Some(together) = newcomer.together
            && let Some(was_let_in) = self.together.get(together)
        {
            self.note(record, newcomer, key, was_let_in, now);
            return was_let_in;
        }
        let mut refused = false;
        for keeper in self.keepers.iter_mut().filter(|keeper| keeper.refuses()) {
            if keeper.turns_away(key, names, &self.groups, &self.kept, now) {
                keeper.refusals.add(key, names, record, now);
                refused = true;
            }
        }
        if let Some(together) = newcomer.together {
            self.together.put(together, !refused, now);
        }
        if !refused {
            self.note(record, newcomer, key, true, now);
        }
        !refused
    }

    /// Counts one that was let in, or one more part of what was refused before.
    fn note(&mut self, record: &Record, newcomer: &Newcomer, key: u64, is_let_in: bool, now: u64) {
        let names = &newcomer.names;
        if is_let_in && record.lives {
            self.keepers.iter_mut().for_each(|keeper| keeper.admit(names));
            self.groups.admit(key, names);
        } else if !is_let_in {
            for keeper in self.keepers.iter_mut().filter(|keeper| keeper.refuses() && keeper.full.is_some()) {
                if keeper.order.counts(&names.metric, &names.team) {
                    keeper.refusals.add(key, names, record, now);
                }
            }
        }
    }
}
