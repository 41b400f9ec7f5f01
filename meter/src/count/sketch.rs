//! Sketches of an hour: which series there were, of the cluster, of each team and of the largest metrics, as far as there is room.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flagstaff_model::wire::SeriesSketch;
use flagstaff_sketch::{Distinct, Entry, Precision};

use super::Count;
use super::scope::Scope;
use super::window::Estimate;

/// All sketches of a report together, in base64.
pub const BYTES: usize = 900 << 10;
/// So many of the largest metrics have one.
const METRICS: usize = 200;
/// An entry's name, its quotes and its fields.
const REST: usize = 64;

/// What is told apart, by which name of a scope, how exactly, and how many of them at most.
type Kind = (&'static str, fn(&Scope) -> &Arc<str>, Precision, usize);

/// One that is being filled.
struct Sketch {
    of: &'static str,
    name: Arc<str>,
    precision: Precision,
    distinct: Distinct,
}

/// Those that find room.
#[derive(Default)]
pub(super) struct Sketches {
    all: Vec<Sketch>,
    /// For each scope its team's and its metric's.
    places: Vec<[Option<usize>; 2]>,
    left_out: u64,
}

impl Sketches {
    /// The cluster's, then teams by size, then metrics by size; what would not fit is counted. `each` are the numbers of each scope.
    pub(super) fn choose(count: &Count, each: &[[Estimate; 2]]) -> Self {
        let mut this = Self { places: vec![[None; 2]; count.scopes.numbers()], ..Self::default() };
        let mut room = BYTES;
        this.take("cluster", &"".into(), Precision::P16, f64::MAX, &mut room);
        let kinds: [Kind; 2] = [
            ("team", |scope| &scope.team, Precision::P16, usize::MAX),
            ("metric", |scope| &scope.metric, Precision::P14, METRICS),
        ];
        for (kind, (of, name, precision, most)) in kinds.into_iter().enumerate() {
            let mut sums: HashMap<&Arc<str>, f64> = HashMap::new();
            for (number, scope) in count.scopes.iter() {
                let series = each.get(number as usize).map_or(0.0, |[_, hour]| hour.value);
                if series > 0.0 {
                    *sums.entry(name(scope)).or_default() += series;
                }
            }
            let mut sums: Vec<_> = sums.into_iter().collect();
            sums.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(other.0)));
            let places: HashMap<&Arc<str>, usize> = sums
                .into_iter()
                .take(most)
                .filter_map(|(name, series)| Some((name, this.take(of, name, precision, series, &mut room)?)))
                .collect();
            for (number, scope) in count.scopes.iter() {
                this.places[number as usize][kind] = places.get(name(scope)).copied();
            }
        }
        this
    }

    fn take(
        &mut self,
        of: &'static str,
        name: &Arc<str>,
        precision: Precision,
        series: f64,
        room: &mut usize,
    ) -> Option<usize> {
        let Some(left) = room.checked_sub(written_bytes(precision.written_bytes(series), name)) else {
            self.left_out += 1;
            return None;
        };
        *room = left;
        self.all.push(Sketch { of, name: name.clone(), precision, distinct: Distinct::new(precision) });
        Some(self.all.len() - 1)
    }

    /// With every series of the hour (its number since 1970): those in the set, and what found no room in it.
    pub(super) fn filled(mut self, count: &Count, hour: u64, of_hour: impl Fn(&Entry) -> bool) -> Self {
        for entry in count.known.iter().filter(|entry| of_hour(entry)) {
            self.all[0].distinct.insert(entry.key);
            for place in self.places.get(entry.scope as usize).into_iter().flatten().flatten() {
                self.all[*place].distinct.insert(entry.key);
            }
        }
        let mut beside: HashMap<usize, Vec<&Distinct>> = HashMap::new();
        for scope in count.overflow.scopes().map(Some).chain([None]) {
            let Some(found) = count.overflow.hour(scope, hour) else { continue };
            let places = match scope {
                None => [Some(0), None],
                Some(scope) => self.places.get(scope as usize).copied().unwrap_or_default(),
            };
            places.into_iter().flatten().for_each(|place| beside.entry(place).or_default().push(found));
        }
        for (place, more) in beside {
            let one = &mut self.all[place];
            one.distinct = Distinct::union(one.precision, more.into_iter().chain([&one.distinct]));
        }
        self
    }

    /// As they are sent, and how many found no room.
    pub(super) fn written(self) -> (Vec<SeriesSketch>, u64) {
        let (mut written, mut bytes, mut left_out) = (vec![], 0, self.left_out);
        for one in self.all {
            let packed = one.distinct.to_bytes();
            bytes += written_bytes(packed.len(), &one.name);
            if bytes <= BYTES {
                let name = one.name.to_string();
                written.push(SeriesSketch { of: one.of.to_owned(), name, sketch: STANDARD.encode(packed) });
            } else {
                bytes -= written_bytes(packed.len(), &one.name);
                left_out += 1;
            }
        }
        (written, left_out)
    }
}

fn written_bytes(packed: usize, name: &str) -> usize {
    packed.div_ceil(3) * 4 + REST + name.len()
}
