//! A lease: processes that live as long as this value, whatever happens to the program that holds it.

mod heard;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::guardian::{NodeSettings, remove_left, sweep};
use crate::protocol::{Order, Part, Request};
use heard::Heard;

/// An order is carried out at once; only a stop takes its grace.
const ANSWER: Duration = Duration::from_secs(30);

/// Processes under a guardian of their own, with a folder for their files and logs. Dropping it ends and removes all.
pub struct Lease {
    folder: PathBuf,
    pid: i32,
    cgroup: String,
    guardian: Mutex<Child>,
    orders: Mutex<Option<ChildStdin>>,
    heard: Arc<Heard>,
    parts: Mutex<BTreeMap<String, Part>>,
    logs_kept: AtomicBool,
}

impl Lease {
    /// Starts a guardian for processes on this host.
    pub fn new() -> Result<Arc<Self>> {
        Self::start_guardian("guard", None, None)
    }

    /// The same, with a folder that the caller names (new or empty).
    pub fn at(folder: Option<&Path>) -> Result<Arc<Self>> {
        Self::start_guardian("guard", folder, None)
    }

    /// Starts a guardian whose processes are in the namespaces of a node.
    pub fn in_namespaces(folder: Option<&Path>, settings: &NodeSettings) -> Result<Arc<Self>> {
        Self::start_guardian("guard-node", folder, Some(settings))
    }

