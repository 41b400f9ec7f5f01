//! From the bytes of a request to its numbers: unpack, read, count.

pub mod body;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use flagstaff_model::wire::BudgetReport;
use flagstaff_remote_write::{Encoding, Limits, Request, Version, body as packed, without};
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::count::Count;
use crate::count::batch::Batch;
use crate::count::rule::Rule;
use crate::enforce::{Enforce, Sifted};
use crate::error::Error;
use crate::metrics::Metrics;

/// Counting a larger body takes long enough to be done beside the threads that answer.
const LARGE: usize = 128 << 10;

/// Counts requests.
pub struct Receiver {
    count: Mutex<Count>,
    enforce: Mutex<Enforce>,
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
    pub refused: Written,
}

impl Receiver {
    /// Counts into `count`, and keeps the budgets of `enforce`.
    pub fn new(count: Count, enforce: Enforce, limits: Limits, clock: Clock, metrics: Arc<Metrics>) -> Self {
        let places = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            rule: count.rule.clone(),
            count: Mutex::new(count),
            enforce: Mutex::new(enforce),
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

    /// Goes on in time.
    pub fn tick(&self) {
        let now = self.now();
        let mut count = self.lock();
        count.tick(now);
        self.budgets().tick(&count, now);
    }

    /// How each budget stands.
    pub fn standing(&self) -> Vec<BudgetReport> {
        let now = self.now();
        let count = self.lock();
        self.budgets().report(&count, now)
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
        self.with(kind, body, Self::count_with).await
    }

    /// What is left of a request where a budget refuses some of it, packed as it came, and what was left out.
    pub async fn sift(self: &Arc<Self>, kind: Kind, body: Bytes) -> Result<Passed, Error> {
        self.with(kind, body, Self::sift_with).await
    }

    /// Does something with a request that needs memory to unpack it, beside the threads that answer where it is large.
    async fn with<T: Send + 'static>(
        self: &Arc<Self>,
        kind: Kind,
        body: Bytes,
        act: fn(&Self, &mut Scratch, &Kind, &[u8]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let _place = self.places.acquire().await.map_err(|_| Error::BodyBroken("the meter ends".into()))?;
        if body.len() < LARGE {
            return self.with_scratch(&kind, &body, act);
        }
        let this = self.clone();
        let done = tokio::task::spawn_blocking(move || this.with_scratch(&kind, &body, act)).await;
        done.map_err(|error| Error::BodyBroken(error.to_string()))?
    }

    fn with_scratch<T>(
        &self,
        kind: &Kind,
        body: &[u8],
        act: fn(&Self, &mut Scratch, &Kind, &[u8]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let scratch = || self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        let mut mine = scratch().pop().unwrap_or_default();
        let done = act(self, &mut mine, kind, body);
        // What one large request took is not kept for all those after it.
        if mine.unpacked.capacity() <= 16 * LARGE {
            scratch().push(mine);
        }
        done
    }

    fn sift_with(&self, scratch: &mut Scratch, kind: &Kind, body: &[u8]) -> Result<Passed, Error> {
        packed::open(kind.encoding, body, &self.limits, &mut scratch.unpacked)?;
        let request = Request::read(kind.version, &scratch.unpacked, &self.limits)?;
        let batch = &mut scratch.batch;
        batch.fill(&request, &self.rule, kind.tenant.as_deref())?;
        let Sifted { places, refused } = {
            let count = self.lock();
            self.budgets().sift(batch, &request, &count, self.clock.now())
        };
        if places.is_empty() {
            return Ok(Passed::default());
        }
        self.metrics.refused_samples.inc_by(refused.samples + refused.histograms);
        let mut left = vec![];
        without(kind.version, &scratch.unpacked, &places, &mut left)?;
        // Where nothing is left but symbols, there is nothing to send on.
        let is_empty = batch.series == places.len() as u64 && batch.metadata == 0;
        let body = if is_empty { None } else { Some(packed::pack(kind.encoding, &left)?.into()) };
        Ok(Passed { sifted: Some(body), refused })
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
