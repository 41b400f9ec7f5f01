//! What people are told of what is aggregated.

use flagstaff_model::wire::{Aggregated, KeptLabels};
use jiff::Timestamp;

use super::Aggregate;
use crate::enforce::order::Order;

/// Metrics that keep their labels, told to people.
const TOLD: usize = 10;

impl Aggregate {
    /// What is aggregated for an order that began then.
    pub fn report(&self, order: &Order, since: Timestamp, now: u64) -> Aggregated {
        let mut told = Aggregated { since, ..Aggregated::default() };
        for (_, output) in self.outputs.iter().filter(|(_, output)| order.is_for(&output.names)) {
            let tally = output.tally.at(now);
            told.samples += tally.samples;
            told.late_samples += tally.late;
            if self.is_active(output.seen, now) {
                told.outputs += 1;
                told.inputs += u64::from(output.inputs);
            }
        }
        told.kept = self.kept(order);
        let turned_away = self.turned_away.at(now).samples;
        if turned_away > 0 {
            let why = format!("there is room for {} series; set --max-aggregated-series", self.most_inputs);
            told.kept.insert(0, KeptLabels { why, ..KeptLabels::default() });
        }
        told.kept.truncate(TOLD);
        told
    }

    /// Metrics of an order that keep labels, by name.
    fn kept(&self, order: &Order) -> Vec<KeptLabels> {
        let of = self.decisions.values().filter_map(|decision| decision.kept.as_deref());
        let mut kept: Vec<KeptLabels> =
            of.filter(|(names, _)| order.is_for(names)).flat_map(|(_, kept)| kept.clone()).collect();
        let asked = order.sums().map(|aggregate| aggregate.labels.as_slice()).unwrap_or_default();
        kept.retain(|one| one.labels.iter().all(|label| asked.contains(label)));
        kept.sort_by(|one, other| {
            (&one.metric, &one.labels, &one.why).cmp(&(&other.metric, &other.labels, &other.why))
        });
        kept.dedup();
        // One entry for the labels that stay for one reason.
        kept.chunk_by(|one, other| (&one.metric, &one.why) == (&other.metric, &other.why))
            .map(|same| KeptLabels {
                labels: same.iter().flat_map(|one| one.labels.clone()).collect(),
                ..same[0].clone()
            })
            .collect()
    }
}
