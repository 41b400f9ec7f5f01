//! Talks to the agent in the same pod: is it there, does it take the configuration, when did it start.

use std::error::Error as _;
use std::time::Duration;

use reqwest::{Client, Response, Url, redirect};

use super::SidecarError;
use super::load::Load;
use super::sending::Sending;
use super::status::shortened;
use crate::answer::innermost;

/// How long the agent may take to take over a configuration.
const RELOAD: Duration = Duration::from_secs(60);
/// How long it may take to answer anything else.
const ANSWER: Duration = Duration::from_secs(5);
/// How much of a refusal is read.
const REFUSAL_BYTES: usize = 64 << 10;
/// How much of the metrics is read.
const METRICS_BYTES: usize = 32 << 20;

/// Labels of the copy that agents send to the meter: what becomes of it says nothing of what they send.
const COPY: &str = "remote_name=\"flagstaff-meter-copy\"";
/// A longer line of the metrics is cut.
const LONGEST_LINE: usize = 4 << 10;

/// Whether the agent is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// It runs some configuration.
    Ready,
    /// It answers, and has not loaded its configuration yet.
    Starting,
    /// Nothing listens: it is not started yet, or it ended.
    Absent,
    /// It does not answer, for this reason.
    Silent(String),
}

/// What the agent made of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reload {
    /// Took it over.
    Accepted,
    /// Refused it, with these words.
    Refused(String),
    /// No answer came, for this reason.
    Lost(String),
}

/// Metrics of the agent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gauges {
    /// When its process started, in seconds since 1970.
    pub started_at: Option<f64>,
    /// Whether it could read the last configuration. Alloy 1.11 sets it before components are built: 1 proves nothing.
    pub last_load_successful: Option<bool>,
    /// What it sends by remote write, over all destinations.
    pub sending: Sending,
    /// What it uses.
    pub load: Load,
}

/// The agent.
#[derive(Debug, Clone)]
pub struct Alloy {
    http: Client,
    base: Url,
}

impl Alloy {
    /// An agent at this address, such as `http://127.0.0.1:12345`.
    pub fn new(url: &str) -> Result<Self, SidecarError> {
        let refused = |sentence: String| SidecarError::Address { url: url.to_owned(), sentence };
        let base = Url::parse(url).map_err(|error| refused(error.to_string()))?;
        if base.scheme() != "http" || base.host().is_none() {
            return Err(refused("it has to begin with http:// and name a host".to_owned()));
        }
        let http = Client::builder()
            // It is in the same pod: no proxy, no certificates of the system, no connection kept over its restarts.
            .no_proxy()
            .tls_certs_only(std::iter::empty())
            .pool_max_idle_per_host(0)
            .redirect(redirect::Policy::none())
            .connect_timeout(Duration::from_secs(2))
            .build()
            .map_err(|error| refused(error.to_string()))?;
        Ok(Self { http, base })
    }

    /// Its address.
    pub fn address(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Whether it is there.
    pub async fn presence(&self) -> Presence {
        match self.http.get(self.at("-/ready")).timeout(ANSWER).send().await {
            Ok(answer) if answer.status().is_success() => Presence::Ready,
            Ok(answer) if answer.status().as_u16() == 503 => Presence::Starting,
            Ok(answer) => Presence::Silent(format!("it answers {}", answer.status())),
            Err(error) if refused_connection(&error) => Presence::Absent,
            Err(error) => Presence::Silent(reason(&error)),
        }
    }

    /// Asks it to take over the configuration in its file.
    pub async fn reload(&self) -> Reload {
        let mut answer = match self.http.post(self.at("-/reload")).timeout(RELOAD).send().await {
            Ok(answer) => answer,
            Err(error) => return Reload::Lost(reason(&error)),
        };
        let status = answer.status();
        if status.is_success() {
            return Reload::Accepted;
        }
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            body.extend_from_slice(&chunk[..chunk.len().min(REFUSAL_BYTES - body.len())]);
            if body.len() == REFUSAL_BYTES {
                break;
            }
        }
        let words = String::from_utf8_lossy(&body);
        match words.trim() {
            "" => Reload::Refused(format!("The agent answered {status} without a word.")),
            words => Reload::Refused(shortened(words)),
        }
    }

