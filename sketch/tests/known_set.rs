//! The known set against a plain map that does the same slowly.

use std::collections::BTreeMap;

use flagstaff_sketch::slot::{DAY, SECONDS};
use flagstaff_sketch::{Ended, Identity, KnownSet, Seen, Slot, Sum};
use proptest::prelude::*;

const START: u64 = 1_795_000_000;
const WINDOW: u16 = 20;

fn identity(number: u32) -> Identity {
    Sum::of([("number", number.to_string().as_str())]).identity()
}

#[derive(Debug, Clone)]
enum Step {
    See(u32, u32),
    End(u32),
    Later(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..400_u32, 0..5_u32).prop_map(|(series, scope)| Step::See(series, scope)),
        2 => (0..400_u32).prop_map(Step::End),
        1 => prop_oneof![Just(1_u16), 1..WINDOW * 2, DAY - 1..DAY + 2].prop_map(Step::Later),
    ]
}

/// When it was seen, under which scope, and whether it is active.
type Model = BTreeMap<u64, (u64, u32, bool)>;

fn age(seen: u64, now: u64) -> u64 {
    now / SECONDS - seen / SECONDS
}

fn sweep(set: &mut KnownSet, model: &mut Model, now: u64) -> Result<(), TestCaseError> {
    let mut expired = vec![];
    set.sweep(Slot::at(now), WINDOW, |entry| expired.push(entry.key));
    let mut expected = vec![];
    for (key, (seen, _, active)) in model.iter_mut() {
        if *active && age(*seen, now) >= u64::from(WINDOW) {
            *active = false;
            expected.push(*key);
        }
    }
    expired.sort_unstable();
    prop_assert_eq!(expired, expected);
    model.retain(|_, (seen, _, _)| age(*seen, now) <= u64::from(DAY));
    Ok(())
}

proptest! {
    #[test]
    fn it_knows_what_a_map_knows(steps in prop::collection::vec(step(), 1..600)) {
        let (mut set, mut model, mut now) = (KnownSet::new(100_000), Model::new(), START);
        for step in steps {
            match step {
                Step::See(series, scope) => {
                    let key = KnownSet::key(identity(series));
                    let seen = set.see(identity(series), scope, Slot::at(now), |_| {});
                    match model.insert(key, (now, scope, true)) {
                        None => prop_assert_eq!(seen, Seen::New),
                        Some((before, scope, was_active)) => {
                            prop_assert_eq!(seen, Seen::Again { before: Slot::at(before), scope, was_active });
                        }
                    }
                }
                Step::End(series) => {
                    let ended = set.end(identity(series));
                    let known = model.get_mut(&KnownSet::key(identity(series)));
                    prop_assert_eq!(ended, known.as_ref().map(|known| Ended { scope: known.1, was_active: known.2 }));
                    if let Some(known) = known {
                        known.2 = false;
                    }
                }
                Step::Later(slots) => {
                    // A set that nobody sweeps for eight hours cannot tell ages any more; its owner begins anew then.
                    for part in [slots / 4, slots / 4, slots / 4, slots - slots / 4 * 3] {
                        now += u64::from(part) * SECONDS;
                        sweep(&mut set, &mut model, now)?;
                    }
                }
            }
        }
        sweep(&mut set, &mut model, now)?;
        let all: BTreeMap<_, _> = set.iter().map(|entry| (entry.key, (entry.seen, entry.scope, entry.active))).collect();
        let expected: BTreeMap<_, _> =
            model.iter().map(|(key, (seen, scope, active))| (*key, (Slot::at(*seen), *scope, *active))).collect();
        prop_assert_eq!(set.len(), all.len());
        prop_assert_eq!(all, expected);
    }
}

#[test]
fn half_a_million_series_take_the_memory_that_is_said() {
    let mut set = KnownSet::new(500_000);
    for number in 0..500_000_u64 {
        let identity = Sum::EMPTY.with(number).identity();
        assert_eq!(set.see(identity, 1, Slot::at(START), |_| {}), Seen::New);
    }
    assert_eq!((set.len(), set.iter().count()), (500_000, 500_000));
    let (bytes, bound) = (set.bytes(), KnownSet::bound(500_000));
    println!("500,000 series take {bytes} bytes, at most {bound}");
    assert!(bytes >= 6_000_000 && bytes <= bound, "{bytes} of {bound}");
    assert!(bound < 500_000 * 18, "{bound}");
}

#[test]
fn a_full_set_gives_up_what_is_inactive_and_nothing_else() {
    let mut set = KnownSet::new(20_000);
    let now = Slot::at(START);
    for number in 0..20_000 {
        assert_eq!(set.see(identity(number), 0, now, |_| {}), Seen::New);
    }
    let refused = (20_000..20_100).filter(|number| set.see(identity(*number), 0, now, |_| {}) == Seen::NoRoom).count();
    assert_eq!((refused, set.len()), (100, 20_000), "all are active");
    for number in 0..20_000 {
        assert!(set.end(identity(number)).is_some());
    }
    let mut gone = 0;
    let taken =
        (20_100..30_100).filter(|number| set.see(identity(*number), 0, now, |_| gone += 1) == Seen::New).count();
    assert_eq!(taken, 10_000, "ended ones make room");
    assert!(gone >= taken && set.len() <= 20_000, "{gone} gone, {} known", set.len());
    let active = set.iter().filter(|entry| entry.active).count();
    assert_eq!(active, taken, "no active one was given up");
}
