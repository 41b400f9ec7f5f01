//! When a message that was not taken is tried again.

use jiff::SignedDuration;

use crate::secret;

/// After this a message is given up.
pub const DEADLINE: SignedDuration = SignedDuration::from_hours(24);
/// No pause is longer.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);

/// How long to wait after so many tries: twice as long each time, and not all at once. The same message waits the same, so that this can be
/// said beforehand.
pub fn pause(tries: i32, first: SignedDuration, id: &str) -> SignedDuration {
    let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(0).min(20);
    let whole = (first.as_secs_f64() * f64::from(1u32 << doublings)).min(LONGEST.as_secs_f64());
    let jitter = secret::sha256(&format!("{id} {tries}")).first().map_or(0.0, |byte| f64::from(*byte) / 255.0);
    SignedDuration::from_millis((whole * (0.5 + jitter / 2.0) * 1000.0) as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_grows_to_a_quarter_of_an_hour_and_is_never_none(tries in 1i32..2000, first in 1i64..60, id in "[a-z]{4}") {
            let first = SignedDuration::from_secs(first);
            let whole = |tries: i32| (first.as_secs_f64() * 2f64.powi(tries - 1)).min(LONGEST.as_secs_f64());
            let found = pause(tries, first, &id).as_secs_f64();
            prop_assert!(found >= whole(tries) / 2.0 - 0.001 && found <= whole(tries) + 0.001, "{found}");
            prop_assert!(found >= 0.5);
        }
    }

    #[test]
    fn two_messages_are_not_tried_in_step() {
        let all: std::collections::BTreeSet<_> =
            (0..20).map(|id| pause(5, SignedDuration::from_secs(10), &format!("n-{id}"))).collect();
        assert!(all.len() > 15, "{all:?}");
    }
}
