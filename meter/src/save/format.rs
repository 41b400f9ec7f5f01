//! The file: a head, scopes with their names, 14 bytes for each series, and a checksum over all of it.

use std::collections::HashMap;

use flagstaff_sketch::{Entry, Slot, slot};
use xxhash_rust::xxh3::xxh3_64;

use crate::count::Count;
use crate::count::batch::Names;
use crate::count::scope;

const MAGIC: &[u8; 16] = b"flagstaff-known\n";
const VERSION: u32 = 1;
const ACTIVE: u16 = 1 << 15;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Damage {
    /// It ends early: a write that was cut off, or an empty file.
    #[error("the file ends early, after {0} bytes")]
    Short(usize),
    /// Something else, or another version of this program's.
    #[error("the file is of another kind or version")]
    Foreign,
    /// Its checksum does not fit.
    #[error("the file is damaged: its checksum does not fit")]
    Checksum,
    /// What labels mean was set otherwise.
    #[error("the file was written under other settings of cluster, team, platform jobs or replica labels")]
    OtherRule,
}

/// Writes what is known.
pub(super) fn write(count: &Count, now: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + count.known().len() * 14 + count.scopes.len() * 96);
    out.extend(MAGIC);
    out.extend(VERSION.to_le_bytes());
    out.extend(count.rule.mark().to_le_bytes());
    out.extend(now.to_le_bytes());
    let scopes: Vec<_> = count.scopes.iter().filter(|(number, _)| *number != scope::OTHER).collect();
    out.extend((scopes.len() as u64).to_le_bytes());
    for (number, one) in scopes {
        out.extend(number.to_le_bytes());
        for name in [&one.metric, &one.team, &one.job] {
            out.extend((name.len() as u32).to_le_bytes());
            out.extend(name.as_bytes());
        }
    }
    out.extend((count.known().len() as u64).to_le_bytes());
    for entry in count.known().iter() {
        out.extend(entry.key.to_le_bytes());
        out.extend(entry.scope.to_le_bytes());
        out.extend((entry.seen.number() | if entry.active { ACTIVE } else { 0 }).to_le_bytes());
    }
    out.extend(xxh3_64(&out).to_le_bytes());
    out
}

/// Reads it into `count`, which knows nothing yet; the answer is when it was written. An error leaves nothing behind.
pub(super) fn read(bytes: &[u8], count: &mut Count, now: u64) -> Result<u64, Damage> {
    let Some((content, sum)) = bytes.split_last_chunk::<8>() else { return Err(Damage::Short(bytes.len())) };
    if content.len() < MAGIC.len() {
        return Err(Damage::Short(bytes.len()));
    }
    let mut reader = Reader { bytes: content, whole: bytes.len() };
    if reader.take::<16>()? != *MAGIC {
        return Err(Damage::Foreign);
    }
    if u32::from_le_bytes(reader.take()?) != VERSION {
        return Err(Damage::Foreign);
    }
    if xxh3_64(content) != u64::from_le_bytes(*sum) {
        return Err(Damage::Checksum);
    }
    if reader.number()? != count.rule.mark() {
        return Err(Damage::OtherRule);
    }
    let saved_at = reader.number()?;
    let mut numbers = HashMap::new();
    for _ in 0..reader.number()? {
        let number = u32::from_le_bytes(reader.take()?);
        let names = Names { metric: reader.text()?, team: reader.text()?, job: reader.text()? };
        numbers.insert(number, count.restore_scope(&names, now));
    }
    // What is older than a day would seem to be young: slots go round.
    let gone = now.saturating_sub(saved_at) / slot::SECONDS;
    for _ in 0..reader.number()? {
        let key = reader.number()?;
        let scope = u32::from_le_bytes(reader.take()?);
        let packed = u16::from_le_bytes(reader.take()?);
        let Some(seen) = Slot::from_number(packed & !ACTIVE) else { continue };
        if u64::from(seen.age(Slot::at(saved_at))) + gone <= u64::from(slot::DAY) {
            let scope = numbers.get(&scope).copied().unwrap_or(scope::OTHER);
            count.restore(Entry { key, scope, seen, active: packed & ACTIVE != 0 });
        }
    }
    Ok(saved_at)
}

struct Reader<'a> {
    bytes: &'a [u8],
    whole: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        let (first, rest) = self.bytes.split_first_chunk::<N>().ok_or(Damage::Short(self.whole))?;
        self.bytes = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Result<u64, Damage> {
        self.take().map(u64::from_le_bytes)
    }

    fn text(&mut self) -> Result<String, Damage> {
        let length = u32::from_le_bytes(self.take()?) as usize;
        let (text, rest) = self.bytes.split_at_checked(length).ok_or(Damage::Short(self.whole))?;
        self.bytes = rest;
        Ok(String::from_utf8_lossy(text).into_owned())
    }
}
