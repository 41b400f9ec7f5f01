//! What the generator says of a simulated cluster: the names that a real one has, with made-up values that move as real ones do.

use std::f64::consts::TAU;

use flagstaff_tests::load::message::{Label, Sample, TimeSeries};

use super::Simulated;

/// A series and how its value goes.
pub struct Series {
    labels: Vec<Label>,
    course: Course,
}

/// How a value goes with time.
#[derive(Clone, Copy)]
enum Course {
    /// It does not change.
    Constant(f64),
    /// It swings around a middle, a fifth up and down within the quarter of an hour.
    Swing { middle: f64, phase: f64 },
    /// It grows by so much a second.
    Count { per_second: f64 },
}

impl Series {
    /// Its sample at this time.
    pub fn at(&self, milliseconds: i64) -> TimeSeries {
        let seconds = milliseconds as f64 / 1000.0;
        let value = match self.course {
            Course::Constant(value) => value,
            Course::Swing { middle, phase } => middle * (1.0 + 0.2 * (TAU * (seconds / 900.0 + phase)).sin()),
            // From a day of this year on, so that it grows over restarts too.
            Course::Count { per_second } => (seconds - 1_767_225_600.0) * per_second,
        };
        TimeSeries { labels: self.labels.clone(), samples: vec![Sample { value, timestamp: milliseconds }] }
    }
}

/// Every series of a cluster.
pub fn of(cluster: &Simulated) -> Vec<Series> {
    let mut maker = Maker { cluster, series: vec![], drawn: seed(&cluster.name) };
    (0..cluster.nodes).for_each(|number| maker.node(number));
    (0..cluster.pods).for_each(|number| maker.pod(number));
    maker.series
}

struct Maker<'a> {
    cluster: &'a Simulated,
    series: Vec<Series>,
    drawn: u64,
}

impl Maker<'_> {
    fn node(&mut self, number: usize) {
        let name = format!("fake-{number}");
        for job in ["node-exporter", "kubelet", "cadvisor"] {
            self.add("up", &[("job", job), ("instance", &name)], Course::Constant(1.0));
        }
        let of: [(&str, &str); 2] = [("job", "node-exporter"), ("instance", &name)];
        let gibibyte = f64::from(1 << 30);
        self.add("node_memory_MemTotal_bytes", &of, Course::Constant(32.0 * gibibyte));
        let free = self.swing(12.0 * gibibyte);
        self.add("node_memory_MemAvailable_bytes", &of, free);
        let load = self.swing(1.8);
        self.add("node_load1", &of, load);
        for cpu in 0..8 {
            let cpu = cpu.to_string();
            for (mode, share) in [("idle", 0.7), ("user", 0.2), ("system", 0.07), ("iowait", 0.03)] {
                let labels = [of[0], of[1], ("cpu", &cpu), ("mode", mode)];
                self.add("node_cpu_seconds_total", &labels, Course::Count { per_second: share });
            }
        }
    }

    fn pod(&mut self, number: usize) {
        const TEAMS: [&str; 5] = ["shop", "search", "payments", "batch", "mail"];
        let namespace = TEAMS[number % TEAMS.len()];
        let name = format!("{namespace}-{number}");
        let node = format!("fake-{}", number % self.cluster.nodes.max(1));
        let of = [("namespace", namespace), ("pod", name.as_str()), ("container", "app")];
        let cadvisor = [("job", "cadvisor"), ("instance", node.as_str()), of[0], of[1], of[2]];
        let (memory, cpu) = (self.swing(2e8), self.draw() * 0.4);
        self.add("container_memory_working_set_bytes", &cadvisor, memory);
        self.add("container_cpu_usage_seconds_total", &cadvisor, Course::Count { per_second: cpu });
        for phase in ["Pending", "Running", "Succeeded", "Failed", "Unknown"] {
            let labels = [("job", "kube-state-metrics"), of[0], of[1], ("phase", phase)];
            self.add("kube_pod_status_phase", &labels, Course::Constant(f64::from(u8::from(phase == "Running"))));
        }
        let job = [("job", namespace), of[0], of[1]];
        self.add("up", &job, Course::Constant(1.0));
        for method in ["GET", "POST"] {
            for code in ["200", "404", "500"] {
                for path in ["/", "/items", "/items/{id}", "/basket"] {
                    let per_second = self.draw() * if code == "200" { 20.0 } else { 0.2 };
                    let labels = [job[0], job[1], job[2], ("method", method), ("code", code), ("path", path)];
                    self.add("http_requests_total", &labels, Course::Count { per_second });
                }
            }
        }
    }

    fn swing(&mut self, middle: f64) -> Course {
        Course::Swing { middle: middle * (0.5 + self.draw()), phase: self.draw() }
    }

    /// The next of a fixed row of numbers in 0..1: the same cluster has the same values each time (SplitMix64, Steele et al. 2014).
    fn draw(&mut self) -> f64 {
        self.drawn = self.drawn.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.drawn;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn add(&mut self, metric: &str, labels: &[(&str, &str)], course: Course) {
        let cluster = self.cluster;
        let own = [
            ("__name__", metric),
            ("cluster", cluster.name.as_str()),
            ("region", cluster.region.as_str()),
            // Nobody is to take these for measured.
            ("generator", "flagstaff-demo"),
        ];
        let all = own.iter().chain(labels).map(|(name, value)| Label { name: (*name).into(), value: (*value).into() });
        let mut labels: Vec<Label> = all.collect();
        labels.sort_by(|one, two| one.name.cmp(&two.name));
        self.series.push(Series { labels, course });
    }
}

fn seed(name: &str) -> u64 {
    name.bytes().fold(17, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn cluster() -> Simulated {
        Simulated { name: "a".into(), region: "r".into(), nodes: 3, pods: 20, ..Simulated::default() }
    }

    #[test]
    fn no_series_is_there_twice_and_labels_are_sorted() {
        let series = of(&cluster());
        let distinct: HashSet<String> = series.iter().map(|one| format!("{:?}", one.labels)).collect();
        assert_eq!(distinct.len(), series.len());
        assert!(series.iter().all(|one| one.labels.is_sorted_by(|a, b| a.name < b.name)));
    }

    #[test]
    fn counters_grow_and_the_same_time_gives_the_same_values() {
        let (series, again) = (of(&cluster()), of(&cluster()));
        let now = 1_800_000_000_000;
        for (one, two) in series.iter().zip(&again) {
            let (before, after) = (one.at(now).samples[0].value, one.at(now + 15_000).samples[0].value);
            assert_eq!(before, two.at(now).samples[0].value);
            assert!(!matches!(one.course, Course::Count { .. }) || after >= before);
        }
    }
}
