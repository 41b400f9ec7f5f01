//! Which metrics are counters: by what senders say of them, and else by their names.

use std::collections::{HashMap, HashSet};

use flagstaff_remote_write::Kind;

use crate::enforce::family::family;

/// Types of so many metric families are remembered; past it all are forgotten, and told again within minutes.
const MOST: usize = 20_000;

/// What is known of metrics.
#[derive(Debug, Default)]
pub struct Counters {
    kinds: HashMap<Box<str>, Kind>,
    /// Families that have buckets: their sums and counts are counters too.
    histograms: HashSet<Box<str>>,
}

impl Counters {
    /// A sender said so. Whether that is new.
    pub fn learn(&mut self, metric: &str, kind: Kind) -> bool {
        if self.kinds.get(metric) == Some(&kind) {
            return false;
        }
        if self.kinds.len() >= MOST {
            self.kinds.clear();
        }
        self.kinds.insert(metric.into(), kind);
        true
    }

    /// There are buckets of this metric. Whether that is new.
    pub fn has_buckets(&mut self, metric: &str) -> bool {
        if self.histograms.contains(family(metric)) {
            return false;
        }
        if self.histograms.len() >= MOST {
            self.histograms.clear();
        }
        self.histograms.insert(family(metric).into());
        true
    }

    /// Why a series is no counter; none where it is one.
    pub fn why_not(&self, metric: &str, is_bucket: bool, is_quantile: bool) -> Option<&'static str> {
        const UNKNOWN: &str =
            "nothing says that it is a counter: its sender tells no type, and its name does not end in _total";
        if is_quantile {
            return Some("it is a quantile, and quantiles cannot be added up");
        }
        let base = family(metric);
        if base.len() < metric.len() && !metric.ends_with("_created") {
            let of_histogram = match self.kinds.get(base) {
                Some(Kind::Histogram) => true,
                Some(Kind::Summary) => !is_bucket,
                Some(_) => false,
                None => is_bucket || self.histograms.contains(base),
            };
            if of_histogram {
                return None;
            }
        }
        // OpenMetrics leaves `_total` out of a family's name.
        let kind = self.kinds.get(metric).or_else(|| self.kinds.get(metric.strip_suffix("_total")?));
        match kind {
            Some(Kind::Counter) => None,
            None if metric.ends_with("_total") => None,
            Some(Kind::Gauge) => Some("it is a gauge: what its sum means cannot be told"),
            Some(Kind::Histogram) => Some("it is a native histogram, which is not added up here"),
            Some(_) => Some("it is no counter"),
            None if metric.ends_with("_created") => Some("it is a time, and times cannot be added up"),
            None => Some(UNKNOWN),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_was_told_counts_more_than_a_name() {
        let mut counters = Counters::default();
        for (metric, kind) in [
            ("jobs_total", Kind::Gauge),
            ("requests", Kind::Counter),
            ("bytes_total", Kind::Counter),
            ("wait_seconds", Kind::Summary),
            ("size_bytes", Kind::Histogram),
            ("depth", Kind::GaugeHistogram),
        ] {
            assert!(counters.learn(metric, kind));
            assert!(!counters.learn(metric, kind));
        }
        assert!(counters.has_buckets("seen_bucket") && !counters.has_buckets("seen_bucket"));
        for (metric, is_bucket, is_quantile, is_counter) in [
            ("requests_total", false, false, true),
            ("requests", false, false, true),
            ("bytes_total", false, false, true),
            ("other_total", false, false, true),
            ("jobs_total", false, false, false),
            ("wait_seconds_sum", false, false, true),
            ("wait_seconds_count", false, false, true),
            ("wait_seconds", false, true, false),
            ("size_bytes_bucket", true, false, true),
            ("size_bytes_sum", false, false, true),
            ("size_bytes", false, false, false),
            ("size_bytes_created", false, false, false),
            ("depth_bucket", true, false, false),
            ("unheard_bucket", true, false, true),
            ("unheard_count", false, false, false),
            ("seen_count", false, false, true),
            ("open_files", false, false, false),
        ] {
            assert_eq!(counters.why_not(metric, is_bucket, is_quantile).is_none(), is_counter, "{metric}");
        }
    }
}
