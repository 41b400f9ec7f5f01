//! What a cluster's meter reports, made by hand: the numbers of an hour that a test wants, sketches included. No meter stands behind it.

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flagstaff_sketch::{Distinct, Precision};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Cluster, Hub};

/// A report on its way.
#[derive(Clone)]
pub struct Counted {
    instance: String,
    hour: i64,
    revision: u64,
    closed: bool,
    scopes: Vec<(String, String, String, f64)>,
    labels: Vec<Value>,
    sketches: Vec<(String, String, Vec<u8>)>,
    left_out: usize,
    budgets: Vec<Value>,
}

/// The beginning of the clock hour that was so many hours ago, in seconds.
pub fn hour(ago: i64) -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    (i64::try_from(now).unwrap_or_default() / 3600 - ago) * 3600
}

/// A time as it is written in JSON.
pub fn written(seconds: i64) -> String {
    k8s_openapi::jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

impl Counted {
    /// Nothing yet, in the hour that begins then; of the meter `meter-a`, its first look.
    pub fn in_hour(hour: i64) -> Self {
        let (scopes, labels, sketches, budgets) = (vec![], vec![], vec![], vec![]);
        let instance = "meter-a".into();
        Self { instance, hour, revision: 1, closed: false, scopes, labels, sketches, left_out: 0, budgets }
    }

    /// Another look.
    #[must_use]
    pub fn revision(mut self, revision: u64) -> Self {
        self.revision = revision;
        self
    }

    /// Of another meter.
    #[must_use]
    pub fn instance(mut self, instance: &str) -> Self {
        self.instance = instance.into();
        self
    }

    /// After the hour.
    #[must_use]
    pub fn closed(mut self) -> Self {
        self.closed = true;
        self
    }

    /// With so many active series of a metric that a job sends for a team.
    #[must_use]
    pub fn scope(mut self, metric: &str, team: &str, job: &str, active: f64) -> Self {
        self.scopes.push((metric.into(), team.into(), job.into(), active));
        self
    }

    /// With a label: series that have it, those that would be left, and its values if they are few.
    #[must_use]
    pub fn label(mut self, metric: &str, label: &str, series: u64, without: u64, few: &[(&str, u64)]) -> Self {
        let values = if few.is_empty() { series } else { few.len() as u64 };
        let few: Vec<_> = few.iter().map(|(value, series)| json!({"value": value, "series": series})).collect();
        self.labels.push(json!({"metric": metric, "label": label, "series": series, "values": values,
            "series_without": without, "few": few}));
        self
    }

    /// With a sketch of these numbers, each of which stands for a series.
    #[must_use]
    pub fn sketch(mut self, of: &str, name: &str, numbers: std::ops::Range<u64>) -> Self {
        let mut sketch = Distinct::new(if of == "metric" { Precision::P14 } else { Precision::P16 });
        numbers.for_each(|number| sketch.insert(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        self.sketches.push((of.into(), name.into(), sketch.to_bytes()));
        self
    }

    /// With how it stands to a budget, as JSON of a `BudgetReport`.
    #[must_use]
    pub fn budget(mut self, report: Value) -> Self {
        self.budgets.push(report);
        self
    }

    /// With those sketches only that take so many bytes together in base64, the first ones first.
    #[must_use]
    pub fn within(mut self, bytes: usize) -> Self {
        let (all, mut room) = (self.sketches.len(), bytes);
        self.sketches.retain(|(_, _, sketch)| {
            let fits = sketch.len().div_ceil(3) * 4 <= room;
            room -= if fits { sketch.len().div_ceil(3) * 4 } else { 0 };
            fits
        });
        self.left_out = all - self.sketches.len();
        self
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        let count = |active: f64| {
            json!({"active": active, "hour": active * 1.25, "new": (active / 50.0).round() as u64,
            "samples_per_second": active / 60.0})
        };
        let scopes = self.scopes.iter().map(|(metric, team, job, active)| {
            let mut scope = count(*active);
            (scope["metric"], scope["team"], scope["job"]) = (json!(metric), json!(team), json!(job));
            scope
        });
        let total: f64 = self.scopes.iter().map(|scope| scope.3).sum();
        let sketches = self
            .sketches
            .iter()
            .map(|(of, name, bytes)| json!({"of": of, "name": name, "sketch": STANDARD.encode(bytes)}));
        let looked_at = if self.closed { self.hour + 3600 } else { self.hour + 1800 };
        let mut report = json!({"instance": self.instance, "hour": written(self.hour), "revision": self.revision, "closed": self.closed,
            "at": written(looked_at), "counted_seconds": looked_at - self.hour, "window_seconds": 300, "total": count(total),
            "scopes": scopes.collect::<Vec<_>>(), "labels": self.labels, "sketches": sketches.collect::<Vec<_>>(),
            "sketches_left_out": self.left_out});
        // A meter of before knows no budgets, and says nothing of them.
        if !self.budgets.is_empty() {
            report["budgets"] = json!(self.budgets);
        }
        report
    }
}

impl Cluster {
    /// Sends what its meter counted, packed by zstd.
    pub async fn counted(&self, hub: &Hub, counted: &Counted) -> Result<Answer> {
        let text = serde_json::to_vec(&counted.json()).context("write the report")?;
        let packed = zstd::bulk::compress(&text, 3).context("pack the report")?;
        self.counted_bytes(hub, packed, Some("zstd")).await
    }

    /// Sends these bytes where reports of meters go.
    pub async fn counted_bytes(&self, hub: &Hub, bytes: Vec<u8>, encoding: Option<&str>) -> Result<Answer> {
        let request = hub.request(Method::POST, "/agent/v1/series").bearer_auth(&self.credential).body(bytes);
        Answer::of(match encoding {
            Some(encoding) => request.header("content-encoding", encoding),
            None => request,
        })
        .await
    }

    /// Sends what its meter counted; whether the hub kept it.
    pub async fn is_kept(&self, hub: &Hub, counted: &Counted) -> Result<bool> {
        let answer = self.counted(hub, counted).await?.good()?;
        answer["kept"].as_bool().with_context(|| format!("nothing of kept in {answer}"))
    }
}
