//! From the bytes of a request to its numbers: unpack, read, count.

pub mod body;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use flagstaff_model::wire::BudgetReport;
use flagstaff_remote_write::{Encoding, Limits, Request, Version, body as packed, without};
use tokio::sync::Semaphore;

use crate::aggregate::{Aggregate, Sender};
use crate::clock::Clock;
use crate::count::Count;
use crate::count::batch::Batch;
use crate::count::rule::Rule;
use crate::enforce::Enforce;
use crate::enforce::kept::Kept;
use crate::enforce::order::Orders;
use crate::error::Error;
use crate::metrics::Metrics;

/// Counting a larger body takes long enough to be done beside the threads that answer.
const LARGE: usize = 128 << 10;

/// Counts requests.
pub struct Receiver {
    count: Mutex<Count>,
    enforce: Mutex<Enforce>,
    aggregate: Mutex<Aggregate>,
    rule: Arc<Rule>,
    limits: Limits,
    clock: Clock,
    metrics: Arc<Metrics>,
    scratch: Mutex<Vec<Scratch>>,
    /// As many are unpacked at once as there are cores, which bounds their memory.
    places: Semaphore,
}

/// Memory that is used again for the next request.
#[derive(Default)]
struct Scratch {
    unpacked: Vec<u8>,
    batch: Batch,
}

/// Which message a request holds, by its headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Version of the protocol.
    pub version: Version,
    /// Packing.
    pub encoding: Encoding,
    /// The tenant that the sender names.
    pub tenant: Option<String>,
}

/// What was in a request, which 2.0 wants to be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Float samples.
    pub samples: u64,
    /// Histograms.
    pub histograms: u64,
    /// Exemplars.
    pub exemplars: u64,
}

/// What of a request goes on.
#[derive(Debug, Default)]
pub struct Passed {
    /// None: all of it, as it came. Otherwise what is left of it, packed; none where nothing is.
    pub sifted: Option<Option<Bytes>>,
    /// What was left out.
    pub left_out: Written,
}

impl Receiver {
    /// Counts into `count`, keeps the budgets of `enforce`, and adds up in `aggregate`.
    pub fn new(
        count: Count,
        (enforce, aggregate): (Enforce, Aggregate),
        limits: Limits,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> Self {
        let places = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            rule: count.rule.clone(),
            count: Mutex::new(count),
            enforce: Mutex::new(enforce),
            aggregate: Mutex::new(aggregate),
            limits,
            clock,
            metrics,
            scratch: Mutex::default(),
            places: Semaphore::new(places),
        }
    }

    /// What is counted, alone.
    pub fn lock(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The budgets that are kept, alone. Whoever needs both locks what is counted first.
    pub fn budgets(&self) -> MutexGuard<'_, Enforce> {
        self.enforce.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is aggregated, alone. Whoever needs the budgets too locks those first.
    pub fn sums(&self) -> MutexGuard<'_, Aggregate> {
        self.aggregate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Other budgets than before.
    pub fn set_budgets(&self, orders: Orders, kept: Kept) {
        let now = self.now();
        let mut budgets = self.budgets();
        budgets.set(orders, kept, now);
        self.sums().replan(budgets.plan(now));
    }

    /// Goes on in time.
    pub fn tick(&self) {
        let now = self.now();
        let mut count = self.lock();
        count.tick(now);
        let mut budgets = self.budgets();
        if budgets.tick(&count, now) {
            self.sums().replan(budgets.plan(now));
        }
    }

    /// Whether requests have to be looked into before they go on.
    pub fn looks_into(&self) -> bool {
        self.budgets().may_act()
    }

    /// How each budget stands.
    pub fn standing(&self) -> Vec<BudgetReport> {
        let now = self.now();
        let count = self.lock();
        let mut budgets = self.budgets();
        budgets.report(&count, &self.sums(), now)
    }

    /// What labels mean.
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The time, in seconds since 1970.
    pub fn now(&self) -> u64 {
        self.clock.now()
    }

    /// Counts one request; an error says why it was not.
    pub async fn count(self: &Arc<Self>, kind: Kind, body: Bytes) -> Result<Written, Error> {
        self.with(body, move |this, scratch, body| this.count_with(scratch, &kind, body)).await
    }

    /// What is left of a request where budgets aggregate or refuse some of it, packed as it came, and what was left out.
    pub async fn sift(self: &Arc<Self>, kind: Kind, sender: Sender, body: Bytes) -> Result<Passed, Error> {
        self.with(body, move |this, scratch, body| this.sift_with(scratch, (&kind, &sender), body)).await
    }

    /// Does something with a request that needs memory to unpack it, beside the threads that answer where it is large.
    async fn with<T: Send + 'static>(
        self: &Arc<Self>,
        body: Bytes,
        act: impl FnOnce(&Self, &mut Scratch, &[u8]) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let _place = self.places.acquire().await.map_err(|_| Error::BodyBroken("the meter ends".into()))?;
        if body.len() < LARGE {
            return self.with_scratch(&body, act);
        }
        let this = self.clone();
        let done = tokio::task::spawn_blocking(move || this.with_scratch(&body, act)).await;
        done.map_err(|error| Error::BodyBroken(error.to_string()))?
    }

