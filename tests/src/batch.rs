//! The collector of the pack `batch-jobs` as a process without any right, and processes of real Python that count beside it.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::lease::Lease;
use crate::programs::{installed, repository};
use crate::protocol::Part;
use crate::{http, ports};

const NAME: &str = "collector";
const START: Duration = Duration::from_secs(60);
/// An ordinary user: the workers', and the collector's by default.
const USER: &str = "65532";

/// Who a collector runs as.
#[derive(Clone, Copy)]
pub enum Who {
    /// The user of the workers, without any capability.
    Nobody,
    /// Root with the capability LEASE and no other.
    RootWithLease,
}

/// A folder that processes of an ordinary user count in, with the pack's programs and those of the tests beside it.
pub struct Room {
    folder: TempDir,
}

impl Room {
    /// A new one, removed with the value.
    pub fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("flagstaff-batch-").tempdir().context("make a folder")?;
        let room = Self { folder };
        open_to_all(room.path(), 0o755)?;
        // The repository may lie where only its owner may look.
        for (from, to) in [
            ("templates/batch-jobs/files", "collector"),
            ("templates/batch-jobs/example", "example"),
            ("tests/batch_jobs", "tests"),
        ] {
            let to = room.path().join(to);
            std::fs::create_dir(&to).with_context(|| format!("make {}", to.display()))?;
            open_to_all(&to, 0o755)?;
            for entry in std::fs::read_dir(repository().join(from)).with_context(|| format!("list {from}"))? {
                let entry = entry.context("read an entry")?;
                if entry.file_type()?.is_file() {
                    let copy = to.join(entry.file_name());
                    std::fs::copy(entry.path(), &copy).with_context(|| format!("copy {}", copy.display()))?;
                    open_to_all(&copy, 0o644)?;
                }
            }
        }
        std::fs::create_dir(room.data()).context("make the data folder")?;
        open_to_all(&room.data(), 0o777)?;
        Ok(room)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The folder that is collected.
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// The folder of one pod, as the kubelet makes it: open to every user, and in nobody else's sight.
    pub fn pod(&self, name: &str) -> Result<PathBuf> {
        let folder = self.data().join(name);
        if !folder.exists() {
            std::fs::create_dir(&folder).with_context(|| format!("make {}", folder.display()))?;
            open_to_all(&folder, 0o777)?;
        }
        Ok(folder)
    }

    /// Names of the clients' files that are left, retired ones too.
    pub fn files(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        let mut folders = vec![self.data()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).with_context(|| format!("list {}", folder.display()))? {
                let entry = entry.context("read an entry")?;
                // What is folded meanwhile is gone.
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    _ => names.push(entry.file_name().to_string_lossy().into_owned()),
                }
            }
        }
        names.retain(|name| name.ends_with(".db"));
        names.sort();
        Ok(names)
    }

    /// Runs a Python program of the room to its end and gives what it printed; in a PID namespace of its own, its ids begin at 1.
    pub async fn run(&self, program: &str, args: &[&str], more: &[(&str, &str)], own_pids: bool) -> Result<String> {
        let mut command = tokio::process::Command::new(installed("unshare", "util-linux")?);
        if own_pids {
            command.args(["--pid", "--kill-child"]);
        }
        command.arg("--fork").arg(installed("setpriv", "util-linux")?).args(rights(Who::Nobody));
        command.arg(python()?).arg("-B").arg(self.path().join(program)).args(args);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("COLLECTOR", self.path().join("collector"));
        command.env("ROOM", self.data()).current_dir(self.path()).stdin(Stdio::null()).kill_on_drop(true);
        for (name, value) in more {
            command.env(name, value);
        }
        let out = command.output().await.with_context(|| format!("run {program}"))?;
        let (text, errors) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        ensure!(out.status.success(), "{program} {args:?}: {}\n{text}\n{errors}", out.status);
        Ok(text.into_owned())
    }
}

/// The collector of one room.
pub struct Collector {
    lease: Arc<Lease>,
    address: String,
}

impl Collector {
    /// Starts it as nobody; arguments as its `--help` says.
    pub async fn start(lease: &Arc<Lease>, room: &Room, args: &[&str]) -> Result<Self> {
        Self::start_as(Who::Nobody, lease, room, args).await
    }

    /// Starts it as somebody.
    pub async fn start_as(who: Who, lease: &Arc<Lease>, room: &Room, args: &[&str]) -> Result<Self> {
        let address = format!("127.0.0.1:{}", ports::free()?);
        let part = Part::new(NAME, installed("setpriv", "util-linux")?)
            .args(rights(who))
            .arg(python()?.display().to_string())
            .arg("-B")
            .arg(room.path().join("collector/main.py").display().to_string())
            .flag("directory", room.data().display())
            .flag("listen", &address)
            .args(args.iter().copied());
        lease.start(part)?;
        let collector = Self { lease: lease.clone(), address };
        collector.ready().await?;
        Ok(collector)
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// `kill -9`.
    pub fn kill(&self) -> Result<()> {
        self.lease.kill(NAME)
    }

    /// Starts it again as it was.
    pub async fn start_again(&self) -> Result<()> {
        self.lease.start_again(NAME)?;
        self.ready().await
    }

    /// What it logged.
    pub fn log(&self) -> Result<String> {
        std::fs::read_to_string(self.lease.log(NAME)).context("read the collector's log")
    }

    /// Every sample that it serves, by name and labels as they are written.
    pub async fn samples(&self) -> Result<BTreeMap<String, f64>> {
        let text = self.text("/metrics").await?;
        let mut samples = BTreeMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').with_context(|| format!("no sample: {line}"))?;
            let value = value.parse().with_context(|| format!("no number: {line}"))?;
            ensure!(samples.insert(name.to_owned(), value).is_none(), "twice: {line}");
        }
        Ok(samples)
    }

    async fn ready(&self) -> Result<()> {
        self.lease.ready(NAME, START, async || self.text("/readyz").await.map(drop)).await
    }

    async fn text(&self, path: &str) -> Result<String> {
        let url = format!("http://{}{path}", self.address);
        let answer = http::client()?.get(&url).send().await.with_context(|| format!("ask {url}"))?;
        let (status, text) = (answer.status(), answer.text().await.context("read the collector's answer")?);
        ensure!(status.is_success(), "{url}: {status}: {text}");
        Ok(text)
    }
}

/// Arguments of `setpriv`.
fn rights(who: Who) -> [String; 7] {
    let (user, capabilities) = match who {
        Who::Nobody => (USER, "-all"),
        Who::RootWithLease => ("0", "-all,+lease"),
    };
    [
        format!("--reuid={user}"),
        format!("--regid={user}"),
        "--clear-groups".to_owned(),
        format!("--bounding-set={capabilities}"),
        "--inh-caps=-all".to_owned(),
        "--no-new-privs".to_owned(),
        "--pdeathsig=KILL".to_owned(),
    ]
}

/// Debian's Python with Debian's prometheus_client.
fn python() -> Result<PathBuf> {
    let python = installed("python3", "python3-prometheus-client")?;
    let client = Path::new("/usr/lib/python3/dist-packages/prometheus_client");
    ensure!(client.exists(), "python3-prometheus-client is not installed: run tests/kubernetes/packages");
    Ok(python)
}

fn open_to_all(path: &Path, mode: u32) -> Result<()> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
        .with_context(|| format!("open {}", path.display()))
}
