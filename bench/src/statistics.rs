//! Median, spread and slope of measured values. Pure.

/// What a set of values looks like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// How many values there are.
    pub count: usize,
    /// The middle one; of an even number the mean of the two in the middle.
    pub median: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

/// The spread of values; `None` when there are none. Values that are no numbers are left out.
pub fn spread(values: &[f64]) -> Option<Spread> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let (min, max) = (*sorted.first()?, *sorted.last()?);
    let middle = sorted.len() / 2;
    let median = if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) };
    Some(Spread { count: sorted.len(), median, min, max })
}

/// The slope of a common line through groups that each have a level of their own, by least squares: a process that was started
/// again begins a new group. `None` when no group has two points at different places.
pub fn slope_within(groups: &[Vec<(f64, f64)>]) -> Option<f64> {
    let (mut above, mut below) = (0.0, 0.0);
    for group in groups {
        let count = group.len() as f64;
        let mean_x = group.iter().map(|point| point.0).sum::<f64>() / count;
        let mean_y = group.iter().map(|point| point.1).sum::<f64>() / count;
        for (x, y) in group {
            above += (x - mean_x) * (y - mean_y);
            below += (x - mean_x).powi(2);
        }
    }
    (below > 0.0).then(|| above / below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_and_the_spread_its_ends() {
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Some(Spread { count: 3, median: 2.0, min: 1.0, max: 3.0 }));
        assert_eq!(spread(&[4.0, 1.0, 2.0, 3.0]), Some(Spread { count: 4, median: 2.5, min: 1.0, max: 4.0 }));
        assert_eq!(spread(&[7.0]), Some(Spread { count: 1, median: 7.0, min: 7.0, max: 7.0 }));
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[f64::NAN, 5.0]).map(|spread| spread.count), Some(1));
    }

    #[test]
    fn one_outlier_does_not_move_the_median() {
        let calm = spread(&[1.0, 1.1, 0.9, 1.0, 1.05]).map(|spread| spread.median);
        let disturbed = spread(&[1.0, 1.1, 0.9, 1.0, 90.0]).map(|spread| spread.median);
        assert_eq!(calm, disturbed);
    }

    #[test]
    fn a_slope_is_seen_within_groups_and_not_between_them() {
        let rising = vec![(0.0, 10.0), (1.0, 12.0), (2.0, 14.0)];
        assert_eq!(slope_within(std::slice::from_ref(&rising)), Some(2.0));
        // Each life begins lower than the last one ended: that is no fall.
        let again = vec![(10.0, 5.0), (11.0, 7.0), (12.0, 9.0)];
        assert_eq!(slope_within(&[rising, again]), Some(2.0));
        let flat = [vec![(0.0, 10.0), (9.0, 10.0)], vec![(20.0, 30.0), (29.0, 30.0)]];
        assert_eq!(slope_within(&flat), Some(0.0));
        assert_eq!(slope_within(&[vec![(1.0, 1.0)], vec![(2.0, 9.0)]]), None);
        assert_eq!(slope_within(&[]), None);
    }
}
