//! Aggregating: counters are taken in, and sums without some of their labels go on in their place.
//!
//! A sum is the total of the reset-corrected increases of its inputs: between two instants at which it is sent, it grows by exactly what
//! they grew. Inputs are cumulative, so whatever came after the last copy on disk is told again by their next samples.

pub mod checkpoint;
pub mod counter;
mod decide;
pub mod flush;
mod input;
pub mod output;
pub mod plan;
mod report;

use std::collections::{BTreeMap, HashMap};

use axum::http::HeaderMap;
use flagstaff_remote_write::Request;

use crate::count::Count;
use crate::count::batch::Batch;
use crate::enforce::Sifted;
use counter::Counters;
use decide::Decision;
use flush::Parcel;
use input::{Input, NOWHERE};
use output::{Output, Outputs, Tally};
use plan::Plan;

/// An input that said nothing for so long is forgotten: when it comes back it begins anew.
const FORGET_SECONDS: u64 = 3600;
/// Where a request goes, and with which headers of its sender.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The destination's name.
    pub destination: String,
    /// The tenant that it names.
    pub tenant: Option<String>,
    /// Its headers: sums go with the newest ones.
    pub headers: HeaderMap,
}

/// A way that sums go.
#[derive(Debug, Clone)]
struct Route {
    destination: String,
    tenant: Option<String>,
    /// Of the newest request; none after a start, until one came.
    headers: Option<HeaderMap>,
}

/// Everything that is aggregated.
#[derive(Debug)]
pub struct Aggregate {
    /// Names this meter in its sums.
    instance: String,
    window_seconds: u64,
    most_inputs: usize,
    /// None before budgets were read.
    plan: Option<Plan>,
    /// Since when is aggregated, by the order's id.
    begun: BTreeMap<String, u64>,
    counters: Counters,
    decisions: HashMap<u64, Decision>,
    routes: Vec<Route>,
    inputs: HashMap<u64, Input>,
    outputs: Outputs,
    /// Series went on as they were before budgets were read.
    went_raw: bool,
    /// Inputs that found no room.
    turned_away: Tally,
}

impl Aggregate {
    /// Nothing is aggregated yet. At most so many inputs are taken in; an input is active for the window after its last sample.
    pub fn new(most_inputs: usize, window_seconds: u64) -> Self {
        Self {
            instance: format!("{:08x}", rand::random::<u32>()),
            window_seconds,
            most_inputs,
            plan: None,
            begun: BTreeMap::new(),
            counters: Counters::default(),
            decisions: HashMap::new(),
            routes: vec![],
            inputs: HashMap::new(),
            outputs: Outputs::default(),
            went_raw: false,
            turned_away: Tally::default(),
        }
    }

