//! A load of made-up series for a receiver of remote write: so many of twelve labels, the same ones in each round.

pub mod message;

use message::{Label, Sample, TimeSeries, WriteRequest};

/// Teams by their share of the load; one that stands here more often has more.
const TEAMS: [&str; 8] = ["shop", "shop", "shop", "search", "search", "payments", "payments", "batch"];
/// Its metrics, each as often as the others.
pub const METRICS: [&str; 8] = [
    "http_request_duration_seconds_bucket",
    "http_requests_total",
    "grpc_server_handled_total",
    "db_client_calls_total",
    "db_client_call_seconds_bucket",
    "queue_messages_total",
    "cache_requests_total",
    "jobs_processed_total",
];
const CODES: [&str; 5] = ["200", "201", "400", "404", "500"];
const METHODS: [&str; 2] = ["GET", "POST"];
const PATHS: [&str; 5] = ["/", "/items", "/items/{id}", "/basket", "/search"];
/// In the order of the protocol.
const LABELS: [&str; 12] = [
    "__name__",
    "cluster",
    "code",
    "container",
    "generator",
    "instance",
    "job",
    "method",
    "namespace",
    "path",
    "pod",
    "region",
];

/// Which cluster the series are said to be of, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// The label `cluster`.
    pub cluster: String,
    /// The label `region`.
    pub region: String,
    /// Series of a round.
    pub series: usize,
}

/// Makes the requests of one round, one after the other, in the same memory.
pub struct Load {
    shape: Shape,
    request: WriteRequest,
    next: usize,
}

impl Load {
    /// At the beginning of a round; a request has at most `at_once` series.
    pub fn new(shape: Shape, at_once: usize) -> Self {
        let label = |name: &&str| Label { name: (*name).to_owned(), value: String::new() };
        let series = || TimeSeries { labels: LABELS.iter().map(label).collect(), samples: vec![Sample::default()] };
        let request = WriteRequest { timeseries: (0..at_once.min(shape.series)).map(|_| series()).collect() };
        Self { shape, request, next: 0 }
    }

    /// Requests of a round.
    pub fn requests(&self) -> usize {
        self.shape.series.div_ceil(self.request.timeseries.len().max(1))
    }

    /// The next request; after the last of a round comes the first.
    pub fn next(&mut self, milliseconds: i64) -> &WriteRequest {
        for series in &mut self.request.timeseries {
            fill(series, &self.shape, self.next, milliseconds);
            self.next = (self.next + 1) % self.shape.series;
        }
        &self.request
    }
}

/// Writes series number `number` into the place of another: eight teams, then metrics, codes, methods and paths, and a pod more when they are all used.
fn fill(series: &mut TimeSeries, shape: &Shape, number: usize, milliseconds: i64) {
    let mut rest = number;
    let mut take = |count: usize| {
        let one = rest % count;
        rest /= count;
        one
    };
    let (place, metric, code, method, path) =
        (take(TEAMS.len()), take(METRICS.len()), take(CODES.len()), take(METHODS.len()), take(PATHS.len()));
    let team = TEAMS[place];
    let pod = format!("{team}-{place}-{rest}");
    let values = [
        METRICS[metric],
        &shape.cluster,
        CODES[code],
        "app",
        "flagstaff-demo",
        &pod,
        team,
        METHODS[method],
        team,
        PATHS[path],
        &pod,
        &shape.region,
    ];
    for (label, value) in series.labels.iter_mut().zip(values) {
        label.value.clear();
        label.value.push_str(value);
    }
    let grown = (milliseconds / 1000 - 1_767_225_600) as f64 * (1.0 + number as f64 % 7.0);
    series.samples[0] = Sample { value: grown, timestamp: milliseconds };
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn shape(series: usize) -> Shape {
        Shape { cluster: "a".into(), region: "r".into(), series }
    }

    #[test]
    fn a_round_has_each_series_once_and_the_next_round_has_the_same() {
        let mut load = Load::new(shape(10_000), 2000);
        let mut round = || -> Vec<String> {
            let mut seen = vec![];
            for _ in 0..load.requests() {
                seen.extend(load.next(1_800_000_000_000).timeseries.iter().map(|one| format!("{:?}", one.labels)));
            }
            seen
        };
        let (first, second) = (round(), round());
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), 10_000);
        assert_eq!(first, second);
    }

    #[test]
    fn labels_are_sorted() {
        let mut load = Load::new(shape(10), 2000);
        assert!(load.next(0).timeseries.iter().all(|one| one.labels.is_sorted_by(|a, b| a.name < b.name)));
    }
}
