//! Reports of the clock hours, packed: the last 24 that are over, and the one that is being counted.

mod folder;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use flagstaff_model::wire::SeriesReport;
use flagstaff_sketch::slot;
use jiff::Timestamp;
use serde::Serialize;

use crate::error::Error;
use crate::metrics::Metrics;
use crate::receive::Receiver;
use folder::Folder;

/// So many hours that are over are kept.
const KEPT: usize = 24;
/// Without a folder they are kept in memory, as many as fit.
const MEMORY_BYTES: usize = 32 << 20;
/// Fast, and three quarters of a report are sketches that nothing makes smaller.
const LEVEL: i32 = 3;

/// One hour, as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Head {
    /// Names what the meter remembered.
    pub instance: String,
    /// Its start.
    pub hour: Timestamp,
    /// Of the last look at it.
    pub revision: u64,
    /// Whether it is over.
    pub closed: bool,
}

/// The answer of `GET /api/v1/hours`.
#[derive(Debug, Clone, Serialize)]
pub struct HourList {
    /// The newest last.
    pub hours: Vec<Head>,
}

/// An hour that is over; without bytes it is in the folder.
struct Closed {
    head: Head,
    bytes: Option<Bytes>,
}

/// The last look at the hour that is being counted.
struct Open {
    slot: u64,
    head: Head,
    bytes: Bytes,
}

#[derive(Default)]
struct State {
    closed: VecDeque<Closed>,
    open: Option<Open>,
}

/// All hours.
pub struct Hours {
    folder: Option<Folder>,
    state: Mutex<State>,
    metrics: Arc<Metrics>,
}

impl Head {
    fn of(report: &SeriesReport) -> Self {
        let SeriesReport { instance, hour, revision, closed, .. } = report;
        Self { instance: instance.clone(), hour: *hour, revision: *revision, closed: *closed }
    }
}

impl Hours {
    /// Those that are in the data folder; without one they are forgotten with the process.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn open(data: Option<&Path>, metrics: Arc<Metrics>) -> anyhow::Result<Self> {
        let folder = data.map(Folder::open).transpose()?;
        let heads = folder.as_ref().map(Folder::read).transpose()?.unwrap_or_default();
        let closed = heads.into_iter().map(|head| Closed { head, bytes: None }).collect();
        let this = Self { folder, state: Mutex::new(State { closed, open: None }), metrics };
        this.forget(&mut this.lock());
        Ok(this)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what ended since it was last asked. Packing and writing take their time: not to be called where others wait.
    pub fn collect(&self, receiver: &Receiver) {
        let finished = receiver.lock().take_finished();
        for report in finished {
            if let Err(error) = self.keep(&report) {
                tracing::error!(code = "meter.hour_not_kept", "the hour {} was not kept: {error:#}", report.hour);
            }
        }
    }

    fn keep(&self, report: &SeriesReport) -> anyhow::Result<()> {
        let head = Head::of(report);
        let mut state = self.lock();
        // One that was kept before a restart knew at least as much of its hour.
        if state.closed.iter().any(|one| (&one.head.instance, one.head.hour) == (&head.instance, head.hour)) {
            return Ok(());
        }
        let bytes = Bytes::from(pack(report)?);
        let written = self.folder.as_ref().map(|folder| folder.write(&head, &bytes));
        let bytes = match written {
            Some(Ok(())) => None,
            Some(Err(error)) => {
                self.metrics.save_failures.inc();
                tracing::error!(code = "meter.save_failed", "the hour {} stays in memory: {error:#}", head.hour);
                Some(bytes)
            }
            None => Some(bytes),
        };
        tracing::info!(revision = head.revision, series = report.total.hour, "the hour {} is over", head.hour);
        // Of one hour the newest counts; another instance began it anew.
        let (gone, mut kept): (VecDeque<_>, VecDeque<_>) =
            state.closed.drain(..).partition(|one| one.head.hour == head.hour);
        gone.iter().for_each(|one| self.remove(&one.head));
        kept.push_back(Closed { head, bytes });
        kept.make_contiguous().sort_by_key(|one| one.head.hour);
        state.closed = kept;
        self.forget(&mut state);
        Ok(())
    }

