//! Enforcing: past a budget's limit, new series of what grew are not passed on. What is known goes on, whatever happens.

pub mod family;
mod group;
mod keeper;
pub mod order;
mod refusal;
mod save;
mod together;

use std::collections::{HashMap, HashSet};

use flagstaff_model::wire::{BudgetActing, BudgetReport};
use flagstaff_remote_write::Request;
use flagstaff_sketch::slot;
use jiff::Timestamp;

use crate::count::Count;
use crate::count::batch::{Batch, Record};
use crate::count::rule::PLATFORM;
use crate::count::scope;
use crate::receive::Written;
use crate::settings::Mode;
use family::Newcomer;
use group::Groups;
use keeper::{Full, Keeper};
use order::{Kept, Orders};
use together::Together;

pub use save::Saved;

/// Without a copy of what was known, new cannot be told from old for so long.
pub const LEARNING_SECONDS: u64 = 600;
/// A copy that is older says too little of what is there now.
const KNOWN_SECONDS: u64 = 900;
/// A copy that was not made at the end lacks what came after it: until slow senders have sent that once more, nothing is refused.
const CATCHING_UP_SECONDS: u64 = 120;
/// How old a copy made at the end may be at the next start.
const AT_THE_END_SECONDS: u64 = 15;
/// Identities that were let in since the last look, so that what is sent again is not weighed again.
const ADMITTED: usize = 200_000;

/// All budgets that are kept.
#[derive(Debug)]
pub struct Enforce {
    mode: Mode,
    learning_until: u64,
    keepers: Vec<Keeper>,
    kept: Kept,
    groups: Groups,
    together: Together,
    admitted: HashSet<u64>,
    looked_at: u64,
    /// What full budgets remembered before a restart.
    remembered: HashMap<String, Full>,
}

/// What of a request is not passed on.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Sifted {
    /// Places of series, in the order of the request.
    pub places: Vec<(usize, usize)>,
    /// What was in them, for the answer.
    pub refused: Written,
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
            kept: Kept::default(),
            groups: Groups::default(),
            together: Together::default(),
            admitted: HashSet::new(),
            looked_at: 0,
            remembered: HashMap::new(),
        }
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
                    keeper.order = order;
                    keeper
                }
                None => {
                    let full = self.remembered.remove(&order.id);
                    Keeper::new(order, full, now)
                }
            });
        }
        self.kept = kept;
        self.looked_at = 0;
        if self.keepers.is_empty() {
            self.groups.clear();
            self.admitted.clear();
            self.together = Together::default();
        }
    }

    /// Whether any budget may refuse something: only then a request is looked into before it goes on.
    pub fn may_refuse(&self) -> bool {
        self.mode == Mode::Inline && self.keepers.iter().any(Keeper::refuses)
    }

    /// Goes on in time.
    pub fn tick(&mut self, count: &Count, now: u64) {
        if !self.keepers.is_empty() && now / slot::SECONDS != self.looked_at / slot::SECONDS {
            self.look(count, now);
        }
    }

    fn look(&mut self, count: &Count, now: u64) {
        self.groups.look(count, now);
        let mut active = vec![0_u64; self.keepers.len()];
        for (number, scope) in count.scopes.iter() {
            for (keeper, active) in self.keepers.iter().zip(&mut active) {
                // What has no scope of its own is nobody's but everybody's.
                let is_other = number == scope::OTHER && keeper.order.team.is_none() && keeper.order.metric.is_none();
                if is_other || (number != scope::OTHER && keeper.counts(&scope.metric, &scope.team)) {
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

    /// Why nothing can be refused, if so.
    fn unable(&self, count: &Count, now: u64) -> Option<(BudgetActing, String)> {
        if self.mode == Mode::Tap {
            let why =
                "the meter is sent a copy only; set meter.mode to inline, so that it stands between agents and store";
            return Some((BudgetActing::Unable, why.into()));
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
                let shape = series.read(|_| {}).unwrap_or_default();
                sifted.places.push(record.place);
                sifted.refused.samples += shape.samples;
                sifted.refused.histograms += shape.histograms;
                sifted.refused.exemplars += shape.exemplars;
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
                if keeper.counts(&names.metric, &names.team) {
                    keeper.refusals.add(key, names, record, now);
                }
            }
        }
    }

    /// How it stands to each budget.
    pub fn report(&mut self, count: &Count, now: u64) -> Vec<BudgetReport> {
        let unable = self.unable(count, now);
        let at = |seconds: u64| {
            let seconds = i64::try_from(seconds).unwrap_or_default();
            Timestamp::from_second(seconds).unwrap_or_default()
        };
        let label = |metric: &str| dearest_label(count, metric, now).unwrap_or_default();
        let report = |keeper: &mut Keeper| {
            let (active, let_through, state, since) = keeper.standing(unable.as_ref().map(|(state, _)| state), now);
            let (refused_series, refused_samples) = keeper.refusals.totals();
            let why = unable.as_ref().filter(|_| keeper.refuses()).map(|(_, why)| why.clone()).unwrap_or_default();
            BudgetReport {
                id: keeper.order.id.clone(),
                limit: keeper.order.limit,
                active: active as f64,
                state,
                since: at(since),
                why,
                refused_series,
                refused_samples,
                let_through,
                refused: keeper.refusals.told(label),
                aggregated: None,
            }
        };
        self.keepers.iter_mut().map(report).collect()
    }
}

/// The label without which a metric would have the fewest series, where its labels are looked at.
fn dearest_label(count: &Count, metric: &str, now: u64) -> Option<String> {
    let hour = count.labels.of(metric, now)?;
    let without = |label: &crate::count::label::LabelCount| label.without.estimate();
    let (name, _) = hour.labels.iter().min_by(|one, other| without(one.1).total_cmp(&without(other.1)))?;
    Some(name.to_string())
}
