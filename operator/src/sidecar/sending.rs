//! What an agent sends by remote write, read off its own metrics.

use serde::{Deserialize, Serialize};

/// Sums over an agent's destinations. What its metrics do not say is absent, never 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sending {
    /// Series in the agent's write-ahead log, of the destination that has most: each has all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<f64>,
    /// Samples handed to destinations since the agent started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples_total: Option<f64>,
    /// Samples that a destination refused for good since the agent started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_samples_total: Option<f64>,
    /// The newest time of a sample that a destination took, in seconds since 1970; of the destination that lags most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_sample_seconds: Option<f64>,
}

impl Sending {
    /// Takes in one line of the text format of Prometheus; lines that say something else are passed over.
    pub(super) fn take(&mut self, line: &[u8]) {
        let Some((name, value)) = std::str::from_utf8(line).ok().and_then(parse) else { return };
        let add = |sum: &mut Option<f64>| *sum = Some(sum.unwrap_or_default() + value);
        match name {
            "prometheus_remote_write_wal_storage_active_series" => {
                self.series = Some(self.series.unwrap_or_default().max(value));
            }
            "prometheus_remote_storage_samples_total" => add(&mut self.samples_total),
            "prometheus_remote_storage_samples_failed_total" => add(&mut self.failed_samples_total),
            "prometheus_remote_storage_queue_highest_sent_timestamp_seconds" if value > 0.0 => {
                self.last_sample_seconds = Some(self.last_sample_seconds.map_or(value, |last| last.min(value)));
            }
            _ => {}
        }
    }
}

/// Name and value of a sample without a time of its own; labels may hold spaces, the value not.
fn parse(line: &str) -> Option<(&str, f64)> {
    let (left, value) = line.trim_end().rsplit_once(' ')?;
    let name = left.split('{').next()?.trim_end();
    Some((name, value.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_summed_and_the_slowest_counts() {
        let mut sending = Sending::default();
        for line in [
            "# HELP prometheus_remote_storage_samples_total x",
            "prometheus_remote_storage_samples_total{component_id=\"prometheus.remote_write.a\",remote_name=\"x y\",url=\"http://a\"} 100",
            "prometheus_remote_storage_samples_total{component_id=\"prometheus.remote_write.b\",url=\"http://b\"} 1e2",
            "prometheus_remote_write_wal_storage_active_series{component_id=\"prometheus.remote_write.a\"} 40",
            "prometheus_remote_write_wal_storage_active_series{component_id=\"prometheus.remote_write.b\"} 41",
            "prometheus_remote_storage_queue_highest_sent_timestamp_seconds{url=\"http://a\"} 1.76e9",
            "prometheus_remote_storage_queue_highest_sent_timestamp_seconds{url=\"http://b\"} 1.75e9",
            "prometheus_remote_storage_queue_highest_sent_timestamp_seconds{url=\"http://c\"} 0",
        ] {
            sending.take(line.as_bytes());
        }
        assert_eq!(sending.samples_total, Some(200.0));
        assert_eq!(sending.series, Some(41.0));
        assert_eq!(sending.last_sample_seconds, Some(1.75e9));
        assert_eq!(sending.failed_samples_total, None, "what is not said is not known");
    }
}
