//! How many series there were in the window, in the last hour and in the last day: in all and in each scope.

use std::collections::HashMap;

use flagstaff_sketch::{Distinct, Entry, KnownSet, Slot, slot};

use super::overflow::{Overflow, SPANS, Span};
use super::scope::Scopes;

/// A number with its error.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Its variance; 0 where it is exact.
    pub variance: f64,
}

impl Estimate {
    /// One that is exact.
    pub fn exact(value: f64) -> Self {
        Self { value, variance: 0.0 }
    }
}

impl std::ops::AddAssign for Estimate {
    /// Of two that have no series in common.
    fn add_assign(&mut self, other: Self) {
        self.value += other.value;
        self.variance += other.variance;
    }
}

/// Numbers of the three spans, in the order of [`SPANS`].
pub type Spans = [Estimate; 3];

/// All of them as of one slot.
#[derive(Debug, Default)]
pub struct Windows {
    /// Everything.
    pub total: Spans,
    /// Each scope, by its number.
    pub scopes: Vec<Spans>,
}

impl Windows {
    /// Looks at every entry of the set once; where something found no room in it, sketches are united with what is in it.
    pub fn look(known: &KnownSet, scopes: &Scopes, overflow: &Overflow, now: u64) -> Self {
        let now_slot = Slot::at(now);
        let beside = |scope| SPANS.map(|span| overflow.union(scope, span, now));
        let within = |entry: &Entry| {
            let age = entry.seen.age(now_slot);
            SPANS.map(|span| match span {
                Span::Now => entry.active,
                Span::Hour => age <= slot::HOUR,
                Span::Day => age <= slot::DAY,
            })
        };
        let (total, scopes) = look(known, scopes, overflow, beside, within);
        Self { total, scopes }
    }
}

/// Numbers of several spans of time, of everything and of each scope by its number. `beside` says what a scope (none: everything) had that
/// is not in the set, `within` in which spans an entry of the set is.
pub(super) fn look<const N: usize>(
    known: &KnownSet,
    scopes: &Scopes,
    overflow: &Overflow,
    beside: impl Fn(Option<u32>) -> [Option<Distinct>; N],
    within: impl Fn(&Entry) -> [bool; N],
) -> ([Estimate; N], Vec<[Estimate; N]>) {
    let (mut total, mut each) = ([Estimate::default(); N], vec![[Estimate::default(); N]; scopes.numbers()]);
    let mut unions: HashMap<Option<u32>, [Option<Distinct>; N]> = HashMap::new();
    if !overflow.is_empty() {
        unions.extend(overflow.scopes().map(Some).chain([None]).map(|scope| (scope, beside(scope))));
    }
    for entry in known.iter() {
        let within = within(&entry);
        for (index, _) in within.iter().enumerate().filter(|(_, within)| **within) {
            total[index].value += 1.0;
            if let Some(scope) = each.get_mut(entry.scope as usize) {
                scope[index].value += 1.0;
            }
        }
        if !unions.is_empty() {
            for of in [None, Some(entry.scope)] {
                let Some(union) = unions.get_mut(&of) else { continue };
                for (union, _) in union.iter_mut().zip(within).filter(|(_, within)| *within) {
                    union.iter_mut().for_each(|union| union.insert(entry.key));
                }
            }
        }
    }
    for (scope, spans) in unions {
        let numbers = match scope {
            None => &mut total,
            Some(scope) => match each.get_mut(scope as usize) {
                Some(numbers) => numbers,
                None => continue,
            },
        };
        for (number, union) in numbers.iter_mut().zip(spans) {
            if let Some(union) = union {
                let error = union.standard_error();
                *number = Estimate { value: union.estimate(), variance: error * error };
            }
        }
    }
    (total, each)
}