    fn start_guardian(mode: &str, folder: Option<&Path>, settings: Option<&NodeSettings>) -> Result<Arc<Self>> {
        sweep();
        let program = crate::programs::ours("harness")?;
        let mut command = Command::new(&program);
        command.arg(mode);
        if let Some(folder) = folder {
            command.arg("--folder").arg(folder);
        }
        if let Some(node) = settings {
            command.args([
                "--address",
                &node.address,
                "--gateway",
                &node.gateway,
                "--host",
                &node.host,
                "--dns",
                &node.dns,
            ]);
        }
        let mut guardian = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("start the guardian {}", program.display()))?;
        let orders = guardian.stdin.take();
        let out = guardian.stdout.take().context("the guardian's stdout")?;
        let heard = Arc::new(Heard::default());
        let listener = heard.clone();
        std::thread::Builder::new()
            .name("guardian".into())
            .spawn(move || listener.listen(out))
            .context("start a thread to hear the guardian")?;
        let guarding = heard.wait(Instant::now() + ANSWER, |state| state.guarding.take());
        let Some((folder, pid, cgroup)) = guarding else {
            let _ = guardian.kill();
            let _ = guardian.wait();
            bail!("the guardian did not start; its own words are on stderr");
        };
        let lease = Arc::new(Self {
            folder,
            pid,
            cgroup,
            guardian: Mutex::new(guardian),
            orders: Mutex::new(orders),
            heard,
            parts: Mutex::default(),
            logs_kept: AtomicBool::new(false),
        });
        keep_logs_on_panic(&lease);
        Ok(lease)
    }

    /// The folder for files of this lease; `<part>.log` is there too.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The guardian's process; with namespaces the first process in them.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// The cgroup of a node's pods, empty without a node.
    pub fn cgroup(&self) -> &str {
        &self.cgroup
    }

    /// The process that holds the folder and ends everything.
    pub fn guardian_pid(&self) -> u32 {
        lock(&self.guardian).id()
    }

    /// Starts a part, or starts it anew after it ended; it runs, but need not be ready.
    pub fn start(&self, part: Part) -> Result<i32> {
        let name = part.name.clone();
        lock(&self.heard.state).exited.remove(&name);
        let pid = self.order(Order::Start { part: part.clone() }, ANSWER).with_context(|| format!("start {name}"))?;
        lock(&self.parts).insert(name.clone(), part);
        let mut state = lock(&self.heard.state);
        if !state.exited.contains_key(&name) {
            state.running.insert(name, pid);
        }
        Ok(pid)
    }

    /// Starts a part that ended, with the arguments it had.
    pub fn start_again(&self, name: &str) -> Result<i32> {
        let part = lock(&self.parts).get(name).cloned().with_context(|| format!("{name} was never started"))?;
        self.start(part)
    }

    /// SIGTERM, and SIGKILL after the grace; returns when it is gone.
    pub fn stop(&self, name: &str, grace: Duration) -> Result<()> {
        let grace_ms = u64::try_from(grace.as_millis()).unwrap_or(u64::MAX);
        self.order(Order::Stop { name: name.into(), grace_ms }, grace + ANSWER).map(drop)
    }

    /// SIGKILL; returns when it is gone.
    pub fn kill(&self, name: &str) -> Result<()> {
        self.stop(name, Duration::ZERO)
    }

    /// Sends a signal: `SIGSTOP` and `SIGCONT` make a process hang for a while.
    pub fn signal(&self, name: &str, signal: &str) -> Result<()> {
        self.order(Order::Signal { name: name.into(), signal: signal.into() }, ANSWER).map(drop)
    }

    /// The process of a running part (as counted in the node's namespace, if it is in one).
    pub fn pid_of(&self, name: &str) -> Option<i32> {
        lock(&self.heard.state).running.get(name).copied()
    }

    /// All running parts with their processes.
    pub fn running(&self) -> BTreeMap<String, i32> {
        lock(&self.heard.state).running.clone()
    }

    /// How a part has ended, if it has.
    pub fn exited(&self, name: &str) -> Option<String> {
        lock(&self.heard.state).exited.get(name).cloned()
    }

    /// A part's log.
    pub fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }

    /// The last lines of a part's log.
    pub fn log_tail(&self, name: &str, lines: usize) -> String {
        let bytes = std::fs::read(self.log(name)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let all: Vec<&str> = text.lines().collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }

    /// Probes until it says yes; a part that ends meanwhile is an error with the end of its log.
    pub async fn ready(&self, name: &str, limit: Duration, probe: impl AsyncFn() -> Result<()>) -> Result<()> {
        let end = Instant::now() + limit;
        loop {
            let probed =
                tokio::time::timeout(Duration::from_secs(5), probe()).await.context("the probe took 5 s").flatten();
            let Err(error) = probed else { return Ok(()) };
            if self.exited(name).is_some() || Instant::now() >= end {
                self.keep_logs();
            }
            if let Some(status) = self.exited(name) {
                bail!("{name} ended with {status}; the end of its log:\n{}", self.log_tail(name, 20));
            }
            if Instant::now() >= end {
                let tail = self.log_tail(name, 20);
                return Err(
                    error.context(format!("{name} was not ready within {limit:?}; the end of its log:\n{tail}"))
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn order(&self, order: Order, limit: Duration) -> Result<i32> {
        let id = {
            let mut state = lock(&self.heard.state);
            state.next_id += 1;
            state.next_id
        };
        let mut line = serde_json::to_vec(&Request { id, order }).context("write an order")?;
        line.push(b'\n');
        match &mut *lock(&self.orders) {
            Some(orders) => orders.write_all(&line).context("the guardian has ended")?,
            None => bail!("the lease has ended"),
        }
        match self.heard.wait(Instant::now() + limit, |state| state.answers.remove(&id)) {
            Some(answer) => answer.map_err(anyhow::Error::msg),
            None => bail!("the guardian did not answer"),
        }
    }

    /// Where logs go when something went wrong.
    fn keep_logs(&self) {
        if self.logs_kept.swap(true, Ordering::Relaxed) {
            return;
        }
        let name = self.folder.file_name().unwrap_or_default();
        let to = crate::programs::target_folder().join("harness-logs").join(name);
        eprintln!("harness: the logs will be in {}", to.display());
        let _ = self.order(Order::KeepLogs { folder: to }, Duration::from_secs(2));
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // The end of its stdin is the guardian's sign to end everything.
        drop(lock(&self.orders).take());
        let mut guardian = lock(&self.guardian);
        let end = Instant::now() + Duration::from_secs(50);
        while matches!(guardian.try_wait(), Ok(None)) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(10));
        }
        if matches!(guardian.try_wait(), Ok(None)) {
            let _ = guardian.kill();
            let _ = guardian.wait();
        }
        // Only when the guardian was killed is there anything left.
        if self.folder.exists() && std::env::var_os("FLAGSTAFF_TEST_KEEP").is_none() {
            remove_left(&self.folder);
        }
    }
}

/// A lock that a panicking test does not spoil for the others.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

static LEASES: Mutex<Vec<Weak<Lease>>> = Mutex::new(Vec::new());
static HOOK: std::sync::Once = std::sync::Once::new();

/// A test that fails wants to see the logs, which go with the lease otherwise.
fn keep_logs_on_panic(lease: &Arc<Lease>) {
    let mut leases = lock(&LEASES);
    leases.retain(|lease| lease.strong_count() > 0);
    leases.push(Arc::downgrade(lease));
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            before(info);
            keep_logs();
        }));
    });
}

/// Keeps the logs of all leases in `target/harness-logs` when they end: something went wrong.
pub fn keep_logs() {
    let leases: Vec<_> = lock(&LEASES).iter().filter_map(Weak::upgrade).collect();
    for lease in leases {
        lease.keep_logs();
    }
}
