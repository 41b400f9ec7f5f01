//! The private Postgres: started from Debian's programs, kept in the data folder, adopted from a hub that was killed.

mod program;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::{Connection, PgConnection};
use tokio::process::Command;

use program::Owner;

/// A path of a socket may be no longer than this.
const SOCKET_BYTES: usize = 100;
const START: Duration = Duration::from_secs(60);
const END: Duration = Duration::from_secs(30);

/// A running Postgres that belongs to this hub alone.
pub struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    owner: Owner,
    ending: AtomicBool,
}

impl Postgres {
    /// Starts it in `<data_dir>/postgres`, or adopts the one that runs there; returns when it answers.
    pub async fn start(data_dir: &Path, programs: Option<&Path>) -> Result<Arc<Self>> {
        let folder = data_dir.join("postgres");
        let programs = program::folder(programs)?;
        let owner = Owner::of_this_process()?;
        ensure!(
            folder.as_os_str().len() + "/.s.PGSQL.5432".len() <= SOCKET_BYTES,
            "the path {} is too long for a socket: choose a shorter --data-dir",
            folder.display()
        );
        owner.make_folder(&folder)?;
        let this = Arc::new(Self { folder, programs, owner, ending: AtomicBool::new(false) });
        if let Some(pid) = this.running() {
            tracing::info!(
                "adopted the Postgres (process {pid}) that a hub before this one left in {}",
                this.folder.display()
            );
        } else {
            this.initialize().await?;
            let pid = this.spawn()?;
            tracing::info!("started a private Postgres (process {pid}) in {}", this.folder.display());
        }
        this.ready().await?;
        Ok(this)
    }

    /// Where to connect.
    pub fn options(&self) -> sqlx::postgres::PgConnectOptions {
        sqlx::postgres::PgConnectOptions::new_without_pgpass()
            .socket(&self.folder)
            .username("flagstaff")
            .database("postgres")
            .ssl_mode(sqlx::postgres::PgSslMode::Disable)
    }

    /// Starts it again when it has ended by itself. Never returns before `end`.
    pub async fn watch(self: Arc<Self>) {
        let mut pause = Duration::from_secs(1);
        while !self.ending.load(Ordering::Acquire) {
            tokio::time::sleep(pause).await;
            if self.ending.load(Ordering::Acquire) || self.running().is_some() {
                pause = Duration::from_secs(1);
                continue;
            }
            tracing::error!("the private Postgres has ended; its log is {}/log", self.folder.display());
            match self.spawn() {
                Ok(pid) => tracing::info!("started the private Postgres again (process {pid})"),
                Err(error) => tracing::error!("the private Postgres does not start: {error:#}"),
            }
            pause = (pause * 2).min(Duration::from_secs(30));
        }
    }

    /// Ends it, connections and all; what was committed is kept.
    pub async fn end(&self) -> Result<()> {
        self.ending.store(true, Ordering::Release);
        let Some(pid) = self.running() else { return Ok(()) };
        for signal in [Signal::SIGINT, Signal::SIGQUIT] {
            kill(pid, signal).context("signal the private Postgres")?;
            let until = Instant::now() + END;
            while Instant::now() < until {
                if self.running().is_none() {
                    tracing::info!("ended the private Postgres");
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        bail!("the private Postgres (process {pid}) does not end")
    }

    /// The process that serves our data, if there is one: what the lock file names, when it really is a Postgres of this folder.
    fn running(&self) -> Option<Pid> {
        let lock = std::fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        let pid: i32 = lock.lines().next()?.trim().parse().ok()?;
        let words = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let mut words = words.split(|byte| *byte == 0);
        let program = words.next().map(String::from_utf8_lossy)?;
        let ours = words.any(|word| word == self.data().as_os_str().as_encoded_bytes());
        (program.ends_with("/postgres") && ours).then_some(Pid::from_raw(pid))
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Makes the data folder, once.
    async fn initialize(&self) -> Result<()> {
        if self.data().join("PG_VERSION").exists() {
            return Ok(());
        }
        // One that was begun and not finished has no version yet, and nothing of worth.
        if self.data().exists() {
            std::fs::remove_dir_all(self.data()).context("remove a data folder that was never finished")?;
        }
        let mut command = self.command("initdb");
        command.arg("--pgdata").arg(self.data());
        command.args([
            "--username=flagstaff",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--data-checksums",
        ]);
        let out = command.output().await.context("run initdb")?;
        if !out.status.success() {
            bail!("initdb failed: {}", String::from_utf8_lossy(&out.stderr).trim());
        }
        Ok(())
    }

    fn spawn(&self) -> Result<u32> {
        let log = self.folder.join("log");
        let log = std::fs::File::options().create(true).append(true).open(&log).context("open the log of Postgres")?;
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data());
        command.arg("-c").arg(format!("unix_socket_directories={}", self.folder.display()));
        // Only its socket, in a folder that nobody else may enter.
        for setting in
            ["listen_addresses=", "max_connections=100", "shared_buffers=64MB", "timezone=UTC", "log_timezone=UTC"]
        {
            command.args(["-c", setting]);
        }
        command.stdout(log.try_clone().context("share the log of Postgres")?).stderr(log);
        let mut child = command.spawn().context("start postgres")?;
        let pid = child.id().context("postgres ended at once")?;
        // Its end is seen by its lock file; this only collects it.
        tokio::spawn(async move { child.wait().await });
        Ok(pid)
    }

    /// One of its programs, as its user, in a process group of its own: Ctrl-C in a terminal is for the hub.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(&self.folder).stdin(Stdio::null()).process_group(0).env("LC_ALL", "C.UTF-8");
        self.owner.become_it(&mut command);
        command
    }

    async fn ready(&self) -> Result<()> {
        let until = Instant::now() + START;
        loop {
            let error = match PgConnection::connect_with(&self.options()).await {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            if Instant::now() >= until {
                let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                let tail = log.lines().rev().take(5).collect::<Vec<_>>().join(" | ");
                bail!("the private Postgres was not ready within {START:?}: {error}; the end of its log: {tail}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
