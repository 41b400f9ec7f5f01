//! Which cluster is in which batch: one that is well first, then a tenth at a time. Pure.

use crate::store::cluster_settings::TargetRow;

/// So many clusters of all are in a batch: one in ten, at least one.
const SHARE: usize = 10;

/// Clusters with their batches, from 1. All at once is one batch.
pub fn batches<'a>(clusters: &[&'a TargetRow], all_at_once: bool) -> Vec<(&'a TargetRow, i32)> {
    let mut ordered = clusters.to_vec();
    let silent = |row: &TargetRow| matches!(row.state.as_str(), "late" | "offline");
    // Those that do not report now come last.
    ordered.sort_by(|one, other| {
        (silent(one), &one.region, &one.name, &one.id).cmp(&(silent(other), &other.region, &other.name, &other.id))
    });
    let size = (ordered.len() / SHARE).max(1);
    if !all_at_once && let Some(first) = first(&ordered) {
        let first = ordered.remove(first);
        ordered.insert(0, first);
    }
    let batch = |index: usize| match index {
        _ if all_at_once => 1,
        0 => 1,
        later => 2 + i32::try_from((later - 1) / size).unwrap_or(i32::MAX - 2),
    };
    ordered.into_iter().enumerate().map(|(index, row)| (row, batch(index))).collect()
}

/// Who goes first: one that is healthy, so that its turning worse can be seen, and preferably not production.
fn first(ordered: &[&TargetRow]) -> Option<usize> {
    let well = |row: &TargetRow| row.state == "healthy";
    let production = |row: &TargetRow| row.environment.starts_with("prod");
    let rank = |row: &TargetRow| (!well(row), production(row));
    (0..ordered.len()).min_by_key(|index| (rank(ordered[*index]), *index))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::layer::effect::tests::cluster;

    fn sizes(count: usize, all_at_once: bool) -> Vec<usize> {
        let rows: Vec<TargetRow> = (0..count).map(|index| cluster(&format!("c{index:03}"), "eu")).collect();
        let found = batches(&rows.iter().collect::<Vec<_>>(), all_at_once);
        let last = found.last().map_or(0, |(_, batch)| *batch);
        (1..=last).map(|batch| found.iter().filter(|(_, of)| *of == batch).count()).collect()
    }

    #[test]
    fn one_goes_first_and_then_a_tenth_at_a_time() {
        assert_eq!(sizes(0, false), Vec::<usize>::new());
        assert_eq!(sizes(1, false), [1]);
        assert_eq!(sizes(12, false), [1; 12]);
        assert_eq!(sizes(30, false), [1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2]);
        assert_eq!(sizes(30, true), [30]);
    }

    #[test]
    fn the_first_one_is_well_and_no_production_where_there_is_a_choice() {
        let mut rows: Vec<TargetRow> = ["a", "b", "c", "d"].map(|name| cluster(name, "eu")).into();
        rows[0].state = "offline".into();
        rows[2].environment = "stage".into();
        rows[3].environment = "stage".into();
        rows[3].state = "degraded".into();
        let found = batches(&rows.iter().collect::<Vec<_>>(), false);
        let names: Vec<&str> = found.iter().map(|(row, _)| row.id.as_str()).collect();
        assert_eq!(names, ["c", "b", "d", "a"], "the silent one is last");
    }
}
