//! etcd: for one control plane, or for many that share it by prefix.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::lease::Lease;
use crate::protocol::Part;
use crate::{ports, programs};

const NAME: &str = "etcd";

/// A running etcd.
pub struct Etcd {
    lease: Arc<Lease>,
    port: u16,
    prefixes: AtomicU32,
}

impl Etcd {
    /// With a lease of its own, to be shared by many control planes.
    pub async fn shared_by_many() -> Result<Arc<Self>> {
        Self::start(Lease::new()?).await.map(Arc::new)
    }

    /// In a lease that holds other parts too.
    pub async fn start(lease: Arc<Lease>) -> Result<Self> {
        let port = ports::free()?;
        lease.start(part(&lease, port)?)?;
        let this = Self { lease, port, prefixes: AtomicU32::new(0) };
        this.ready().await?;
        Ok(this)
    }

    /// In the network namespace of a node, where all ports are free; it can be asked from in there only.
    pub(crate) fn in_node(lease: &Lease) -> Result<String> {
        lease.start(part(lease, 2379)?)?;
        Ok("http://127.0.0.1:2379".into())
    }

    /// Where API servers find it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A prefix that no other control plane has.
    pub fn new_prefix(&self) -> String {
        format!("/cluster-{}", self.prefixes.fetch_add(1, Ordering::Relaxed))
    }

    /// SIGKILL; its data stay.
    pub fn kill(&self) -> Result<()> {
        self.lease.kill(NAME)
    }

    /// Starts it again on the same port with the data it had.
    pub async fn start_again(&self) -> Result<()> {
        self.lease.start_again(NAME)?;
        self.ready().await
    }

    /// Its process.
    pub fn pid(&self) -> Option<i32> {
        self.lease.pid_of(NAME)
    }

    async fn ready(&self) -> Result<()> {
        let url = format!("{}/health", self.url());
        self.lease
            .ready(NAME, Duration::from_secs(30), async || {
                let answer = crate::http::client()?.get(&url).send().await.context("ask etcd for its health")?;
                let text = answer.text().await.context("read etcd's health")?;
                if text.contains("\"true\"") { Ok(()) } else { bail!("etcd says {text}") }
            })
            .await
    }
}

fn part(lease: &Lease, port: u16) -> Result<Part> {
    let program: PathBuf = programs::built("etcd", "etcd")?;
    let client = format!("http://127.0.0.1:{port}");
    let peer = format!("http://127.0.0.1:{}", if port == 2379 { 2380 } else { ports::free()? });
    Ok(Part::new(NAME, program)
        .flag("name", "test")
        .flag("data-dir", lease.folder().join("etcd").display())
        .flag("listen-client-urls", &client)
        .flag("advertise-client-urls", &client)
        .flag("listen-peer-urls", &peer)
        .flag("initial-advertise-peer-urls", &peer)
        .flag("initial-cluster", format!("test={peer}"))
        .flag("log-level", "warn")
        // What a killed process wrote is in the page cache; only a crash of the machine would lose it.
        .flag("unsafe-no-fsync", true)
        .flag("auto-compaction-mode", "revision")
        .flag("auto-compaction-retention", "10000"))
}
