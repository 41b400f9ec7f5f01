//! The programs that are measured: the meter in both modes, vmagent, and Prometheus' agent.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::lease::Lease;
use flagstaff_tests::load::METRICS;
use flagstaff_tests::protocol::Part;
use flagstaff_tests::sink::Sink;
use flagstaff_tests::{http, ports, programs};
use serde_json::{Value, json};

use crate::process::Usage;

const NAME: &str = "receiver";

/// Which program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The meter, counting a copy.
    Tap,
    /// The same, with the labels of every metric looked at.
    Labels,
    /// The meter, counting and passing on.
    Inline,
    /// VictoriaMetrics' agent.
    Vmagent,
    /// Prometheus as an agent.
    Agent,
}

impl Kind {
    /// In turn.
    pub const ALL: [Self; 5] = [Self::Tap, Self::Labels, Self::Inline, Self::Vmagent, Self::Agent];

    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tap => "meter, tap",
            Self::Labels => "meter, tap, labels too",
            Self::Inline => "meter, inline",
            Self::Vmagent => "vmagent",
            Self::Agent => "prometheus --agent",
        }
    }
}

/// One of them as a process. Dropping it ends it.
pub struct Receiver {
    /// Where to write to.
    pub write_url: String,
    kind: Kind,
    base: String,
    lease: Arc<Lease>,
}

impl Receiver {
    /// A new one that passes on to `sink`, where it does.
    pub async fn start(kind: Kind, sink: &Sink) -> Result<Self> {
        let lease = Lease::new()?;
        let address = format!("127.0.0.1:{}", ports::free()?);
        lease.start(part(kind, sink, &lease, &address)?)?;
        let base = format!("http://{address}");
        let ready = match kind {
            Kind::Tap | Kind::Labels | Kind::Inline => format!("{base}/readyz"),
            Kind::Vmagent => format!("{base}/health"),
            Kind::Agent => format!("{base}/-/ready"),
        };
        lease
            .ready(NAME, Duration::from_secs(60), async || {
                http::client()?.get(&ready).send().await?.error_for_status()?;
                Ok(())
            })
            .await?;
        Ok(Self { write_url: format!("{base}/api/v1/write"), kind, base, lease })
    }

    /// What it uses.
    pub fn usage(&self) -> Result<Usage> {
        Usage::of(self.lease.pid_of(NAME).context("it has ended")?)
    }

    /// Has the labels of every metric looked at from now on.
    pub async fn look_at_labels(&self) -> Result<()> {
        for metric in METRICS {
            let url = format!("{}/api/v1/metrics/{metric}", self.base);
            http::client()?.get(&url).send().await?.error_for_status().context("ask for labels")?;
        }
        Ok(())
    }

    /// A meter has counted every series; of the others only their work is measured.
    pub async fn check(&self, series: usize) -> Result<()> {
        if matches!(self.kind, Kind::Vmagent | Kind::Agent) {
            return Ok(());
        }
        let summary: Value = http::client()?.get(format!("{}/api/v1/summary", self.base)).send().await?.json().await?;
        let counted = &summary["series"];
        ensure!(counted["value"] == series && counted["exact"] == true, "{series} were sent: {counted}");
        Ok(())
    }
}

fn part(kind: Kind, sink: &Sink, lease: &Lease, address: &str) -> Result<Part> {
    let data = lease.folder().join("data");
    let meter = |mode: &str, labelled: usize| {
        let part = Part::new(NAME, programs::ours("flagstaff-meter")?);
        anyhow::Ok(part.flag("listen", address).flag("mode", mode).flag("labelled-metrics", labelled))
    };
    Ok(match kind {
        Kind::Tap => meter("tap", 0)?,
        Kind::Labels => meter("tap", METRICS.len())?,
        Kind::Inline => meter("inline", 0)?.flag("destination", format!("sink={}", sink.url())),
        Kind::Vmagent => Part::new(NAME, programs::installed("vmagent", "victoria-metrics")?).args([
            format!("-httpListenAddr={address}"),
            format!("-remoteWrite.url={}", sink.url()),
            format!("-remoteWrite.tmpDataPath={}", data.display()),
        ]),
        Kind::Agent => {
            let file = lease.folder().join("agent.yaml");
            let config = json!({"remote_write": [{"url": sink.url()}]});
            std::fs::write(&file, config.to_string()).context("write the agent's configuration")?;
            Part::new(NAME, programs::built("prometheus", "prometheus")?)
                .arg("--agent")
                .arg("--web.enable-remote-write-receiver")
                .flag("config.file", file.display())
                .flag("storage.agent.path", data.display())
                .flag("web.listen-address", address)
        }
    })
}
