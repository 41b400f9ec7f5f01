//! One table of the known set: open addressing with linear probing, and no marks left where something was removed.

use super::Seen;
use crate::slot::{COUNT, DAY, Slot};

/// Bits of a word: fingerprint 50, inactive 1, slot 13. A word of an empty place is 0, since no slot is 0.
const SLOT_BITS: u64 = 0x1fff;
const INACTIVE: u64 = 1 << 13;
const FINGERPRINT_SHIFT: u32 = 14;

/// A new table; it grows by a quarter when it is nine tenths full.
const FIRST: usize = 16;

/// Hash and time (8 bytes) and scope (4 bytes) of each place.
#[derive(Debug, Default)]
pub(super) struct Shard {
    words: Vec<u64>,
    scopes: Vec<u32>,
    len: usize,
    /// When it was found full of active ones: it is not searched again in that slot.
    full_at: Option<Slot>,
}

#[inline]
pub(super) fn fingerprint(word: u64) -> u64 {
    word >> FINGERPRINT_SHIFT
}

#[inline]
pub(super) fn slot(word: u64) -> Slot {
    let number = u16::try_from(word & SLOT_BITS).unwrap_or(COUNT);
    Slot::from_number(number).unwrap_or_else(|| unreachable!("an empty place is nobody's"))
}

#[inline]
pub(super) fn is_active(word: u64) -> bool {
    word & INACTIVE == 0
}

#[inline]
fn word(fingerprint: u64, seen: Slot, active: bool) -> u64 {
    (fingerprint << FINGERPRINT_SHIFT) | u64::from(seen.number()) | if active { 0 } else { INACTIVE }
}

impl Shard {
    /// Where a fingerprint belongs: its first 32 bits spread over the places.
    #[inline]
    fn home(&self, fingerprint: u64) -> usize {
        (((fingerprint >> 18) * self.words.len() as u64) >> 32) as usize
    }

    #[inline]
    fn after(&self, place: usize) -> usize {
        if place + 1 == self.words.len() { 0 } else { place + 1 }
    }

    #[inline]
    pub(super) fn find(&self, wanted: u64) -> Option<usize> {
        if self.words.is_empty() {
            return None;
        }
        let mut place = self.home(wanted);
        loop {
            let word = self.words[place];
            if word == 0 {
                return None;
            }
            if fingerprint(word) == wanted {
                return Some(place);
            }
            place = self.after(place);
        }
    }

    pub(super) fn is_active_at(&self, place: usize) -> bool {
        is_active(self.words[place])
    }

    #[inline]
    pub(super) fn touch(&mut self, fingerprint: u64, scope: u32, now: Slot) -> Option<Seen> {
        let place = self.find(fingerprint)?;
        let before = self.words[place];
        let seen = Seen::Again { before: slot(before), scope: self.scopes[place], was_active: is_active(before) };
        self.words[place] = word(fingerprint, now, true);
        self.scopes[place] = scope;
        Some(seen)
    }

    /// Puts in what is not there.
    pub(super) fn insert(&mut self, fingerprint: u64, scope: u32, seen: Slot, active: bool) {
        if (self.len + 1) * 10 > self.words.len() * 9 {
            self.resize((self.words.len() * 5 / 4).max(FIRST));
        }
        self.place(word(fingerprint, seen, active), scope);
        self.len += 1;
    }

    fn place(&mut self, word: u64, scope: u32) {
        let mut place = self.home(fingerprint(word));
        while self.words[place] != 0 {
            place = self.after(place);
        }
        self.words[place] = word;
        self.scopes[place] = scope;
    }

    fn resize(&mut self, places: usize) {
        let words = std::mem::replace(&mut self.words, vec![0; places]);
        let scopes = std::mem::replace(&mut self.scopes, vec![0; places]);
        for (word, scope) in words.into_iter().zip(scopes).filter(|(word, _)| *word != 0) {
            self.place(word, scope);
        }
    }

    pub(super) fn end(&mut self, fingerprint: u64) -> Option<super::Ended> {
        let place = self.find(fingerprint)?;
        let was_active = is_active(self.words[place]);
        self.words[place] |= INACTIVE;
        self.full_at = None;
        Some(super::Ended { scope: self.scopes[place], was_active })
    }

    /// Takes an entry out and moves those after it up, so that every search still ends at the first empty place.
    fn remove(&mut self, mut hole: usize) {
        let mut place = hole;
        loop {
            place = self.after(place);
            let word = self.words[place];
            if word == 0 {
                break;
            }
            let home = self.home(fingerprint(word));
            // It may move into the hole unless its home lies behind the hole, on the way to where it is.
            let stays = if hole <= place { hole < home && home <= place } else { hole < home || home <= place };
            if !stays {
                self.words[hole] = word;
                self.scopes[hole] = self.scopes[place];
                hole = place;
            }
        }
        self.words[hole] = 0;
        self.len -= 1;
    }

    /// Removes the older half of the inactive entries; the answer is how many.
    pub(super) fn make_room(&mut self, now: Slot, mut evicted: impl FnMut(u64, u32)) -> usize {
        if self.full_at == Some(now) {
            return 0;
        }
        let mut ages: Vec<u16> =
            self.iter().filter(|(word, _)| !is_active(*word)).map(|(word, _)| slot(word).age(now)).collect();
        if ages.is_empty() {
            self.full_at = Some(now);
            return 0;
        }
        let middle = ages.len() / 2;
        let (_, limit, _) = ages.select_nth_unstable(middle);
        let limit = *limit;
        self.remove_where(|word, scope| {
            let goes = !is_active(word) && slot(word).age(now) >= limit;
            if goes {
                evicted(word, scope);
            }
            goes
        })
    }

    /// The answer is how many were removed.
    pub(super) fn sweep(&mut self, now: Slot, window: u16, mut expired: impl FnMut(u64, u32)) -> usize {
        for (word, scope) in self.words.iter_mut().zip(&self.scopes) {
            if *word != 0 && is_active(*word) && slot(*word).age(now) >= window {
                *word |= INACTIVE;
                self.full_at = None;
                expired(*word, *scope);
            }
        }
        let gone = self.remove_where(|word, _| slot(word).age(now) > DAY);
        if self.words.len() > FIRST && self.len * 4 < self.words.len() {
            self.resize((self.len * 2).max(FIRST));
        }
        gone
    }

    fn remove_where(&mut self, mut goes: impl FnMut(u64, u32) -> bool) -> usize {
        let before = self.len;
        let mut place = 0;
        while place < self.words.len() {
            let word = self.words[place];
            if word != 0 && goes(word, self.scopes[place]) {
                // Another one may have moved here: the same place is looked at again.
                self.remove(place);
            } else {
                place += 1;
            }
        }
        before - self.len
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, u32)> {
        self.words.iter().copied().zip(self.scopes.iter().copied()).filter(|(word, _)| *word != 0)
    }

    pub(super) fn bytes(&self) -> usize {
        std::mem::size_of::<Self>() + self.words.capacity() * 8 + self.scopes.capacity() * 4
    }

    /// At most so many bytes for `max` entries spread over `shards` tables: each place once in use and a quarter more just after growing, and
    /// while one grows both of its tables are there.
    pub(super) fn bound(max: usize, shards: usize) -> usize {
        let places = max * 10 / 9 * 5 / 4 + shards * FIRST;
        shards * std::mem::size_of::<Self>() + places * 12 + places / shards * 12
    }
}
