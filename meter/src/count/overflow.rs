//! Series that found no room in the known set: counted by sketches, for the window, the last hour and the last day.

use std::collections::{BTreeMap, HashMap};

use flagstaff_sketch::{Distinct, Precision};

use super::scope::OTHER;

/// Parts that a window is cut into: what has ended is seen by so much of it too late.
const PARTS: u64 = 5;
const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// How far back a question looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// The window of what is active.
    Now,
    /// An hour.
    Hour,
    /// A day.
    Day,
}

/// All three.
pub const SPANS: [Span; 3] = [Span::Now, Span::Hour, Span::Day];

/// Sketches of one scope by time: short parts for the window, hours for the rest.
#[derive(Debug, Default)]
struct Ring {
    parts: BTreeMap<u64, Distinct>,
    hours: BTreeMap<u64, Distinct>,
}

/// All that found no room.
#[derive(Debug)]
pub struct Overflow {
    all: Ring,
    scopes: HashMap<u32, Ring>,
    part_seconds: u64,
    window_seconds: u64,
    bytes: usize,
    max_bytes: usize,
}

impl Ring {
    fn insert(&mut self, key: u64, part: u64, hour: u64) -> usize {
        let add = |ring: &mut BTreeMap<u64, Distinct>, at| {
            let sketch = ring.entry(at).or_insert_with(|| Distinct::new(Precision::P16));
            let before = if sketch.is_empty() { 0 } else { sketch.bytes() };
            sketch.insert(key);
            sketch.bytes().saturating_sub(before)
        };
        add(&mut self.parts, part) + add(&mut self.hours, hour)
    }

    fn forget(&mut self, part: u64, hour: u64) {
        self.parts.retain(|at, _| *at >= part);
        self.hours.retain(|at, _| *at >= hour);
    }

    fn bytes(&self) -> usize {
        self.parts.values().chain(self.hours.values()).map(Distinct::bytes).sum()
    }
}

impl Overflow {
    /// Nothing yet. The sketches of single scopes take at most `max_bytes`; those of everything together some MiB more.
    pub fn new(window_seconds: u64, max_bytes: usize) -> Self {
        let part_seconds = (window_seconds / PARTS).max(1);
        Self { all: Ring::default(), scopes: HashMap::new(), part_seconds, window_seconds, bytes: 0, max_bytes }
    }

    /// A sample of a series that found no room. Past the bound its scope is the rest.
    pub fn add(&mut self, scope: u32, key: u64, now: u64) {
        let (part, hour) = (now / self.part_seconds, now / HOUR);
        self.bytes += self.all.insert(key, part, hour);
        let scope = if self.bytes >= self.max_bytes { OTHER } else { scope };
        self.bytes += self.scopes.entry(scope).or_default().insert(key, part, hour);
    }

    /// An entry that had to make room: it was seen last at `seen`, and is not active.
    pub fn evicted(&mut self, scope: u32, key: u64, seen: u64) {
        let scope = if self.bytes >= self.max_bytes { OTHER } else { scope };
        for ring in [&mut self.all, self.scopes.entry(scope).or_default()] {
            let sketch = ring.hours.entry(seen / HOUR).or_insert_with(|| Distinct::new(Precision::P16));
            let before = if sketch.is_empty() { 0 } else { sketch.bytes() };
            sketch.insert(key);
            self.bytes += sketch.bytes().saturating_sub(before);
        }
    }

    /// Whether everything fitted.
    pub fn is_empty(&self) -> bool {
        self.scopes.is_empty()
    }

    /// Scopes with sketches.
    pub fn scopes(&self) -> impl Iterator<Item = u32> {
        self.scopes.keys().copied()
    }

    /// What a scope (none: everything) had within a span; none where nothing of it was left out of the set.
    pub fn union(&self, scope: Option<u32>, span: Span, now: u64) -> Option<Distinct> {
        let ring = match scope {
            None => &self.all,
            Some(scope) => self.scopes.get(&scope)?,
        };
        let from = self.from(span, now);
        let sketches: Vec<&Distinct> = match span {
            Span::Now => ring.parts.range(from..).map(|(_, sketch)| sketch).collect(),
            Span::Hour | Span::Day => ring.hours.range(from..).map(|(_, sketch)| sketch).collect(),
        };
        (!sketches.is_empty()).then(|| Distinct::union(Precision::P16, sketches))
    }

    /// Its sketch of one clock hour (hours since 1970).
    pub fn hour(&self, scope: Option<u32>, hour: u64) -> Option<&Distinct> {
        let ring = match scope {
            None => &self.all,
            Some(scope) => self.scopes.get(&scope)?,
        };
        ring.hours.get(&hour)
    }

    /// All sketches of clock hours, to be saved.
    pub fn hours(&self) -> impl Iterator<Item = (Option<u32>, u64, &Distinct)> {
        let rings = [(None, &self.all)].into_iter().chain(self.scopes.iter().map(|(scope, ring)| (Some(*scope), ring)));
        rings.flat_map(|(scope, ring)| ring.hours.iter().map(move |(hour, sketch)| (scope, *hour, sketch)))
    }

    /// Puts back a sketch of a clock hour that was saved.
    pub fn restore(&mut self, scope: Option<u32>, hour: u64, sketch: Distinct) {
        let ring = match scope {
            None => &mut self.all,
            Some(scope) => self.scopes.entry(scope).or_default(),
        };
        let sketch = match ring.hours.remove(&hour) {
            Some(there) => Distinct::union(Precision::P16, [&there, &sketch]),
            None => sketch,
        };
        ring.hours.insert(hour, sketch);
        self.bytes = self.all.bytes() + self.scopes.values().map(Ring::bytes).sum::<usize>();
    }

    fn from(&self, span: Span, now: u64) -> u64 {
        match span {
            Span::Now => now.saturating_sub(self.window_seconds) / self.part_seconds,
            Span::Hour => now.saturating_sub(HOUR) / HOUR,
            Span::Day => now.saturating_sub(DAY) / HOUR,
        }
    }

    /// Forgets what no span reaches.
    pub fn tick(&mut self, now: u64) {
        let (part, hour) = (self.from(Span::Now, now), self.from(Span::Day, now));
        self.all.forget(part, hour);
        self.scopes.retain(|_, ring| {
            ring.forget(part, hour);
            !ring.hours.is_empty() || !ring.parts.is_empty()
        });
        self.bytes = self.all.bytes() + self.scopes.values().map(Ring::bytes).sum::<usize>();
    }

    /// Memory that it takes, in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Memory that it takes at most besides the bound that was set: everything together and the rest, for each part and hour.
    pub fn beside_bound() -> usize {
        2 * (PARTS as usize + 2 + 26) * (34 << 10)
    }
}