    fn forget(&self, state: &mut State) {
        let in_memory = |state: &State| {
            state.closed.iter().flat_map(|one| &one.bytes).map(Bytes::len).sum::<usize>() > MEMORY_BYTES
        };
        while state.closed.len() > KEPT || in_memory(state) {
            if let Some(gone) = state.closed.pop_front() {
                self.remove(&gone.head);
            }
        }
    }

    fn remove(&self, head: &Head) {
        if let Some(Err(error)) = self.folder.as_ref().map(|folder| folder.remove(head)) {
            tracing::warn!(code = "meter.save_failed", "the file of the hour {} stays: {error:#}", head.hour);
        }
    }

    /// All hours, the newest last. The one that is being counted is looked at anew once a slot.
    ///
    /// # Errors
    /// [`Error::HourUnreadable`] when the open hour cannot be packed.
    pub fn list(&self, receiver: &Receiver) -> Result<HourList, Error> {
        self.collect(receiver);
        let (open, _) = self.look(receiver)?;
        let mut hours: Vec<Head> = self.lock().closed.iter().map(|one| one.head.clone()).collect();
        hours.push(open);
        Ok(HourList { hours })
    }

    /// The report of an hour, packed by zstd.
    ///
    /// # Errors
    /// [`Error::NoHour`] where there is none, [`Error::HourUnreadable`] when its file cannot be read.
    pub fn packed(&self, receiver: &Receiver, hour: Timestamp) -> Result<Bytes, Error> {
        self.collect(receiver);
        let (open, bytes) = self.look(receiver)?;
        if open.hour == hour {
            return Ok(bytes);
        }
        let found = self
            .lock()
            .closed
            .iter()
            .find(|one| one.head.hour == hour)
            .map(|one| (one.head.clone(), one.bytes.clone()));
        let (head, bytes) = found.ok_or(Error::NoHour { hour })?;
        match (bytes, &self.folder) {
            (Some(bytes), _) => Ok(bytes),
            (None, Some(folder)) => folder.bytes(&head).map_err(|error| unreadable(hour, &error)),
            (None, None) => Err(Error::NoHour { hour }),
        }
    }

    fn look(&self, receiver: &Receiver) -> Result<(Head, Bytes), Error> {
        let now = receiver.now();
        let slot = now / slot::SECONDS;
        let mut state = self.lock();
        if let Some(open) = state.open.as_ref().filter(|open| open.slot == slot) {
            return Ok((open.head.clone(), open.bytes.clone()));
        }
        let report = receiver.lock().look_at_hour(now);
        let report = SeriesReport { budgets: receiver.standing(), ..report };
        let bytes = Bytes::from(pack(&report).map_err(|error| unreadable(report.hour, &error))?);
        let head = Head::of(&report);
        state.open = Some(Open { slot, head: head.clone(), bytes: bytes.clone() });
        Ok((head, bytes))
    }
}

/// JSON, packed by zstd as it is written.
fn pack(report: &SeriesReport) -> anyhow::Result<Vec<u8>> {
    let mut packed = zstd::Encoder::new(vec![], LEVEL)?;
    packed.include_checksum(true)?;
    serde_json::to_writer(&mut packed, report)?;
    Ok(packed.finish()?)
}

/// Unpacks a report.
///
/// # Errors
/// [`Error::HourUnreadable`] when the bytes are damaged.
pub fn unpack(hour: Timestamp, packed: &[u8]) -> Result<Vec<u8>, Error> {
    zstd::decode_all(packed).map_err(|error| unreadable(hour, &error.into()))
}

fn unreadable(hour: Timestamp, error: &anyhow::Error) -> Error {
    Error::HourUnreadable { hour, why: format!("{error:#}") }
}
