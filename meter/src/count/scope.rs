//! Scopes: metric, team and job together. Every series is in exactly one, so that the numbers of any of them add up.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::batch::Names;

/// The scope of everything that has none of its own.
pub const OTHER: u32 = 0;
/// What `OTHER` is called.
pub const OTHER_NAME: &str = "other";
/// A name that is longer has no scope of its own.
const NAME_BYTES: usize = 256;
/// A scope is forgotten this long after its last sample: no entry of the known set names it any more.
const FORGET_SECONDS: u64 = 26 * 3600;
/// How many marks make a minute of samples.
const MARKS: usize = 4;

/// One scope with what is counted of it.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Hash of its names.
    pub key: u64,
    /// Metric.
    pub metric: Arc<str>,
    /// Team.
    pub team: Arc<str>,
    /// Job.
    pub job: Arc<str>,
    /// Active series that are known exactly.
    pub active: u32,
    /// Samples since the start.
    pub samples: u64,
    /// When a sample came last, in seconds since 1970.
    pub used_at: u64,
    /// New series in this clock hour and in the one before.
    pub new_series: [u32; 2],
    /// Whether the labels of its metric are looked at.
    pub labelled: bool,
    /// Samples at the last marks.
    marks: [u64; MARKS],
}

/// All scopes, at most so many.
#[derive(Debug)]
pub struct Scopes {
    by_key: HashMap<u64, u32, BuildHasherDefault<AsItIs>>,
    list: Vec<Option<Scope>>,
    free: Vec<u32>,
    names: HashMap<Arc<str>, ()>,
    max: usize,
    marked_at: [u64; MARKS],
    hour: u64,
}

/// Keys are hashes already.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }
    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

impl Scopes {
    /// None but the one for the rest. `now` is in seconds since 1970.
    pub fn new(max: usize, now: u64) -> Self {
        let mut scopes = Self {
            by_key: HashMap::default(),
            list: vec![],
            free: vec![],
            names: HashMap::new(),
            max: max.max(1),
            marked_at: [now; MARKS],
            hour: now / 3600,
        };
        let other = || OTHER_NAME.to_owned();
        let names = Names { metric: other(), team: other(), job: other() };
        let other = scopes.scope(0, &names, now);
        scopes.list.push(Some(other));
        scopes
    }

    /// The number of a scope that is there.
    #[inline]
    pub fn find(&self, key: u64) -> Option<u32> {
        self.by_key.get(&key).copied()
    }

    /// Its number; `OTHER` where no more may be made.
    pub fn find_or_make(&mut self, key: u64, names: &Names, now: u64) -> u32 {
        if let Some(number) = self.find(key) {
            return number;
        }
        let too_long = [&names.metric, &names.team, &names.job].iter().any(|name| name.len() > NAME_BYTES);
        if too_long || self.by_key.len() >= self.max {
            return OTHER;
        }
        let scope = self.scope(key, names, now);
        let number = match self.free.pop() {
            Some(number) => number,
            None => {
                self.list.push(None);
                u32::try_from(self.list.len() - 1).unwrap_or(OTHER)
            }
        };
        self.list[number as usize] = Some(scope);
        self.by_key.insert(key, number);
        number
    }

    fn scope(&mut self, key: u64, names: &Names, now: u64) -> Scope {
        Scope {
            key,
            metric: self.name(&names.metric),
            team: self.name(&names.team),
            job: self.name(&names.job),
            active: 0,
            samples: 0,
            used_at: now,
            new_series: [0; 2],
            labelled: false,
            marks: [0; MARKS],
        }
    }

    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some((known, ())) = self.names.get_key_value(name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        self.names.insert(name.clone(), ());
        name
    }

    /// A scope by its number; what does not exist is the rest's.
    #[inline]
    pub fn get_mut(&mut self, number: u32) -> &mut Scope {
        let number = match self.list.get(number as usize) {
            Some(Some(_)) => number,
            _ => OTHER,
        };
        self.list[number as usize].as_mut().unwrap_or_else(|| unreachable!("the rest is always there"))
    }

    /// All that are there, with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Scope)> {
        self.list.iter().zip(0_u32..).filter_map(|(scope, number)| Some((number, scope.as_ref()?)))
    }

    /// One of them.
    pub fn get(&self, number: u32) -> Option<&Scope> {
        self.list.get(number as usize)?.as_ref()
    }

    /// How many there are, without the one for the rest.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// One more than the largest number.
    pub fn numbers(&self) -> usize {
        self.list.len()
    }

    /// Notes whose labels are looked at.
    pub fn label(&mut self, is_labelled: impl Fn(&str) -> bool) {
        for scope in self.list.iter_mut().flatten() {
            scope.labelled = is_labelled(&scope.metric);
        }
    }

    /// Samples a second over the last minute.
    pub fn rate(&self, scope: &Scope, now: u64) -> f64 {
        let since = self.marked_at[MARKS - 1];
        (scope.samples - scope.marks[MARKS - 1]) as f64 / now.saturating_sub(since).max(1) as f64
    }

    /// New series over the last hour: what is missing in this clock hour is taken from the one before.
    pub fn churn(&self, scope: &Scope, now: u64) -> f64 {
        let left = 1.0 - (now % 3600) as f64 / 3600.0;
        f64::from(scope.new_series[0]) + f64::from(scope.new_series[1]) * left
    }

    /// Goes on in time: each slot.
    pub fn tick(&mut self, now: u64) {
        let hours = (now / 3600).saturating_sub(self.hour);
        self.hour = now / 3600;
        self.marked_at.rotate_right(1);
        self.marked_at[0] = now;
        let mut gone = vec![];
        for (scope, number) in self.list.iter_mut().zip(0_u32..) {
            let Some(one) = scope else { continue };
            one.marks.rotate_right(1);
            one.marks[0] = one.samples;
            one.new_series = match hours {
                0 => one.new_series,
                1 => [0, one.new_series[0]],
                _ => [0, 0],
            };
            if number != OTHER && one.active == 0 && now > one.used_at + FORGET_SECONDS {
                gone.push((number, one.key));
                *scope = None;
            }
        }
        for (number, key) in &gone {
            self.by_key.remove(key);
            self.free.push(*number);
        }
        if !gone.is_empty() {
            self.names.retain(|name, ()| Arc::strong_count(name) > 1);
        }
    }

    /// Memory that `max` scopes take at most, in bytes.
    pub fn bound(max: usize) -> usize {
        max * (std::mem::size_of::<Option<Scope>>() + 3 * (NAME_BYTES + 64) + 24)
    }
}
