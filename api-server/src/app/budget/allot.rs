//! How much of a budget's hard limit each of its clusters may have, so that all of them together keep it also while nobody talks to them.

/// Of what is left beyond the present counts, this part is dealt out evenly: a cluster that has nothing yet may begin.
const EVENLY: u64 = 10;

/// A cluster of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Active series that it has; none where it does not report.
    pub count: Option<u64>,
    /// What it was allotted last; none where it never was.
    pub last: Option<u64>,
}

impl Part {
    /// What it keeps while it says nothing.
    fn held(&self) -> Option<u64> {
        if self.count.is_none() { self.last } else { None }
    }

    /// What its share is measured by.
    fn weight(&self) -> u64 {
        self.count.or(self.last).unwrap_or_default()
    }
}

/// What each may have; together never more than `hard`. Each has what it has now and a part of what is left, in proportion to what it has;
/// where there is not enough for that, its share of the whole. Who does not report keeps what it was allotted last, and the others share
/// the rest.
pub fn allot(hard: u64, parts: &[Part]) -> Vec<u64> {
    let held: u128 = parts.iter().filter_map(Part::held).map(u128::from).sum();
    if held > u128::from(hard) {
        // The limit was lowered below what silent ones hold: nobody is left with nothing for that.
        let all: u128 = parts.iter().map(|part| u128::from(part.weight())).sum();
        return parts.iter().map(|part| share(hard, part.weight(), all)).collect();
    }
    let free = hard - u64::try_from(held).unwrap_or(hard);
    let sharing: Vec<u64> =
        parts.iter().filter(|part| part.held().is_none()).map(|part| part.count.unwrap_or_default()).collect();
    let sum: u128 = sharing.iter().map(|count| u128::from(*count)).sum();
    let room = u64::try_from(u128::from(free).saturating_sub(sum)).unwrap_or_default();
    let among = u64::try_from(sharing.len()).unwrap_or(u64::MAX).max(1);
    let evenly = if sum == 0 { room / among } else { room / EVENLY / among };
    let rest = room - evenly * among;
    let one = |part: &Part| match (part.held(), part.count.unwrap_or_default()) {
        (Some(held), _) => held,
        (None, count) if sum > u128::from(free) => share(free, count, sum),
        (None, count) => count + evenly + share(rest, count, sum),
    };
    parts.iter().map(one).collect()
}

/// What each is to be ordered; none where what they were ordered last serves: that all have an order, which add up, none of which would
/// change by more than a twentieth, and nobody who is near its own would get more.
pub fn anew(hard: u64, parts: &[Part]) -> Option<Vec<u64>> {
    let wanted = allot(hard, parts);
    let last: Option<Vec<u64>> = parts.iter().map(|part| part.last).collect();
    let Some(last) = last.filter(|last| last.iter().map(|limit| u128::from(*limit)).sum::<u128>() <= u128::from(hard))
    else {
        return Some(wanted);
    };
    let wide = |number: u64| u128::from(number);
    let moved = last.iter().zip(&wanted).any(|(last, new)| wide(new.abs_diff(*last)) * 20 > wide(*last));
    let pressed = parts.iter().zip(&last).zip(&wanted).any(|((part, last), new)| {
        let count = part.count.unwrap_or_default();
        wide(count) * 10 > wide(*last) * 9 && wide(*new) * 100 > wide(*last) * 101
    });
    (moved || pressed).then_some(wanted)
}

