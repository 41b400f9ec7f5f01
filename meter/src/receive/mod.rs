//! From the bytes of a request to its numbers: unpack, read, count.

pub mod body;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flagstaff_remote_write::{Encoding, Limits, Request, Version, body as packed};
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::count::Count;
use crate::count::batch::Batch;
use crate::count::rule::Rule;
use crate::error::Error;
use crate::metrics::Metrics;

/// Counting a larger body takes long enough to be done beside the threads that answer.
const LARGE: usize = 128 << 10;

/// Counts requests.
pub struct Receiver {
    count: Mutex<Count>,
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

impl Receiver {
    /// Counts into `count`.
    pub fn new(count: Count, limits: Limits, clock: Clock, metrics: Arc<Metrics>) -> Self {
        let places = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            rule: count.rule.clone(),
            count: Mutex::new(count),
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

    /// The time, in seconds since 1970.
    pub fn now(&self) -> u64 {
        self.clock.now()
    }

    /// Counts one request; an error says why it was not.
    pub async fn count(self: &Arc<Self>, kind: Kind, body: axum::body::Bytes) -> Result<Written, Error> {
        let _place = self.places.acquire().await.map_err(|_| Error::BodyBroken("the meter ends".into()))?;
        if body.len() < LARGE {
            return self.count_now(&kind, &body);
        }
        let this = self.clone();
        let done = tokio::task::spawn_blocking(move || this.count_now(&kind, &body)).await;
        done.map_err(|error| Error::BodyBroken(error.to_string()))?
    }

    fn count_now(&self, kind: &Kind, body: &[u8]) -> Result<Written, Error> {
        let scratch = || self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        let mut mine = scratch().pop().unwrap_or_default();
        let counted = self.count_with(&mut mine, kind, body);
        // What one large request took is not kept for all those after it.
        if mine.unpacked.capacity() <= 16 * LARGE {
            scratch().push(mine);
        }
        counted
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