    fn with_scratch<T>(
        &self,
        body: &[u8],
        act: impl FnOnce(&Self, &mut Scratch, &[u8]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let scratch = || self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        let mut mine = scratch().pop().unwrap_or_default();
        let done = act(self, &mut mine, body);
        // What one large request took is not kept for all those after it.
        if mine.unpacked.capacity() <= 16 * LARGE {
            scratch().push(mine);
        }
        done
    }

    fn sift_with(&self, scratch: &mut Scratch, (kind, sender): (&Kind, &Sender), body: &[u8]) -> Result<Passed, Error> {
        packed::open(kind.encoding, body, &self.limits, &mut scratch.unpacked)?;
        let request = Request::read(kind.version, &scratch.unpacked, &self.limits)?;
        let batch = &mut scratch.batch;
        batch.fill(&request, &self.rule, kind.tenant.as_deref())?;
        let now = self.clock.now();
        let (aggregated, late, refused) = {
            let mut count = self.lock();
            let mut budgets = self.budgets();
            let (aggregated, late) = self.sums().take(sender, (batch, &request), &mut count, now);
            (aggregated, late, budgets.sift(batch, &request, &count, now))
        };
        self.metrics.aggregated_samples.inc_by(aggregated.written.samples);
        self.metrics.late_samples.inc_by(late);
        self.metrics.refused_samples.inc_by(refused.written.samples + refused.written.histograms);
        let out = aggregated.and(refused);
        if out.places.is_empty() {
            return Ok(Passed::default());
        }
        let mut left = vec![];
        without(kind.version, &scratch.unpacked, &out.places, &mut left)?;
        // Where nothing is left but symbols, there is nothing to send on.
        let is_empty = batch.series == out.places.len() as u64 && batch.metadata == 0;
        let body = if is_empty { None } else { Some(packed::pack(kind.encoding, &left)?.into()) };
        Ok(Passed { sifted: Some(body), left_out: out.written })
    }

    fn count_with(&self, scratch: &mut Scratch, kind: &Kind, body: &[u8]) -> Result<Written, Error> {
        packed::open(kind.encoding, body, &self.limits, &mut scratch.unpacked)?;
        let request = Request::read(kind.version, &scratch.unpacked, &self.limits)?;
        let batch = &mut scratch.batch;
        batch.fill(&request, &self.rule, kind.tenant.as_deref())?;
        self.lock().apply(batch, &request, self.clock.now());
        self.metrics.counted(kind.version.name());
        self.metrics.missed_series.inc_by(batch.repeated);
        self.metrics.unsorted_series.inc_by(batch.unsorted);
        self.metrics.samples.inc_by(batch.records.iter().map(|record| record.samples).sum());
        Ok(Written { samples: batch.samples, histograms: batch.histograms, exemplars: batch.exemplars })
    }
}
