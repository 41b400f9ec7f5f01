//! The file: a head, scopes with their names, 14 bytes for each series, the clock hour with what found no room, and a checksum over all of it.

use std::collections::HashMap;

use flagstaff_sketch::{Distinct, Entry, Slot, slot};
use xxhash_rust::xxh3::xxh3_64;

use super::reader::{Damage, Reader, write_text};
use crate::count::Count;
use crate::count::batch::Names;
use crate::count::hour::{self, Hour};
use crate::count::scope;

const MAGIC: &[u8; 16] = b"flagstaff-known\n";
const VERSION: u32 = 2;
/// Without the clock hour: read, and not written any more.
const WITHOUT_HOUR: u32 = 1;
const ACTIVE: u16 = 1 << 15;
/// In the place of a scope's number: everything together.
const ALL: u32 = u32::MAX;

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
        [&one.metric, &one.team, &one.job].into_iter().for_each(|name| write_text(&mut out, name));
    }
    out.extend((count.known().len() as u64).to_le_bytes());
    for entry in count.known().iter() {
        out.extend(entry.key.to_le_bytes());
        out.extend(entry.scope.to_le_bytes());
        out.extend((entry.seen.number() | if entry.active { ACTIVE } else { 0 }).to_le_bytes());
    }
    write_hour(&mut out, count);
    out.extend(xxh3_64(&out).to_le_bytes());
    out
}

fn write_hour(out: &mut Vec<u8>, count: &Count) {
    let hour = &count.hour;
    write_text(out, &hour.instance);
    [hour.start, hour.revision, hour.counted_seconds].into_iter().for_each(|number| out.extend(number.to_le_bytes()));
    out.extend((count.scopes.iter().count() as u64).to_le_bytes());
    for (number, one) in count.scopes.iter() {
        [number, one.new_series[0], one.new_series[1]].into_iter().for_each(|number| out.extend(number.to_le_bytes()));
    }
    out.extend((count.overflow().hours().count() as u64).to_le_bytes());
    for (scope, hour, sketch) in count.overflow().hours() {
        let bytes = sketch.to_bytes();
        out.extend(scope.unwrap_or(ALL).to_le_bytes());
        out.extend(hour.to_le_bytes());
        out.extend((bytes.len() as u64).to_le_bytes());
        out.extend(bytes);
    }
}

/// Reads it into `count`, which knows nothing yet; the answer is when it was written. An error leaves nothing behind. An hour that ended
/// meanwhile is closed with what was known of it.
pub(super) fn read(bytes: &[u8], count: &mut Count, now: u64) -> Result<u64, Damage> {
    let (mut reader, version) = Reader::checked(bytes, MAGIC, &[VERSION, WITHOUT_HOUR], &count.rule)?;
    let saved_at = reader.number()?;
    let empty = |at| Count::new(count.rule.clone(), count.bounds.clone(), at);
    let mut finished = vec![];
    if version != WITHOUT_HOUR && now / hour::SECONDS > saved_at / hour::SECONDS {
        let mut then = empty(saved_at);
        fill(reader.clone(), version, &mut then, saved_at, saved_at)?;
        then.end_hour();
        finished = then.take_finished();
    }
    let mut filled = empty(now);
    fill(reader, version, &mut filled, saved_at, now)?;
    // The window went on while nobody counted.
    filled.expire(now);
    filled.put_finished(finished);
    *count = filled;
    Ok(saved_at)
}

fn fill(mut reader: Reader<'_>, version: u32, count: &mut Count, saved_at: u64, now: u64) -> Result<(), Damage> {
    let mut numbers = HashMap::from([(scope::OTHER, scope::OTHER)]);
    for _ in 0..reader.number()? {
        let number = u32::from_le_bytes(reader.take()?);
        let names = Names { metric: reader.text()?, team: reader.text()?, job: reader.text()? };
        numbers.insert(number, count.restore_scope(&names, now));
    }
    let scope = |number| numbers.get(&number).copied().unwrap_or(scope::OTHER);
    // What is older than a day would seem to be young: slots go round.
    let gone = now.saturating_sub(saved_at) / slot::SECONDS;
    for _ in 0..reader.number()? {
        let key = reader.number()?;
        let number = u32::from_le_bytes(reader.take()?);
        let packed = u16::from_le_bytes(reader.take()?);
        let Some(seen) = Slot::from_number(packed & !ACTIVE) else { continue };
        if u64::from(seen.age(Slot::at(saved_at))) + gone <= u64::from(slot::DAY) {
            count.restore(Entry { key, scope: scope(number), seen, active: packed & ACTIVE != 0 });
        }
    }
    if version == WITHOUT_HOUR {
        return Ok(());
    }
    let saved = Hour {
        instance: reader.text()?,
        start: reader.number()?,
        revision: reader.number()?,
        counted_seconds: reader.number()?,
    };
    let hours = (now / hour::SECONDS).saturating_sub(saved.start / hour::SECONDS);
    count.hour = if saved.is_over(now) { saved.next(now) } else { saved };
    for _ in 0..reader.number()? {
        let mut number = || reader.take().map(u32::from_le_bytes);
        let (scope, new) = (scope(number()?), [number()?, number()?]);
        let mine = &mut count.scopes.get_mut(scope).new_series;
        let new = [[new[0], new[1]], [0, new[0]], [0, 0]][usize::try_from(hours.min(2)).unwrap_or(2)];
        *mine = [mine[0] + new[0], mine[1] + new[1]];
    }
    for _ in 0..reader.number()? {
        let number = u32::from_le_bytes(reader.take()?);
        let hour = reader.number()?;
        let length = usize::try_from(reader.number()?).map_err(|_| Damage::Short(reader.whole))?;
        let sketch = Distinct::from_bytes(reader.slice(length)?)?;
        count.restore_overflow((number != ALL).then(|| scope(number)), hour, sketch);
    }
    Ok(())
}
