//! When a budget will be over at its pace: the median of all slopes between days (Theil–Sen), which a few odd days do not move, and how
//! sure that is, by drawing the days again and again.

/// Days that are looked back on at most.
pub const DAYS_BACK: i64 = 28;
/// Fewer days say nothing of a pace.
pub const DAYS_NEEDED: usize = 3;
/// Nobody knows what is in a year.
pub const DAYS_AHEAD: f64 = 365.0;
/// Draws for the interval, and the part of them below and above it.
const DRAWS: usize = 200;
const TAIL: f64 = 0.1;

/// The most series of a day; days count from today, which is 0, so that days before are negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Day {
    /// Which day.
    pub day: f64,
    /// Series.
    pub series: f64,
}

/// A straight line through days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Series a day.
    pub per_day: f64,
    /// Series today.
    pub today: f64,
}

/// When the limit is reached, in days from today.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// The pace.
    pub line: Line,
    /// At this pace; none where it is not within a year.
    pub over_in: Option<f64>,
    /// At the earliest: nine of ten draws say later.
    pub earliest: Option<f64>,
    /// At the latest; none where one draw of ten says that it is not within a year.
    pub latest: Option<f64>,
}

/// What is to be expected; none where there are too few days.
pub fn outlook(days: &[Day], limit: f64) -> Option<Outlook> {
    let distinct = days.iter().enumerate().filter(|(at, day)| !days[..*at].iter().any(|other| other.day == day.day));
    if distinct.count() < DAYS_NEEDED {
        return None;
    }
    let line = line(days)?;
    let Some(over_in) = crossing(&line, limit) else {
        return Some(Outlook { line, over_in: None, earliest: None, latest: None });
    };
    let mut random = Random(0x666c_6167_7374_6166);
    let mut drawn = Vec::with_capacity(days.len());
    let mut crossings: Vec<f64> = (0..DRAWS)
        .filter_map(|_| {
            drawn.clear();
            drawn.extend((0..days.len()).map(|_| days[random.below(days.len())]));
            // A draw of one day alone has no slope.
            Some(crossing(&self::line(&drawn)?, limit).unwrap_or(f64::INFINITY))
        })
        .collect();
    crossings.sort_by(f64::total_cmp);
    let at = |part: f64| {
        let index = (part * crossings.len().saturating_sub(1) as f64).round() as usize;
        crossings.get(index).copied().unwrap_or(over_in)
    };
    let (earliest, latest) = (at(TAIL).min(over_in), at(1.0 - TAIL).max(over_in));
    Some(Outlook {
        line,
        over_in: Some(over_in),
        earliest: Some(earliest),
        latest: latest.is_finite().then_some(latest),
    })
}

/// The line; none where all days are one.
pub fn line(days: &[Day]) -> Option<Line> {
    let mut slopes = vec![];
    for (at, one) in days.iter().enumerate() {
        for other in &days[..at] {
            if one.day != other.day {
                slopes.push((one.series - other.series) / (one.day - other.day));
            }
        }
    }
    let per_day = median(&mut slopes)?;
    let mut levels: Vec<f64> = days.iter().map(|day| day.series - per_day * day.day).collect();
    Some(Line { per_day, today: median(&mut levels)? })
}

/// In how many days the line is at the limit; none where not within a year.
fn crossing(line: &Line, limit: f64) -> Option<f64> {
    if line.today >= limit {
        return Some(0.0);
    }
    let days = (limit - line.today) / line.per_day;
    (line.per_day > 0.0 && days <= DAYS_AHEAD).then_some(days)
}

fn median(values: &mut [f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let lower = below.iter().copied().max_by(f64::total_cmp).filter(|_| even).unwrap_or(*upper);
    Some(f64::midpoint(lower, *upper))
}

/// The same for the same days, whoever asks and whenever (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn days(count: i32, series: impl Fn(f64) -> f64) -> Vec<Day> {
        (1 - count..=0).map(f64::from).map(|day| Day { day, series: series(day) }).collect()
    }

    fn close(one: f64, other: f64) -> bool {
        (one - other).abs() <= 1e-6 * (1.0 + one.abs() + other.abs())
    }

    proptest! {
        #[test]
        fn of_a_straight_line_it_is_the_line(count in 3i32..28, per_day in -1e4f64..1e4, today in 0.0f64..1e6, more in 1.0f64..1e6) {
            let found = outlook(&days(count, |day| today + per_day * day), today + more).expect("enough days");
            prop_assert!(close(found.line.per_day, per_day) && close(found.line.today, today), "{found:?}");
            match found.over_in {
                Some(over_in) => prop_assert!(close(over_in, more / per_day) && per_day > 0.0, "{found:?}"),
                None => prop_assert!(per_day <= 0.0 || more / per_day > DAYS_AHEAD * 0.999, "{found:?}"),
            }
        }

        #[test]
        fn a_few_odd_days_do_not_move_it(per_day in 1.0f64..100.0, odd in prop::collection::btree_set(0usize..28, 0..6), off in -1e6f64..1e6) {
            let mut all = days(28, |day| 10_000.0 + per_day * day);
            for at in odd {
                all[at].series += off;
            }
            let found = line(&all).expect("a line");
            prop_assert!(close(found.per_day, per_day) && close(found.today, 10_000.0), "{found:?}");
        }

        #[test]
        fn the_date_is_within_its_interval(noise in prop::collection::vec(-500.0f64..500.0, 3..28), per_day in 1.0f64..200.0) {
            let count = i32::try_from(noise.len()).expect("few");
            let mut all = days(count, |day| 10_000.0 + per_day * day);
            for (day, noise) in all.iter_mut().zip(&noise) {
                day.series += noise;
            }
            let found = outlook(&all, 12_000.0).expect("enough days");
            if let Some(over_in) = found.over_in {
                prop_assert!(found.earliest.expect("one") <= over_in && found.latest.is_none_or(|latest| over_in <= latest), "{found:?}");
                prop_assert!(found.earliest.expect("one") >= 0.0);
            }
            prop_assert_eq!(outlook(&all, 12_000.0), Some(found), "the same days say the same");
        }

        #[test]
        fn a_higher_limit_is_reached_later(noise in prop::collection::vec(-500.0f64..500.0, 3..28), limit in 9_000.0f64..20_000.0, more in 0.0f64..5_000.0) {
            let count = i32::try_from(noise.len()).expect("few");
            let all: Vec<Day> = days(count, |day| 10_000.0 + 50.0 * day).into_iter().zip(noise).map(|(day, noise)| Day { series: day.series + noise, ..day }).collect();
            let over_in = |limit| outlook(&all, limit).expect("enough days").over_in.unwrap_or(f64::INFINITY);
            prop_assert!(over_in(limit) <= over_in(limit + more));
        }
    }

    #[test]
    fn two_days_say_nothing() {
        assert_eq!(outlook(&days(2, |day| 100.0 + day), 200.0), None);
        let twice = [Day { day: 0.0, series: 1.0 }; 5];
        assert_eq!(outlook(&twice, 200.0), None, "five looks at one day are one day");
        assert!(outlook(&days(3, |day| 100.0 + day), 200.0).is_some());
    }

    #[test]
    fn what_shrinks_is_never_over_and_what_is_over_is_today() {
        let found = outlook(&days(5, |day| 100.0 - day), 200.0).expect("enough days");
        assert_eq!((found.over_in, found.earliest, found.latest), (None, None, None));
        assert_eq!(outlook(&days(5, |day| 100.0 - day), 90.0).expect("enough days").over_in, Some(0.0));
    }
}
