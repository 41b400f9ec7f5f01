//! Groups: what is weighed when a budget is full. A metric that one job sends for one team, a histogram's parts together.

use std::collections::HashMap;
use std::sync::Arc;

use flagstaff_sketch::{Slot, slot};

use super::family::family;
use crate::count::Count;
use crate::count::batch::{self, Names};
use crate::count::scope;

/// A series that was not seen for so long has stopped: two intervals of a slow sender.
const LIVING_SLOTS: u16 = 8;
/// How often it is noted how many live.
const MARK_SECONDS: u64 = 300;
/// So many notes: what was there 15 to 20 minutes ago is what was there before.
const MARKS: usize = 4;

/// One group.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its names; the metric is the family's.
    pub names: Names,
    /// Active series at the last look.
    pub active: u64,
    /// Series at the last look that have not stopped.
    pub living: u64,
    /// New ones that were let through since.
    pub admitted: u64,
    marks: [u64; MARKS],
}

/// All groups.
#[derive(Debug, Default)]
pub struct Groups {
    by_key: HashMap<u64, Group>,
    marked_at: Option<u64>,
}

impl Group {
    fn new(names: Names) -> Self {
        Self { names, active: 0, living: 0, admitted: 0, marks: [0; MARKS] }
    }

    /// How many lived before what is happening now.
    pub fn before(&self) -> u64 {
        self.marks[MARKS - 1]
    }

    /// How many live now.
    pub fn now(&self) -> u64 {
        self.living + self.admitted
    }
}

impl Groups {
    /// Looks at every series once.
    pub fn look(&mut self, count: &Count, now: u64) {
        let now_slot = Slot::at(now);
        let mut living = vec![0_u64; count.scopes.numbers()];
        for entry in count.known().iter() {
            if entry.active
                && entry.seen.age(now_slot) <= LIVING_SLOTS
                && let Some(living) = living.get_mut(entry.scope as usize)
            {
                *living += 1;
            }
        }
        for group in self.by_key.values_mut() {
            (group.active, group.living, group.admitted) = (0, 0, 0);
        }
        for (number, scope) in count.scopes.iter() {
            let text = |name: &Arc<str>| name.to_string();
            let names =
                Names { metric: family(&scope.metric).to_owned(), team: text(&scope.team), job: text(&scope.job) };
            let key = batch::key_of(&count.rule, &names);
            let group = self.by_key.entry(key).or_insert_with(|| Group::new(names));
            group.active += u64::from(scope.active);
            group.living += living.get(number as usize).copied().unwrap_or_default();
        }
        self.mark(now);
        self.by_key.retain(|_, group| group.active > 0 || group.marks.iter().any(|mark| *mark > 0));
    }

    fn mark(&mut self, now: u64) {
        match self.marked_at {
            // Before the first look nothing is known: what is there now was there before.
            None => self.by_key.values_mut().for_each(|group| group.marks = [group.living; MARKS]),
            Some(at) if now >= at + MARK_SECONDS => self.by_key.values_mut().for_each(|group| {
                group.marks.rotate_right(1);
                group.marks[0] = group.living;
            }),
            Some(_) => return,
        }
        self.marked_at = Some(now);
    }

    /// Forgets everything: nobody looks any more.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// One of them.
    pub fn get(&self, key: u64) -> Option<&Group> {
        self.by_key.get(&key)
    }

    /// The key of the group that a series belongs to. Where there are as many scopes as there may be, a new one is one of the rest: a flood of
    /// new names is blamed on all of them together.
    pub fn key(&self, names: &Names, count: &Count) -> u64 {
        let key = batch::key_of(&count.rule, &of_family(names));
        match self.by_key.contains_key(&key) || count.scopes.len().max(self.by_key.len()) < count.bounds.max_scopes {
            true => key,
            false => batch::key_of(&count.rule, &others()),
        }
    }

    /// One more was let in.
    pub fn admit(&mut self, key: u64, names: &Names) {
        self.by_key.entry(key).or_insert_with(|| Group::new(of_family(names))).admitted += 1;
    }

    /// All of them by their keys.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Group)> {
        self.by_key.iter().map(|(key, group)| (*key, group))
    }
}

/// The names of the group that a series of these names is in.
fn of_family(names: &Names) -> Names {
    Names { metric: family(&names.metric).to_owned(), ..names.clone() }
}

/// The names of what has no scope of its own.
fn others() -> Names {
    let other = || scope::OTHER_NAME.to_owned();
    Names { metric: other(), team: other(), job: other() }
}

const _: () = assert!(LIVING_SLOTS as u64 * slot::SECONDS < MARK_SECONDS);
