//! A real Prometheus: takes remote write, evaluates rule files, sends alerts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Alertmanager, Endpoint, Site, get, get_data, now, write};
use crate::programs;
use crate::protocol::Part;

/// What a Prometheus does besides taking remote write.
#[derive(Clone)]
pub struct PrometheusOptions {
    /// The process's name within its site: two need two.
    pub name: String,
    /// The port on a node; on loopback a free one is taken.
    pub port: u16,
    /// How often rules are evaluated, and targets scraped.
    pub interval: Duration,
    /// Scrape configurations, in its own format.
    pub scrape: Vec<Value>,
    /// Where it sends what it scrapes, in its own format.
    pub remote_write: Vec<Value>,
    /// More arguments.
    pub args: Vec<String>,
}

impl Default for PrometheusOptions {
    fn default() -> Self {
        Self {
            name: "prometheus".into(),
            port: 9090,
            interval: Duration::from_secs(1),
            scrape: Vec::new(),
            remote_write: Vec::new(),
            args: Vec::new(),
        }
    }
}

/// A running Prometheus.
pub struct Prometheus {
    site: Site,
    name: String,
    endpoint: Endpoint,
    rules: PathBuf,
}

/// One series with one value.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Its labels, `__name__` too.
    pub labels: BTreeMap<String, String>,
    /// Seconds since 1970.
    pub time_seconds: f64,
    /// Its value.
    pub value: f64,
}

impl Prometheus {
    /// With defaults and no alertmanager.
    pub async fn start(site: &Site) -> Result<Self> {
        Self::with(site, None, PrometheusOptions::default()).await
    }

