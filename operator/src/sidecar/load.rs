//! What an agent takes of its caps, and how much each monitor gives it to hold, read off its own metrics.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// At most so many monitors are told; of more, those that come first by name.
const MONITORS: usize = 1000;
/// How scrape jobs of a Prometheus operator's objects begin.
const KINDS: [&str; 4] = ["serviceMonitor/", "podMonitor/", "probe/", "scrapeConfig/"];

/// What one agent uses. What its metrics do not say is absent, never 0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Load {
    /// Resident memory of the agent's process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<f64>,
    /// Processor time since the agent started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_seconds_total: Option<f64>,
    /// Bytes of metadata held of the targets of each monitor, such as `serviceMonitor/shop/checkout`: what the agent tells of a
    /// scrape job that grows with its targets and their metrics.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub monitors: BTreeMap<String, f64>,
}

impl Load {
    /// Takes in one sample: its name, its labels as they stand between the braces, its value.
    pub(super) fn take(&mut self, name: &str, labels: &str, value: f64) {
        match name {
            "process_resident_memory_bytes" => self.memory_bytes = Some(value),
            "process_cpu_seconds_total" => self.cpu_seconds_total = Some(value),
            "prometheus_target_metadata_cache_bytes" => {
                let Some(monitor) = label(labels, "scrape_job").and_then(monitor) else { return };
                if self.monitors.len() < MONITORS || self.monitors.contains_key(&monitor) {
                    *self.monitors.entry(monitor).or_default() += value;
                }
            }
            _ => {}
        }
    }
}

/// The monitor of a scrape job: kind, namespace and name; a monitor has a job for each of its endpoints.
fn monitor(job: &str) -> Option<String> {
    KINDS.iter().any(|kind| job.starts_with(kind)).then(|| job.split('/').take(3).collect::<Vec<_>>().join("/"))
}

/// The value of a label that needs no escapes.
fn label<'a>(labels: &'a str, name: &str) -> Option<&'a str> {
    let begin = labels.find(&format!("{name}=\""))? + name.len() + 2;
    labels[begin..].split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_jobs_of_a_monitor_are_added_and_other_jobs_are_nobodys() {
        let mut load = Load::default();
        load.take("process_resident_memory_bytes", "", 2e8);
        let bytes = "prometheus_target_metadata_cache_bytes";
        let job = |job: &str| format!("component_id=\"x\",component_path=\"/\",scrape_job=\"{job}\"");
        load.take(bytes, &job("serviceMonitor/shop/checkout/0"), 100.0);
        load.take(bytes, &job("serviceMonitor/shop/checkout/1"), 50.0);
        load.take(bytes, &job("probe/shop/front"), 7.0);
        load.take(bytes, &job("prometheus.scrape.apiserver"), 9000.0);
        assert_eq!(load.memory_bytes, Some(2e8));
        assert_eq!(load.cpu_seconds_total, None, "what is not said is not known");
        let monitors: Vec<_> = load.monitors.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        assert_eq!(monitors, [("probe/shop/front", 7.0), ("serviceMonitor/shop/checkout", 150.0)]);
    }
}