    /// Its metrics; none where they cannot be read.
    pub async fn gauges(&self) -> Option<Gauges> {
        let answer = self.http.get(self.at("metrics")).timeout(ANSWER).send().await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        Some(scan(answer).await)
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        url
    }
}

/// Reads line by line and keeps no more than the line under way.
async fn scan(mut answer: Response) -> Gauges {
    let (mut gauges, mut line, mut read) = (Gauges::default(), Vec::new(), 0);
    while let Ok(Some(chunk)) = answer.chunk().await {
        read += chunk.len();
        for byte in chunk {
            match byte {
                b'\n' => {
                    gauges.take(&line);
                    line.clear();
                }
                // No line that counts is this long: the longest has the URL of a destination as a label.
                _ if line.len() < LONGEST_LINE => line.push(byte),
                _ => {}
            }
        }
        if read > METRICS_BYTES {
            break;
        }
    }
    gauges.take(&line);
    gauges
}

impl Gauges {
    /// Takes in one line of the text format of Prometheus; comments and what is no sample are passed over.
    fn take(&mut self, line: &[u8]) {
        let Some((name, labels, value)) = std::str::from_utf8(line).ok().and_then(sample) else { return };
        match name {
            "process_start_time_seconds" => self.started_at = Some(value),
            "alloy_config_last_load_successful" => self.last_load_successful = Some(value != 0.0),
            _ => {
                if !labels.contains(COPY) {
                    self.sending.take(name, value);
                }
                self.load.take(name, labels, value);
            }
        }
    }
}

/// Name, labels and value of a sample without a time of its own; labels may hold spaces, the value not.
fn sample(line: &str) -> Option<(&str, &str, f64)> {
    let (left, value) = line.trim_end().rsplit_once(' ')?;
    let (name, labels) = left.split_once('{').unwrap_or((left, ""));
    Some((name.trim_end(), labels.trim_end().trim_end_matches('}'), value.parse().ok()?))
}

fn refused_connection(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>()
            && io.kind() == std::io::ErrorKind::ConnectionRefused
        {
            return true;
        }
        cause = inner.source();
    }
    false
}

/// Why no answer came.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() { "no answer came in time".to_owned() } else { innermost(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_none_is_refused() {
        for url in ["", "127.0.0.1:12345", "https://127.0.0.1:1", "unix:///x"] {
            assert_eq!(Alloy::new(url).expect_err("refused").code(), "operator.sidecar_address", "{url}");
        }
        let alloy = Alloy::new("http://127.0.0.1:12345/agent/").expect("an address");
        assert_eq!(alloy.at("-/reload").as_str(), "http://127.0.0.1:12345/agent/-/reload");
    }

    #[test]
    fn what_counts_is_found_among_other_lines() {
        let mut gauges = Gauges::default();
        for line in [
            "# TYPE process_start_time_seconds gauge",
            "process_start_time_seconds 1.76e+09",
            "process_start_time_seconds_more 1",
            "alloy_config_last_load_successful 0",
            "alloy_config_last_load_success_timestamp_seconds 5",
            "prometheus_remote_storage_samples_total{remote_name=\"x y\",url=\"http://a\"} 1e2",
            "prometheus_remote_storage_samples_total{url=\"http://b\"} 100",
            "process_resident_memory_bytes 1.5e+08",
        ] {
            gauges.take(line.as_bytes());
        }
        assert_eq!((gauges.started_at, gauges.last_load_successful), (Some(1.76e9), Some(false)));
        assert_eq!(gauges.sending.samples_total, Some(200.0));
        assert_eq!(gauges.load.memory_bytes, Some(1.5e8));
    }

    #[tokio::test]
    async fn nobody_there_is_absent() {
        let alloy = Alloy::new("http://127.0.0.1:1").expect("an address");
        assert_eq!(alloy.presence().await, Presence::Absent);
        assert!(matches!(alloy.reload().await, Reload::Lost(_)));
        assert_eq!(alloy.gauges().await, None);
    }
}
