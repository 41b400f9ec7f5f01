//! The set of known series: exact while it fits, 12 bytes a series in 256 tables that grow one at a time.
//!
//! An entry stays for a day after the series was seen last, so that 'now', 'last hour' and 'last day' are all exact. What is active is
//! marked: a series becomes inactive when [`KnownSet::sweep`] finds it older than the window, or at once by [`KnownSet::end`]. Where the
//! set is full, inactive entries make room, the oldest first; where all are active there is no room, and the caller hears so.

mod shard;

use crate::identity::Identity;
use crate::slot::{self, Slot};
use shard::Shard;

/// How many tables there are.
const SHARDS: usize = 256;

/// One series as the set knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// 58 bits of its identity; see [`KnownSet::key`].
    pub key: u64,
    /// What the caller counts it under.
    pub scope: u32,
    /// When it was seen last.
    pub seen: Slot,
    /// Whether it is active.
    pub active: bool,
}

/// What became of a series that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It was not in the set, and is now.
    New,
    /// It was in the set.
    Again {
        /// When it was seen before.
        before: Slot,
        /// What it was counted under before.
        scope: u32,
        /// Whether it was active.
        was_active: bool,
    },
    /// It was not in the set, which is full of active ones.
    NoRoom,
}

/// A series that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// What it was counted under.
    pub scope: u32,
    /// Whether it was active until now.
    pub was_active: bool,
}

/// The set.
#[derive(Debug)]
pub struct KnownSet {
    shards: Vec<Shard>,
    len: usize,
    max: usize,
    /// When no table had anything to give up: not searched again in that slot, unless something ends.
    full_at: Option<Slot>,
}

impl KnownSet {
    /// An empty set of at most `max` series.
    pub fn new(max: usize) -> Self {
        Self { shards: (0..SHARDS).map(|_| Shard::default()).collect(), len: 0, max: max.max(1), full_at: None }
    }

    /// What of an identity is kept, and so what sketches beside the set are to be given: its first 8 and its last 50 bits.
    #[inline]
    pub fn key(identity: Identity) -> u64 {
        identity.0 & !(0x3f << 50)
    }

    /// A sample of a series arrived. `evicted` is given every entry that had to make room.
    #[inline]
    pub fn see(&mut self, identity: Identity, scope: u32, now: Slot, mut evicted: impl FnMut(Entry)) -> Seen {
        let (number, fingerprint) = split(identity);
        let shard = &mut self.shards[number];
        if let Some(seen) = shard.touch(fingerprint, scope, now) {
            return seen;
        }
        if self.len >= self.max {
            let gone = self.make_room(number, now, &mut evicted);
            if gone == 0 {
                return Seen::NoRoom;
            }
            self.len -= gone;
        }
        self.shards[number].insert(fingerprint, scope, now, true);
        self.len += 1;
        Seen::New
    }

    /// In its own table first, so that most of the time only one is searched.
    #[cold]
    fn make_room(&mut self, first: usize, now: Slot, evicted: &mut impl FnMut(Entry)) -> usize {
        if self.full_at == Some(now) {
            return 0;
        }
        for number in (0..SHARDS).map(|step| (first + step) % SHARDS) {
            let gone = self.shards[number].make_room(now, |word, scope| evicted(entry(number, word, scope)));
            if gone > 0 {
                return gone;
            }
        }
        self.full_at = Some(now);
        0
    }

    /// Whether a series is in the set, active or not.
    pub fn contains(&self, identity: Identity) -> bool {
        let (number, fingerprint) = split(identity);
        self.shards[number].find(fingerprint).is_some()
    }

    /// Whether a series is in the set, and was seen within the window.
    pub fn is_active(&self, identity: Identity) -> bool {
        let (number, fingerprint) = split(identity);
        let shard = &self.shards[number];
        shard.find(fingerprint).is_some_and(|place| shard.is_active_at(place))
    }

    /// A series ended (a stale marker): it is active no longer, and its place is free for the next one.
    pub fn end(&mut self, identity: Identity) -> Option<Ended> {
        let (number, fingerprint) = split(identity);
        self.full_at = None;
        self.shards[number].end(fingerprint)
    }

    /// Makes inactive what was not seen for `window` slots, and forgets what was not seen for a day. Each entry that was active until now
    /// is given to `expired`.
    pub fn sweep(&mut self, now: Slot, window: u16, mut expired: impl FnMut(Entry)) {
        self.full_at = None;
        for (number, shard) in self.shards.iter_mut().enumerate() {
            self.len -= shard.sweep(now, window, |word, scope| expired(entry(number, word, scope)));
        }
    }

    /// Puts an entry back that was saved. One that is there already, or finds no room, is left out.
    pub fn restore(&mut self, entry: Entry) -> bool {
        let (number, fingerprint) = split(Identity(entry.key));
        if self.len >= self.max || self.shards[number].find(fingerprint).is_some() {
            return false;
        }
        self.shards[number].insert(fingerprint, entry.scope, entry.seen, entry.active);
        self.len += 1;
        true
    }

    /// All entries, in no order.
    pub fn iter(&self) -> impl Iterator<Item = Entry> {
        self.shards
            .iter()
            .enumerate()
            .flat_map(|(number, shard)| shard.iter().map(move |(word, scope)| entry(number, word, scope)))
    }

    /// Entries, active or not.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many there may be.
    pub fn max(&self) -> usize {
        self.max
    }

    /// Memory that it takes, in bytes.
    pub fn bytes(&self) -> usize {
        std::mem::size_of::<Self>() + self.shards.iter().map(Shard::bytes).sum::<usize>()
    }

    /// Memory that it takes at most, in bytes, with `max` entries.
    pub fn bound(max: usize) -> usize {
        std::mem::size_of::<Self>() + Shard::bound(max, SHARDS)
    }
}

/// The number of the table and what is kept in it.
#[inline]
fn split(identity: Identity) -> (usize, u64) {
    ((identity.0 >> 56) as usize, identity.0 & ((1 << 50) - 1))
}

fn entry(number: usize, word: u64, scope: u32) -> Entry {
    Entry {
        key: ((number as u64) << 56) | shard::fingerprint(word),
        scope,
        seen: shard::slot(word),
        active: shard::is_active(word),
    }
}

/// Slots of a window of so many seconds, rounded up, at least one and at most a day.
pub fn window_slots(seconds: u64) -> u16 {
    u16::try_from(seconds.div_ceil(slot::SECONDS)).unwrap_or(u16::MAX).clamp(1, slot::DAY)
}
