//! `harness up`: a leased cluster for a person, a script or the demo; in the foreground, or detached with a state folder.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use nix::fcntl::{Flock, FlockArg};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use crate::store::{Alertmanager, Loki, Prometheus, Site};
use crate::{
    Cluster, ControlPlane, ControlPlaneOptions, FakeCluster, FakeOptions, Lease, NodeCluster, NodeOptions, Version,
};

/// A cluster is there within this, even on a machine under load.
const STARTING: Duration = Duration::from_secs(300);

/// What to start.
#[derive(Args, Clone, Debug)]
pub struct Up {
    /// The kind of cluster
    #[arg(value_enum)]
    pub kind: Kind,
    /// The version of the API server
    #[arg(long, value_enum, default_value = "1.36")]
    pub version: Version,
    /// How many simulated nodes
    #[arg(long, default_value_t = 3)]
    pub nodes: usize,
    /// Stores beside it: Prometheus, Loki and Alertmanager (on the node, if there is a real one)
    #[arg(long)]
    pub stores: bool,
    /// Goes on in the background; DIR gets state.json and the rest, until `harness stop DIR`
    #[arg(long, value_name = "DIR")]
    pub detach: Option<PathBuf>,
    /// What the detached process is started with
    #[arg(long, hide = true)]
    pub keep: bool,
}

/// The kinds of clusters.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Kind {
    /// etcd, API server, controller-manager
    ControlPlane,
    /// The same with a scheduler and simulated nodes
    Fake,
    /// A real node that runs real pods
    Node,
}

enum Leased {
    ControlPlane(ControlPlane),
    Fake(FakeCluster),
    Node(NodeCluster),
}

impl Leased {
    async fn start(up: &Up) -> Result<Self> {
        let folder = up.detach.as_ref().map(|folder| folder.join("lease"));
        let plane =
            ControlPlaneOptions { version: up.version, folder: folder.clone(), ..ControlPlaneOptions::default() };
        Ok(match up.kind {
            Kind::ControlPlane => Self::ControlPlane(ControlPlane::with(plane).await?),
            Kind::Fake => {
                let options = FakeOptions { control_plane: plane, nodes: up.nodes, ..FakeOptions::default() };
                Self::Fake(FakeCluster::with(options).await?)
            }
            Kind::Node => {
                let options = NodeOptions { version: up.version, folder, ..NodeOptions::default() };
                Self::Node(NodeCluster::with(options).await?)
            }
        })
    }

    fn kubeconfig(&self) -> &Path {
        match self {
            Self::ControlPlane(cluster) => cluster.kubeconfig(),
            Self::Fake(cluster) => cluster.kubeconfig(),
            Self::Node(cluster) => cluster.kubeconfig(),
        }
    }

    fn processes(&self) -> &Arc<Lease> {
        match self {
            Self::ControlPlane(cluster) => cluster.processes(),
            Self::Fake(cluster) => cluster.control_plane().processes(),
            Self::Node(cluster) => cluster.processes(),
        }
    }

    fn site(&self) -> Result<Site> {
        match self {
            Self::Node(cluster) => Ok(Site::node(cluster)),
            _ => Site::loopback(),
        }
    }
}

/// Starts it; in the foreground until stdin ends or a signal comes.
pub fn up(up: &Up) -> Result<()> {
    if up.keep {
        // Closing the terminal must not end it.
        let _ = nix::unistd::setsid();
    }
    match &up.detach {
        Some(folder) if !up.keep => detach(folder),
        _ => tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .context("start a runtime")?
            .block_on(serve(up)),
    }
}

async fn serve(up: &Up) -> Result<()> {
    let _lock = up.detach.as_deref().map(lock_state).transpose()?;
    let mut end = std::pin::pin!(end_of_life(up.keep)?);
    let cluster = tokio::select! {
        cluster = Leased::start(up) => cluster?,
        () = &mut end => bail!("ended before it was ready"),
    };
    let lease = cluster.processes();
    for (part, pid) in lease.running() {
        say(&json!({ "ready": part, "pid": pid }))?;
    }
    let mut state = json!({
        "kubeconfig": cluster.kubeconfig(), "folder": lease.folder(), "pid": std::process::id(),
        "guardian_pid": lease.guardian_pid(), "first_pid": lease.pid(),
    });
    let stores = if up.stores { Some(start_stores(&cluster.site()?, &mut state).await?) } else { None };
    state["parts"] = json!(lease.running());
    state["ready"] = "cluster".into();
    say(&state)?;
    if let Some(folder) = &up.detach {
        let temporary = folder.join("state.json.new");
        fs::write(&temporary, serde_json::to_string_pretty(&state)?).context("write the state")?;
        fs::rename(&temporary, folder.join("state.json")).context("write the state")?;
    }
    end.await;
    drop(stores);
    drop(cluster);
    Ok(())
}