/// `part` of `all`, of a whole; rounded down.
fn share(whole: u64, part: u64, all: u128) -> u64 {
    let found = (u128::from(whole) * u128::from(part)).checked_div(all).unwrap_or_default();
    u64::try_from(found).unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_part() -> impl Strategy<Value = Part> {
        (prop::option::weighted(0.8, 0u64..100_000), prop::option::weighted(0.7, 0u64..100_000))
            .prop_map(|(count, last)| Part { count, last })
    }

    fn any_parts() -> impl Strategy<Value = Vec<Part>> {
        prop::collection::vec(any_part(), 0..12)
    }

    fn ordered(parts: &[Part], limits: &[u64]) -> Vec<Part> {
        parts.iter().zip(limits).map(|(part, limit)| Part { last: Some(*limit), ..*part }).collect()
    }

    fn sum(limits: &[u64]) -> u64 {
        limits.iter().sum()
    }

    proptest! {
        #[test]
        fn together_they_keep_the_limit(hard in 1u64..1_000_000, parts in any_parts()) {
            let limits = allot(hard, &parts);
            prop_assert_eq!(limits.len(), parts.len());
            prop_assert!(sum(&limits) <= hard, "{limits:?}");
        }

        #[test]
        fn nobody_is_below_what_it_has_while_there_is_room(hard in 1u64..1_000_000, parts in any_parts()) {
            let needed: u64 = parts.iter().map(Part::weight).sum();
            prop_assume!(needed <= hard);
            for (part, limit) in parts.iter().zip(allot(hard, &parts)) {
                prop_assert!(limit >= part.weight(), "{part:?} may have {limit}");
            }
        }

        #[test]
        fn who_does_not_report_keeps_its_own(hard in 1u64..1_000_000, parts in any_parts()) {
            let held: u64 = parts.iter().filter_map(Part::held).sum();
            prop_assume!(held <= hard);
            for (part, limit) in parts.iter().zip(allot(hard, &parts)) {
                prop_assert!(part.held().is_none_or(|held| held == limit));
            }
        }

        #[test]
        fn next_to_nothing_of_the_limit_is_lost_and_one_with_nothing_may_begin(hard in 1_000u64..1_000_000, counts in prop::collection::vec(0u64..50, 1..12)) {
            let parts: Vec<Part> = counts.iter().map(|count| Part { count: Some(*count), last: None }).collect();
            let limits = allot(hard, &parts);
            prop_assert!(sum(&limits) + 2 * counts.len() as u64 >= hard, "{limits:?} of {hard}");
            if counts.iter().sum::<u64>() * 2 <= hard {
                prop_assert!(limits.iter().all(|limit| *limit > 0), "{limits:?}");
            }
        }

        #[test]
        fn what_was_ordered_last_serves_until_something_moves(hard in 1u64..1_000_000, parts in any_parts(), shift in 0u64..4) {
            let held: u64 = parts.iter().filter_map(Part::held).sum();
            prop_assume!(held <= hard);
            // One that says nothing has an order by now.
            let parts: Vec<Part> = parts.into_iter().filter(|part| part.weight() > 0 || part.count.is_some()).collect();
            let parts = ordered(&parts, &allot(hard, &parts));
            prop_assert_eq!(anew(hard, &parts), None);
            // A little more or less of each makes no new order, unless it would matter.
            let later: Vec<Part> = parts.iter().map(|part| Part { count: part.count.map(|count| count + count * shift / 100), ..*part }).collect();
            let limits = allot(hard, &later);
            let still = later.iter().zip(&limits).all(|(part, limit)| {
                let last = part.last.unwrap_or_default();
                limit.abs_diff(last) * 20 <= last && part.count.unwrap_or_default() * 10 <= last * 9
            });
            if still {
                prop_assert_eq!(anew(hard, &later), None);
            }
        }

        #[test]
        fn orders_end_to_change_when_the_counts_do(hard in 1_000u64..1_000_000, parts in any_parts()) {
            let mut parts = parts;
            for _ in 0..4 {
                let Some(limits) = anew(hard, &parts) else { return Ok(()) };
                parts = ordered(&parts, &limits);
            }
            prop_assert_eq!(anew(hard, &parts), None, "{:?}", parts);
        }
    }

    #[test]
    fn one_that_grows_gets_of_what_is_left_and_one_too_many_shrinks_all_alike() {
        let of =
            |counts: &[u64]| counts.iter().map(|count| Part { count: Some(*count), last: None }).collect::<Vec<_>>();
        assert_eq!(allot(1_000, &of(&[300, 100])), [300 + 30 + 405, 100 + 30 + 135]);
        assert_eq!(allot(1_000, &of(&[1_500, 500])), [750, 250]);
        assert_eq!(allot(1_000, &of(&[0, 0])), [500, 500]);
        assert_eq!(
            allot(1_000, &[Part { count: Some(900), last: Some(500) }, Part { count: None, last: Some(400) }]),
            [600, 400]
        );
        assert_eq!(
            allot(100, &[Part { count: Some(300), last: None }, Part { count: None, last: Some(300) }]),
            [50, 50]
        );
        assert_eq!(allot(1_000, &[]), [0; 0]);
    }
}