    /// As the options say.
    pub async fn with(site: &Site, alerts: Option<&Alertmanager>, options: PrometheusOptions) -> Result<Self> {
        let endpoint = site.endpoint(options.port)?;
        let folder = site.lease.folder().join(&options.name);
        let rules = folder.join("rules");
        std::fs::create_dir_all(&rules).with_context(|| format!("make {}", rules.display()))?;
        let interval = format!("{}ms", options.interval.as_millis());
        let targets: Vec<_> = alerts.map(|alerts| alerts.target()).into_iter().collect();
        let config = json!({
            "global": { "scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval },
            "rule_files": [rules.join("*.yaml")],
            "alerting": { "alertmanagers": [{ "static_configs": [{ "targets": targets }] }] },
            "scrape_configs": options.scrape,
            "remote_write": options.remote_write,
            "storage": { "tsdb": { "out_of_order_time_window": "30m" } },
        });
        let path = folder.join("prometheus.yaml");
        write(&path, &serde_json::to_string_pretty(&config).context("write the configuration")?)?;
        let part = Part::new(&options.name, programs::built("prometheus", "prometheus")?)
            .flag("config.file", path.display())
            .flag("storage.tsdb.path", folder.join("data").display())
            .flag("web.listen-address", &endpoint.listen)
            .arg("--web.enable-remote-write-receiver")
            .arg("--web.enable-lifecycle")
            .flag("log.level", "warn")
            .args(options.args);
        site.lease.start(part)?;
        site.ready(&options.name, &format!("{}/-/ready", endpoint.outside)).await?;
        Ok(Self { site: site.clone(), name: options.name, endpoint, rules })
    }

    /// Its URL for tests.
    pub fn url(&self) -> &str {
        &self.endpoint.outside
    }

    /// Its URL for pods of the node, and for what runs beside it.
    pub fn url_inside(&self) -> &str {
        &self.endpoint.inside
    }

    /// Where senders write to, seen from inside.
    pub fn remote_write_url(&self) -> String {
        format!("{}/api/v1/write", self.endpoint.inside)
    }

    /// The folder that its rule files (`*.yaml`) are in; `reload` after a change.
    pub fn rules_folder(&self) -> &Path {
        &self.rules
    }

    /// SIGKILL.
    pub fn kill(&self) -> Result<()> {
        self.site.lease.kill(&self.name)
    }

    /// Makes it hang: senders connect and get no answer.
    pub fn pause(&self) -> Result<()> {
        self.site.lease.signal(&self.name, "SIGSTOP")
    }

    /// Lets it go on.
    pub fn resume(&self) -> Result<()> {
        self.site.lease.signal(&self.name, "SIGCONT")
    }

    /// Starts it again with the data it had.
    pub async fn start_again(&self) -> Result<()> {
        self.site.lease.start_again(&self.name)?;
        self.site.ready(&self.name, &format!("{}/-/ready", self.url())).await
    }

    /// Writes a rule file (`<name>.yaml`) and loads it; a file that it refuses is an error and is removed.
    pub async fn load_rules(&self, name: &str, text: &str) -> Result<()> {
        let path = self.rules.join(format!("{name}.yaml"));
        write(&path, text)?;
        let loaded = self.reload().await;
        if loaded.is_err() {
            std::fs::remove_file(&path).with_context(|| format!("remove {}", path.display()))?;
        }
        loaded
    }

    /// Reads configuration and rules anew.
    pub async fn reload(&self) -> Result<()> {
        let url = format!("{}/-/reload", self.url());
        let answer = crate::http::client()?.post(&url).send().await.context("ask for a reload")?;
        if !answer.status().is_success() {
            bail!("Prometheus refused: {}", answer.text().await.unwrap_or_default().trim());
        }
        Ok(())
    }

    /// An instant query.
    pub async fn query(&self, query: &str) -> Result<Vec<Sample>> {
        let data = self.data("query", &[("query", query)]).await?;
        let all: Vec<One> = results(data)?;
        all.into_iter().map(|one| sample(&one.metric, &one.value)).collect()
    }

    /// The one value of an instant query; none or several are an error.
    pub async fn value(&self, query: &str) -> Result<f64> {
        match &self.query(query).await?[..] {
            [sample] => Ok(sample.value),
            samples => bail!("{query}: {} series instead of one: {samples:?}", samples.len()),
        }
    }

    /// A range query that ends now; the samples of each series in order.
    pub async fn query_range(&self, query: &str, back: Duration, step: Duration) -> Result<Vec<Vec<Sample>>> {
        let (end, step) = (now(), step.as_secs_f64().to_string());
        let (start, end) = ((end - back.as_secs_f64()).to_string(), end.to_string());
        let query = [("query", query), ("start", &start), ("end", &end), ("step", &step)];
        let all: Vec<Many> = results(self.data("query_range", &query).await?)?;
        all.into_iter().map(|many| many.values.iter().map(|value| sample(&many.metric, value)).collect()).collect()
    }

    /// Every sample of `back`, as it is stored: series by their labels, with times in seconds since 1970 and values.
    pub async fn stored(&self, selector: &str, back: Duration) -> Result<Vec<Vec<Sample>>> {
        let query = format!("{selector}[{}s]", back.as_secs());
        let all: Vec<Many> = results(self.data("query", &[("query", &query)]).await?)?;
        all.into_iter().map(|many| many.values.iter().map(|value| sample(&many.metric, value)).collect()).collect()
    }

    /// Rule groups as its API tells them.
    pub async fn rules(&self) -> Result<Vec<Value>> {
        list(self.data("rules", &[]).await?, "groups")
    }

    /// Active alerts.
    pub async fn alerts(&self) -> Result<Vec<Value>> {
        list(self.data("alerts", &[]).await?, "alerts")
    }

    /// Active scrape targets.
    pub async fn targets(&self) -> Result<Vec<Value>> {
        list(self.data("targets", &[("state", "active")]).await?, "activeTargets")
    }

    /// Its own metrics.
    pub async fn metrics(&self) -> Result<String> {
        get(&format!("{}/metrics", self.url()), &[]).await
    }

    async fn data(&self, what: &str, query: &[(&str, &str)]) -> Result<Value> {
        get_data(&format!("{}/api/v1/{what}", self.url()), query).await
    }
}

#[derive(Deserialize)]
struct One {
    metric: BTreeMap<String, String>,
    value: (f64, String),
}

#[derive(Deserialize)]
struct Many {
    metric: BTreeMap<String, String>,
    values: Vec<(f64, String)>,
}

fn results<T: serde::de::DeserializeOwned>(mut data: Value) -> Result<Vec<T>> {
    if data["resultType"] == "scalar" || data["resultType"] == "string" {
        bail!("a {} instead of series: use vector()", data["resultType"]);
    }
    serde_json::from_value(data["result"].take()).context("read the result of a query")
}

fn sample(labels: &BTreeMap<String, String>, (time, value): &(f64, String)) -> Result<Sample> {
    let value = value.parse().with_context(|| format!("a value that is no number: {value}"))?;
    Ok(Sample { labels: labels.clone(), time_seconds: *time, value })
}

fn list(mut data: Value, name: &str) -> Result<Vec<Value>> {
    match data[name].take() {
        Value::Array(list) => Ok(list),
        other => bail!("no list of {name}: {other}"),
    }
}
