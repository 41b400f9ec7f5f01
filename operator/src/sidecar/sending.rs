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
    /// Takes in one sample; one that says something else is passed over.
    pub(super) fn take(&mut self, name: &str, value: f64) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_summed_and_the_slowest_counts() {
        let mut sending = Sending::default();
        for (name, value) in [
            ("prometheus_remote_storage_samples_total", 100.0),
            ("prometheus_remote_storage_samples_total", 100.0),
            ("prometheus_remote_write_wal_storage_active_series", 40.0),
            ("prometheus_remote_write_wal_storage_active_series", 41.0),
            ("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", 1.76e9),
            ("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", 1.75e9),
            ("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", 0.0),
        ] {
            sending.take(name, value);
        }
        assert_eq!(sending.samples_total, Some(200.0));
        assert_eq!(sending.series, Some(41.0));
        assert_eq!(sending.last_sample_seconds, Some(1.75e9));
        assert_eq!(sending.failed_samples_total, None, "what is not said is not known");
    }
}
