//! What belongs together: the series of one histogram are let through together or not at all.

use flagstaff_remote_write::Series;
use flagstaff_sketch::{Identity, Sum, identity};

use crate::count::batch::Names;
use crate::count::rule::Rule;

const SUFFIXES: [&str; 4] = ["_bucket", "_sum", "_count", "_created"];

/// The metric without what tells the series of a histogram or summary from each other.
pub fn family(metric: &str) -> &str {
    SUFFIXES.iter().find_map(|suffix| metric.strip_suffix(suffix)).filter(|family| !family.is_empty()).unwrap_or(metric)
}

/// The names that series of one family may have, the given one first.
pub fn members(metric: &str) -> impl Iterator<Item = String> {
    let family = family(metric);
    let parts = SUFFIXES.iter().map(move |suffix| format!("{family}{suffix}"));
    [metric.to_owned(), family.to_owned()].into_iter().chain(parts)
}

/// A series that was not known, as it is looked at before it is let through.
#[derive(Debug)]
pub struct Newcomer {
    /// Metric, team and job.
    pub names: Names,
    /// The same for every series of one histogram or summary; none for what has no such name.
    pub together: Option<Identity>,
}

impl Newcomer {
    /// Reads it. None for what cannot be read, which is for the destination to judge.
    pub fn read(series: &Series<'_>, rule: &Rule) -> Option<Self> {
        let (mut names, mut sum) = (Names::default(), Sum::EMPTY);
        let read = series.read(|label| {
            names.note(label, rule);
            let (name, value) = (label.name.text, label.value.text);
            // Buckets and quantiles are parts of one thing.
            if !matches!(name, "__name__" | "le" | "quantile") {
                sum = sum.with(identity::label(name, value));
            }
        });
        read.ok()?;
        names.settle(rule);
        let family = family(&names.metric);
        let together =
            (family.len() < names.metric.len()).then(|| sum.with(identity::label("__name__", family)).identity());
        Some(Self { names, together })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_histogram_have_one_name() {
        for (metric, is) in
            [("a_bucket", "a"), ("a_sum", "a"), ("a_count", "a"), ("a_total", "a_total"), ("_sum", "_sum"), ("", "")]
        {
            assert_eq!(family(metric), is, "{metric}");
        }
    }
}
