//! The operator under test as a process outside the cluster, to be killed, hung and started again.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::lease::Lease;
use crate::protocol::Part;
use crate::{ports, programs};

const NAME: &str = "flagstaff-operator";

/// A running operator. Dropping it kills it.
pub struct Operator {
    lease: Arc<Lease>,
    url: String,
}

impl Operator {
    /// Against the cluster of this kubeconfig; further arguments and environment as the operator's `--help` says.
    pub async fn start(kubeconfig: &Path, args: &[&str], env: &[(&str, &str)]) -> Result<Self> {
        let lease = Lease::new()?;
        let address = format!("127.0.0.1:{}", ports::free()?);
        let mut part = Part::new(NAME, programs::ours(NAME)?)
            .flag("kubeconfig", kubeconfig.display())
            .flag("listen", &address)
            .args(args.iter().copied());
        for (name, value) in env {
            part = part.env(*name, *value);
        }
        lease.start(part)?;
        let this = Self { lease, url: format!("http://{address}") };
        this.healthy().await?;
        Ok(this)
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its process.
    pub fn pid(&self) -> Option<i32> {
        self.lease.pid_of(NAME)
    }

    /// What it has logged.
    pub fn log(&self) -> Result<String> {
        std::fs::read_to_string(self.lease.log(NAME)).context("read the operator's log")
    }

    /// How it has ended, if it has.
    pub fn exited(&self) -> Option<String> {
        self.lease.exited(NAME)
    }

    /// `kill -9`.
    pub fn kill(&self) -> Result<()> {
        self.lease.kill(NAME)
    }

    /// SIGTERM, as a rollout does, with 30 s to end.
    pub fn stop(&self) -> Result<()> {
        self.lease.stop(NAME, Duration::from_secs(30))
    }

    /// Makes it hang.
    pub fn pause(&self) -> Result<()> {
        self.lease.signal(NAME, "SIGSTOP")
    }

    /// Lets it go on.
    pub fn resume(&self) -> Result<()> {
        self.lease.signal(NAME, "SIGCONT")
    }

    /// Starts it again as it was.
    pub async fn start_again(&self) -> Result<()> {
        self.lease.start_again(NAME)?;
        self.healthy().await
    }

    /// The answer of one of its paths: status and text.
    pub async fn get(&self, path: &str) -> Result<(u16, String)> {
        let answer = crate::http::client()?
            .get(format!("{}{path}", self.url))
            .send()
            .await
            .with_context(|| format!("ask the operator for {path}"))?;
        let status = answer.status().as_u16();
        Ok((status, answer.text().await.context("read the operator's answer")?))
    }

    /// Its metrics.
    pub async fn metrics(&self) -> Result<String> {
        Ok(self.get("/metrics").await?.1)
    }

    async fn healthy(&self) -> Result<()> {
        self.lease
            .ready(NAME, Duration::from_secs(120), async || match self.get("/healthz").await? {
                (200, _) => Ok(()),
                (status, text) => bail!("/healthz says {status}: {text}"),
            })
            .await
    }
}
