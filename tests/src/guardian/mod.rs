//! The guardian: one single-threaded process that starts the parts of a lease as its children and ends them all with itself.

mod children;
mod folder;
mod namespaces;

use std::io::Write;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use crate::protocol::{Event, Order, Request};
use children::Children;
pub use folder::{LeaseFolder, remove_left, sweep};
pub use namespaces::{NodeSettings, init as node_init};

/// Until everything is gone at the end; SIGKILL is sent at once, so this is only for a kernel under load.
const ENDING: Duration = Duration::from_secs(20);

/// Runs a guardian for processes on this host until stdin ends or a signal comes, then leaves nothing behind.
pub fn guard(at: Option<PathBuf>) -> Result<()> {
    let mut folder = LeaseFolder::create(at)?;
    nix::sys::prctl::set_child_subreaper(true).context("become a child subreaper")?;
    say(&Event::Guarding {
        folder: folder.path().to_owned(),
        pid: nix::unistd::getpid().as_raw(),
        cgroup: String::new(),
    });
    let path = folder.path().to_owned();
    let ended = Loop::new(&path)?.run(|logs| folder.keep_logs(logs));
    folder.remove();
    ended
}

/// Runs a guardian for a node in namespaces of its own: the parts are children of their first process, which ends with us.
pub fn guard_node(at: Option<PathBuf>, settings: &NodeSettings) -> Result<()> {
    let mut folder = LeaseFolder::create(at)?;
    let cgroup = namespaces::Cgroup::create(folder.path())?;
    let ended = namespaces::run(&mut folder, settings, &cgroup);
    cgroup.remove();
    folder.remove();
    ended
}

/// The guardian's own loop: orders in, events out, signals and children in between.
pub(crate) struct Loop {
    signals: SignalFd,
    children: Children,
    unread: Vec<u8>,
}

/// Whether the loop goes on.
enum Next {
    Continue,
    End,
}

impl Loop {
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        Ok(Self { signals: block_signals()?, children: Children::new(folder), unread: Vec::new() })
    }

    /// Serves until the end, then ends all children.
    pub(crate) fn run(mut self, mut keep_logs: impl FnMut(PathBuf)) -> Result<()> {
        let served = loop {
            match self.step(&mut keep_logs) {
                Ok(Next::Continue) => {}
                Ok(Next::End) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.children.end_all(Instant::now() + ENDING);
        served
    }

    fn step(&mut self, keep_logs: &mut impl FnMut(PathBuf)) -> Result<Next> {
        let stdin = std::io::stdin();
        let (readable, signalled) = {
            let mut polled =
                [PollFd::new(stdin.as_fd(), PollFlags::POLLIN), PollFd::new(self.signals.as_fd(), PollFlags::POLLIN)];
            match poll(&mut polled, timeout(self.children.next_deadline())) {
                Ok(_) | Err(nix::errno::Errno::EINTR) => {}
                Err(error) => return Err(error).context("wait for orders"),
            }
            (polled[0].any().unwrap_or(false), polled[1].any().unwrap_or(false))
        };
        self.children.kill_overdue(Instant::now());
        if signalled && self.read_signals()? {
            return Ok(Next::End);
        }
        if readable {
            return self.read_orders(&stdin, keep_logs);
        }
        Ok(Next::Continue)
    }

    /// True when one of them means the end.
    fn read_signals(&mut self) -> Result<bool> {
        while let Some(signal) = self.signals.read_signal().context("read a signal")? {
            if signal.ssi_signo != Signal::SIGCHLD as u32 {
                return Ok(true);
            }
        }
        for event in self.children.reap() {
            say(&event);
        }
        Ok(false)
    }

    fn read_orders(&mut self, stdin: &std::io::Stdin, keep_logs: &mut impl FnMut(PathBuf)) -> Result<Next> {
        let mut chunk = [0; 65536];
        // The raw descriptor: what std buffers, poll would not see.
        let count = match nix::unistd::read(stdin.as_fd(), &mut chunk) {
            Ok(0) => return Ok(Next::End),
            Ok(count) => count,
            Err(nix::errno::Errno::EINTR) => return Ok(Next::Continue),
            Err(error) => return Err(error).context("read orders"),
        };
        self.unread.extend_from_slice(&chunk[..count]);
        if self.unread.len() > 4 << 20 {
            bail!("an order of more than 4 MiB");
        }
        while let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.unread.drain(..=end).collect();
            let request: Request =
                serde_json::from_slice(&line).with_context(|| format!("order {}", String::from_utf8_lossy(&line)))?;
            if let Some(answer) = self.carry_out(request, keep_logs) {
                say(&answer);
            }
        }
        Ok(Next::Continue)
    }

    /// The answer, if it can be given at once.
    fn carry_out(&mut self, request: Request, keep_logs: &mut impl FnMut(PathBuf)) -> Option<Event> {
        let id = request.id;
        let done = match request.order {
            Order::Start { part } => self.children.start(&part).map(Some),
            Order::Signal { name, signal } => self.children.signal(&name, &signal).map(Some),
            Order::Stop { name, grace_ms } => {
                self.children.stop(&name, id, Duration::from_millis(grace_ms)).map(|()| None)
            }
            Order::KeepLogs { folder } => {
                keep_logs(folder);
                Ok(Some(0))
            }
        };
        match done {
            Ok(pid) => pid.map(|pid| Event::Done { id, pid }),
            Err(error) => Some(Event::Failed { id, message: format!("{error:#}") }),
        }
    }
}

/// One line on stdout; whoever listened may be gone, which stdin will tell.
pub(crate) fn say(event: &Event) {
    if let Ok(mut line) = serde_json::to_vec(event) {
        line.push(b'\n');
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(&line).and_then(|()| out.flush());
    }
}

/// The signals that end a guardian, and SIGCHLD, as something to poll. Children unblock them when they start.
pub(crate) fn block_signals() -> Result<SignalFd> {
    let mut set = SigSet::empty();
    for signal in [Signal::SIGCHLD, Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        set.add(signal);
    }
    set.thread_block().context("block signals")?;
    SignalFd::with_flags(&set, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC).context("open a signal descriptor")
}

pub(crate) fn timeout(deadline: Option<Instant>) -> PollTimeout {
    let Some(deadline) = deadline else { return PollTimeout::NONE };
    let left = deadline.saturating_duration_since(Instant::now()).as_millis() + 1;
    PollTimeout::try_from(i32::try_from(left).unwrap_or(i32::MAX)).unwrap_or(PollTimeout::MAX)
}
