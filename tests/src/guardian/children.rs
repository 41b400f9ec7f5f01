//! The guardian's children: started with a parent-death signal in process groups of their own, signalled by pid only.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, getpid};

use crate::protocol::{Event, Part};

/// All children of one guardian.
pub(super) struct Children {
    folder: PathBuf,
    running: BTreeMap<String, Child>,
}

struct Child {
    pid: Pid,
    stopping: Option<Stopping>,
}

struct Stopping {
    id: u64,
    deadline: Instant,
}

impl Children {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), running: BTreeMap::new() }
    }

    pub(super) fn start(&mut self, part: &Part) -> Result<i32> {
        if self.running.contains_key(&part.name) {
            bail!("{} is running already", part.name);
        }
        let log = self.folder.join(format!("{}.log", part.name));
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&log)
            .with_context(|| format!("open the log {}", log.display()))?;
        let mut command = Command::new(&part.program);
        command
            .args(&part.args)
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .env("HOME", &self.folder)
            .envs(&part.env)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().context("share the log")?)
            .stderr(log)
            .process_group(0);
        die_with_parent(&mut command);
        let child = command.spawn().with_context(|| format!("start {}", part.program.display()))?;
        let pid = Pid::from_raw(i32::try_from(child.id()).context("a pid that is none")?);
        self.running.insert(part.name.clone(), Child { pid, stopping: None });
        Ok(pid.as_raw())
    }

    pub(super) fn signal(&self, name: &str, signal: &str) -> Result<i32> {
        let child = self.running.get(name).with_context(|| format!("{name} is not running"))?;
        let signal: Signal = signal.parse().with_context(|| format!("no such signal: {signal}"))?;
        killpg(child.pid, signal).with_context(|| format!("signal {name}"))?;
        Ok(child.pid.as_raw())
    }

    pub(super) fn stop(&mut self, name: &str, id: u64, grace: Duration) -> Result<()> {
        let child = self.running.get_mut(name).with_context(|| format!("{name} is not running"))?;
        if child.stopping.is_some() {
            bail!("{name} is being stopped already");
        }
        let signal = if grace.is_zero() { Signal::SIGKILL } else { Signal::SIGTERM };
        killpg(child.pid, signal).with_context(|| format!("stop {name}"))?;
        // One that is paused would not notice.
        let _ = killpg(child.pid, Signal::SIGCONT);
        child.stopping = Some(Stopping { id, deadline: Instant::now() + grace });
        Ok(())
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.running.values().filter_map(|child| child.stopping.as_ref()).map(|stopping| stopping.deadline).min()
    }

    pub(super) fn kill_overdue(&mut self, now: Instant) {
        for child in self.running.values_mut() {
            let Some(stopping) = &mut child.stopping else { continue };
            if stopping.deadline <= now {
                let _ = killpg(child.pid, Signal::SIGKILL);
                stopping.deadline = now + Duration::from_secs(1);
            }
        }
    }

    /// Collects all that have ended, ours and adopted ones.
    pub(super) fn reap(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some((pid, status)) = reap_one() {
            let Some(name) = self.running.iter().find(|(_, child)| child.pid == pid).map(|(name, _)| name.clone())
            else {
                continue;
            };
            let pid = pid.as_raw();
            let stopping = self.running.remove(&name).and_then(|child| child.stopping);
            events.push(Event::Exited { name, pid, status });
            events.extend(stopping.map(|stopping| Event::Done { id: stopping.id, pid }));
        }
        events
    }

    /// Ends every descendant. As the first process of a PID namespace: everything in it.
    pub(super) fn end_all(mut self, deadline: Instant) {
        loop {
            if getpid() == Pid::from_raw(1) {
                // "All but myself" ends at the border of the namespace that this process is the first one of.
                let _ = kill(Pid::from_raw(-1), Signal::SIGKILL);
            } else {
                for child in self.running.values() {
                    let _ = killpg(child.pid, Signal::SIGKILL);
                }
                for pid in adopted() {
                    let _ = kill(pid, Signal::SIGKILL);
                }
            }
            self.reap();
            let gone = matches!(waitpid(None, Some(WaitPidFlag::WNOHANG)), Err(Errno::ECHILD));
            if gone || Instant::now() >= deadline {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// SIGKILL for the child as soon as the thread that starts it ends: call this on the main thread only.
pub(super) fn die_with_parent(command: &mut Command) {
    let parent = getpid();
    let die = move || {
        nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?;
        // What the guardian blocks to poll for it is inherited: a child that cannot be told to stop is only ever killed.
        SigSet::empty().thread_set_mask()?;
        // The parent may have ended before the line above; inside a new PID namespace it is seen as 0.
        let now = nix::unistd::getppid();
        if now != parent && now != Pid::from_raw(0) {
            return Err(std::io::Error::from_raw_os_error(Errno::ESRCH as i32));
        }
        Ok(())
    };
    // SAFETY: between fork and exec only three system calls are made; nothing is allocated and no lock is taken.
    #[allow(unsafe_code)]
    unsafe {
        command.pre_exec(die);
    }
}

/// One that has ended, with how.
pub(super) fn reap_one() -> Option<(Pid, String)> {
    for _ in 0..64 {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, code)) => return Some((pid, format!("exit status {code}"))),
            Ok(WaitStatus::Signaled(pid, signal, _)) => return Some((pid, format!("signal {signal}"))),
            Err(Errno::EINTR) => {}
            _ => return None,
        }
    }
    None
}

/// All children of this process, also those that a dead child left to it.
fn adopted() -> Vec<Pid> {
    let this = getpid();
    let text = std::fs::read_to_string(format!("/proc/{this}/task/{this}/children")).unwrap_or_default();
    text.split_whitespace().filter_map(|pid| pid.parse().ok()).map(Pid::from_raw).collect()
}