    /// Whether requests are looked into.
    pub fn takes(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| !plan.orders.is_empty())
    }

    /// Since when is aggregated, by the order's id, in seconds since 1970.
    pub fn begun(&self) -> &BTreeMap<String, u64> {
        &self.begun
    }

    /// Whether there is anything to keep.
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty() && self.outputs.is_empty()
    }

    /// Active inputs and active sums, as of the last look.
    pub fn sizes(&self, now: u64) -> (u64, u64) {
        let active = || self.outputs.iter().filter(|(_, output)| self.is_active(output.seen, now));
        (active().map(|(_, output)| u64::from(output.inputs)).sum(), active().count() as u64)
    }

    fn is_active(&self, seen: u64, now: u64) -> bool {
        now < seen + self.window_seconds
    }

    /// Budgets may ask for something else than before. Inputs whose sum is another one now keep their last value, and go on into that.
    pub fn replan(&mut self, plan: Plan) {
        if self.plan.as_ref() == Some(&plan) {
            return;
        }
        if self.plan.is_none() && self.went_raw {
            // What they grew meanwhile went on as it came.
            self.inputs.clear();
        }
        self.decisions.clear();
        let mut ends: HashMap<u32, bool> = HashMap::new();
        for (number, output) in self.outputs.iter() {
            let wanted = plan.wanted(&output.names).labels;
            if wanted.as_slice() != &*output.without {
                ends.insert(number, wanted.is_empty());
            }
        }
        // Those that lose no label any more go on as they come: what they grow from here on is not the sum's.
        self.inputs.retain(|_, input| ends.get(&input.output) != Some(&true));
        for input in self.inputs.values_mut().filter(|input| ends.contains_key(&input.output)) {
            input.output = NOWHERE;
        }
        for (number, output) in self.outputs.iter_mut() {
            if ends.contains_key(&number) {
                output.closing = true;
            }
        }
        plan.begun.clone_into(&mut self.begun);
        self.plan = Some(plan);
    }

    /// Goes on in time: counts inputs, and forgets what was silent for long.
    pub fn tick(&mut self, now: u64) {
        self.inputs.retain(|_, input| now < u64::from(input.seen) + FORGET_SECONDS);
        let mut counts: HashMap<u32, (u32, bool)> = HashMap::new();
        for input in self.inputs.values() {
            let count = counts.entry(input.output).or_default();
            count.0 += u32::from(now < u64::from(input.seen) + self.window_seconds);
        }
        for (number, output) in self.outputs.iter_mut() {
            output.inputs = counts.get(&number).map_or(0, |(active, _)| *active);
        }
        // One that nobody takes the end of is not kept for ever.
        let is_kept = |output: &Output| !output.ended && now < output.seen + FORGET_SECONDS;
        self.outputs.retain(|number, output| is_kept(output) || counts.contains_key(&number));
    }

    /// Takes in what is aggregated of a request, and takes its records out of the batch. Says how many samples were late, too. Nothing of
    /// the request was counted yet.
    pub fn take(
        &mut self,
        sender: &Sender,
        (batch, request): (&mut Batch, &Request<'_>),
        count: &mut Count,
        now: u64,
    ) -> (Sifted, u64) {
        let mut sifted = Sifted::default();
        if !self.takes() {
            self.went_raw |= self.plan.is_none();
            return (sifted, 0);
        }
        if batch.metadata > 0 && self.learn(request) {
            self.decisions.clear();
        }
        let (mut route, mut late) = (None, 0);
        batch.records.retain(|record| {
            let Some(series) = request.series_at(record.place.0, record.place.1) else { return true };
            let Some(without) = self.without(record, &series, count) else { return true };
            let route = *route.get_or_insert_with(|| self.route(sender));
            match self.take_in(route, record, &series, &without, count, now) {
                Some(late_of_one) => {
                    sifted.add(&series);
                    late += late_of_one;
                    false
                }
                None => true,
            }
        });
        (sifted, late)
    }

    fn route(&mut self, sender: &Sender) -> u16 {
        let same = |route: &Route| route.destination == sender.destination && route.tenant == sender.tenant;
        let number = self.routes.iter().position(same).unwrap_or_else(|| {
            let Sender { destination, tenant, .. } = sender.clone();
            self.routes.push(Route { destination, tenant, headers: None });
            self.routes.len() - 1
        });
        if let Some(route) = self.routes.get_mut(number) {
            route.headers = Some(sender.headers.clone());
        }
        u16::try_from(number).unwrap_or(u16::MAX)
    }

    /// What is sent at an instant, in milliseconds since 1970: for each way its sums. A way that nobody sent anything on since the start
    /// waits: nothing is known of its headers.
    pub fn parcels(&self, at: i64, now: u64) -> Vec<Parcel> {
        let window = self.window_seconds;
        let mut parcels: Vec<Option<Parcel>> = self
            .routes
            .iter()
            .map(|route| {
                Some(Parcel { destination: route.destination.clone(), headers: route.headers.clone()?, sums: vec![] })
            })
            .collect();
        for (number, output) in self.outputs.iter() {
            let Some(Some(parcel)) = parcels.get_mut(usize::from(output.route)) else { continue };
            let (opens, total) = (!output.opened, output.total);
            if let Some((samples, ends)) = output.due(at, now < output.seen + window) {
                parcel.sums.push(flush::SumSent {
                    number,
                    key: output.key,
                    opens,
                    ends,
                    total,
                    labels: output.labels.clone(),
                    samples,
                });
            }
        }
        parcels.into_iter().flatten().filter(|parcel| !parcel.sums.is_empty()).collect()
    }

    /// Their zeros were taken, now or before.
    pub fn opened(&mut self, sums: &[flush::SumSent]) {
        self.of(sums, |output, _| output.opened = true);
    }

    /// They were taken.
    pub fn delivered(&mut self, sums: &[flush::SumSent]) {
        self.of(sums, |output, sum| (output.opened, output.sent, output.ended) = (true, sum.total, sum.ends));
    }

    fn of(&mut self, sums: &[flush::SumSent], act: impl Fn(&mut Output, &flush::SumSent)) {
        for sum in sums {
            // In the meantime its number may have become another one's.
            if let Some(output) = self.outputs.get_mut(sum.number).filter(|output| output.key == sum.key) {
                act(output, sum);
            }
        }
    }
}