async fn start_stores(site: &Site, state: &mut Value) -> Result<(Alertmanager, Prometheus, Loki)> {
    let alertmanager = Alertmanager::start(site).await?;
    let prometheus = Prometheus::with(site, Some(&alertmanager), Default::default()).await?;
    let loki = Loki::start(site).await?;
    let mut note = |name: &str, url: &str, inside: &str| -> Result<()> {
        state[name] = json!({ "url": url, "url_inside": inside });
        say(&json!({ "ready": name, "url": url, "url_inside": inside }))
    };
    note("alertmanager", alertmanager.url(), alertmanager.url_inside())?;
    note("prometheus", prometheus.url(), prometheus.url_inside())?;
    note("loki", loki.url(), loki.url_inside())?;
    Ok((alertmanager, prometheus, loki))
}

/// SIGTERM, SIGINT, and the end of stdin unless it is detached.
fn end_of_life(detached: bool) -> Result<impl Future<Output = ()>> {
    let mut terminated = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
    let mut interrupted = signal(SignalKind::interrupt()).context("listen for SIGINT")?;
    let (told, ended) = tokio::sync::oneshot::channel();
    if detached {
        // Never sent; kept, so that the other end waits for ever.
        std::mem::forget(told);
    } else {
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
            let _ = told.send(());
        });
    }
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
            _ = ended => {}
        }
    })
}

fn say(event: &Value) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{event}").and_then(|()| out.flush()).context("write to stdout")
}

/// Held by the process that keeps a detached cluster: the sign that it lives.
fn lock_state(folder: &Path) -> Result<Flock<File>> {
    let path = folder.join("keeper.lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.with_context(|| format!("open {}", path.display()))?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, error)| error).context("it runs already")
}

/// Starts this program again as the keeper, and waits until it is ready.
fn detach(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    let folder = folder.canonicalize().context("find the state folder")?;
    if fs::read_dir(&folder).context("read the state folder")?.next().is_some() {
        bail!("{} is not empty: harness stop {0} first", folder.display());
    }
    let log = File::create(folder.join("keeper.log")).context("make the keeper's log")?;
    let mut args: Vec<_> = std::env::args_os().skip(1).collect();
    args.push("--keep".into());
    let mut keeper = Command::new(std::env::current_exe().context("find this program")?)
        .args(args)
        .stdin(Stdio::null())
        .stdout(log.try_clone().context("share the log")?)
        .stderr(log)
        .spawn()
        .context("start the keeper")?;
    let (state, end) = (folder.join("state.json"), Instant::now() + STARTING);
    while !state.exists() {
        if let Some(status) = keeper.try_wait().context("wait for the keeper")? {
            let log = fs::read_to_string(folder.join("keeper.log")).unwrap_or_default();
            let _ = fs::remove_dir_all(&folder);
            bail!("it did not start ({status}):\n{log}");
        }
        if Instant::now() >= end {
            let _ = keeper.kill();
            bail!("it was not ready within {STARTING:?}");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    print!("{}", fs::read_to_string(&state).context("read the state")?);
    Ok(())
}

/// The state of a detached cluster, with `running`.
pub fn status(folder: &Path) -> Result<Value> {
    let text = fs::read_to_string(folder.join("state.json"))
        .with_context(|| format!("no cluster was started in {}", folder.display()))?;
    let mut state: Value = serde_json::from_str(&text).context("read state.json")?;
    state["running"] = lock_state(folder).is_err().into();
    Ok(state)
}

/// Ends a detached cluster and removes its folder.
pub fn stop(folder: &Path) -> Result<()> {
    let state = status(folder)?;
    let pid = state["pid"].as_i64().and_then(|pid| i32::try_from(pid).ok()).context("state.json without a pid")?;
    if state["running"] == true {
        // The lock says that this process still is the keeper.
        kill(Pid::from_raw(pid), Signal::SIGTERM).context("end the keeper")?;
    }
    let end = Instant::now() + Duration::from_secs(60);
    while lock_state(folder).is_err() {
        if Instant::now() >= end {
            bail!("the keeper (process {pid}) did not end within 60 s");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    fs::remove_dir_all(folder).with_context(|| format!("remove {}", folder.display()))
}
