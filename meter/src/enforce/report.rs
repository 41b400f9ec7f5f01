//! How the meter stands to each budget, for the hub and for people.

use flagstaff_model::wire::{BudgetActing, BudgetReport};
use jiff::Timestamp;

use super::Enforce;
use super::keeper::Keeper;
use crate::aggregate::Aggregate;
use crate::count::Count;

impl Enforce {
    /// How it stands to each budget, and to what is aggregated for it.
    pub fn report(&mut self, count: &Count, sums: &Aggregate, now: u64) -> Vec<BudgetReport> {
        let unable = self.unable(count, now);
        let no_sums = self.no_sums(now);
        let label = |metric: &str| dearest_label(count, metric, now).unwrap_or_default();
        let report = |keeper: &mut Keeper| {
            let aggregated = keeper.aggregates_since.filter(|_| no_sums.is_none());
            let aggregated = aggregated.map(|since| sums.report(&keeper.order, at(since), now));
            let no_sums = no_sums.clone().filter(|_| keeper.order.sums().is_some());
            let (unable, why) = match (&unable, no_sums) {
                (Some((state, why)), _) if keeper.refuses() => (Some(state), why.clone()),
                (_, Some(why)) => (Some(&BudgetActing::Unable).filter(|_| !keeper.refuses()), why),
                _ => (None, String::new()),
            };
            let (state, since) = keeper.standing(unable, aggregated.is_some(), now);
            let (refused_series, refused_samples) = keeper.refusals.totals();
            BudgetReport {
                id: keeper.order.id.clone(),
                limit: keeper.order.limit,
                active: keeper.total() as f64,
                state,
                since: at(since),
                why,
                refused_series,
                refused_samples,
                let_through: keeper.let_through(),
                refused: keeper.refusals.told(label),
                aggregated,
            }
        };
        self.keepers.iter_mut().map(report).collect()
    }
}

/// A time in seconds since 1970.
fn at(seconds: u64) -> Timestamp {
    Timestamp::from_second(i64::try_from(seconds).unwrap_or_default()).unwrap_or_default()
}

/// The label without which a metric would have the fewest series, where its labels are looked at.
fn dearest_label(count: &Count, metric: &str, now: u64) -> Option<String> {
    let hour = count.labels.of(metric, now)?;
    let without = |label: &crate::count::label::LabelCount| label.without.estimate();
    let (name, _) = hour.labels.iter().min_by(|one, other| without(one.1).total_cmp(&without(other.1)))?;
    Some(name.to_string())
}
