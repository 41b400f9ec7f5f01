//! The meter under test as a process: started, asked, killed, started again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::lease::Lease;
use crate::protocol::Part;
use crate::{http, ports, programs};

const NAME: &str = "flagstaff-meter";
const START: Duration = Duration::from_secs(60);

/// Puts budgets where a meter reads them, whole or not at all.
pub fn put_budgets(file: &Path, text: &str) -> Result<()> {
    let beside = file.with_extension("new");
    std::fs::write(&beside, text).with_context(|| format!("write {}", beside.display()))?;
    std::fs::rename(&beside, file).with_context(|| format!("put {} in its place", file.display()))
}

/// A running meter. Dropping the lease that it is in ends it.
pub struct Meter {
    lease: Arc<Lease>,
    name: String,
    url: String,
}

impl Meter {
    /// One in a lease of its own; arguments as its `--help` says.
    pub async fn start(args: &[&str]) -> Result<Self> {
        Self::start_in(&Lease::new()?, NAME, args).await
    }

    /// One beside others; `name` is its own within the lease. `{folder}` in an argument is the lease's folder.
    pub async fn start_in(lease: &Arc<Lease>, name: &str, args: &[&str]) -> Result<Self> {
        let address = format!("127.0.0.1:{}", ports::free()?);
        let folder = lease.folder().display().to_string();
        let args = args.iter().map(|arg| arg.replace("{folder}", &folder));
        lease.start(Part::new(name, programs::ours(NAME)?).flag("listen", &address).args(args))?;
        let meter = Self { lease: lease.clone(), name: name.to_owned(), url: format!("http://{address}") };
        meter.ready().await?;
        Ok(meter)
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where senders write to.
    pub fn write_url(&self) -> String {
        format!("{}/api/v1/write", self.url)
    }

    /// Its process.
    pub fn pid(&self) -> Option<i32> {
        self.lease.pid_of(&self.name)
    }

    /// The folder of its lease.
    pub fn folder(&self) -> PathBuf {
        self.lease.folder().to_owned()
    }

    /// What it has logged.
    pub fn log(&self) -> Result<String> {
        std::fs::read_to_string(self.lease.log(&self.name)).context("read the meter's log")
    }

    /// `kill -9`.
    pub fn kill(&self) -> Result<()> {
        self.lease.kill(&self.name)
    }

    /// SIGTERM, as a rollout does.
    pub fn stop(&self) -> Result<()> {
        self.lease.stop(&self.name, Duration::from_secs(30))
    }

    /// Starts it again as it was.
    pub async fn start_again(&self) -> Result<()> {
        self.lease.start_again(&self.name)?;
        self.ready().await
    }

    /// Ends it as a rollout does and starts it again: what it knew is known.
    pub async fn restart(&self) -> Result<()> {
        self.stop()?;
        self.start_again().await
    }

    /// Waits until it answers.
    pub async fn ready(&self) -> Result<()> {
        self.lease.ready(&self.name, START, async || self.text("/readyz").await.map(drop)).await
    }

    /// The text of one of its paths.
    pub async fn text(&self, path: &str) -> Result<String> {
        let url = format!("{}{path}", self.url);
        let answer = http::client()?.get(&url).send().await.with_context(|| format!("ask {url}"))?;
        let (status, text) = (answer.status(), answer.text().await.context("read the meter's answer")?);
        ensure!(status.is_success(), "{url}: {status}: {text}");
        Ok(text)
    }

    /// The JSON of one of its paths.
    pub async fn json(&self, path: &str) -> Result<Value> {
        let text = self.text(path).await?;
        serde_json::from_str(&text).with_context(|| format!("{path} said no JSON: {text}"))
    }

    /// What `/api/v1/summary` says.
    pub async fn summary(&self) -> Result<Value> {
        self.json("/api/v1/summary").await
    }

    /// The answer to a request of a sender.
    pub async fn write(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Result<reqwest::Response> {
        let mut request = http::client()?.post(format!("{}{path}", self.url)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.context("write to the meter")
    }

    /// A number of its metrics; the line begins with `line`.
    pub async fn metric(&self, line: &str) -> Result<f64> {
        let text = self.text("/metrics").await?;
        let found = text.lines().find_map(|one| one.strip_prefix(line));
        let found = found.with_context(|| format!("no metric {line} in\n{text}"))?;
        found.trim().parse().with_context(|| format!("{line}{found}"))
    }

    /// Memory that it takes, in bytes.
    pub fn memory(&self) -> Result<u64> {
        let pid = self.pid().context("it does not run")?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("read its status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse::<u64>()? * 1024)
    }
}
