//! Namespaces of a node: PID, mount, network, host name and IPC of its own, and a cgroup; killing their first process ends all.

use std::fs;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::mount::{MsFlags, mount};
use nix::poll::{PollFd, PollFlags, poll};
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::children::{die_with_parent, reap_one};
use super::folder::{LeaseFolder, move_logs};
use super::{Loop, block_signals, say, timeout};
use crate::protocol::Event;

/// How long the first process in the namespaces may take to end everything before it is killed.
const ENDING: Duration = Duration::from_secs(20);

/// What a node's namespaces are made with.
#[derive(Clone, Debug, clap::Args)]
pub struct NodeSettings {
    /// The node's address with its prefix length, as in 10.77.0.2/24.
    #[arg(long)]
    pub address: String,
    /// The default gateway; nobody is there, so no packet leaves.
    #[arg(long)]
    pub gateway: String,
    /// The node's host name.
    #[arg(long)]
    pub host: String,
    /// The cluster's DNS address, for what runs on the node itself.
    #[arg(long)]
    pub dns: String,
}

/// The outer guardian: starts the first process in the namespaces and waits for it, or ends it.
pub(super) fn run(folder: &mut LeaseFolder, settings: &NodeSettings, cgroup: &Cgroup) -> Result<()> {
    let signals = block_signals()?;
    // From here on children are in a new PID namespace, the first of them as its init; this process stays where it is.
    unshare(CloneFlags::CLONE_NEWPID).context("make a PID namespace: a node needs root (CAP_SYS_ADMIN)")?;
    let mut command = Command::new(std::env::current_exe().context("find the harness program")?);
    command
        .arg("node-init")
        .arg(folder.path())
        .args(["--address", &settings.address, "--gateway", &settings.gateway])
        .args(["--host", &settings.host, "--dns", &settings.dns])
        .stdin(Stdio::inherit());
    die_with_parent(&mut command);
    let init = command.spawn().context("start the first process of the namespaces")?;
    let init = Pid::from_raw(i32::try_from(init.id()).context("a pid that is none")?);
    say(&Event::Guarding { folder: folder.path().to_owned(), pid: init.as_raw(), cgroup: cgroup.name() });

    let stdin = std::io::stdin();
    let mut deadline: Option<Instant> = None;
    loop {
        // Orders are read by the process inside, which has the same stdin; here only its end matters (POLLHUP).
        let mut polled =
            [PollFd::new(signals.as_fd(), PollFlags::POLLIN), PollFd::new(stdin.as_fd(), PollFlags::empty())];
        let watched = if deadline.is_some() { &mut polled[..1] } else { &mut polled[..] };
        match poll(watched, timeout(deadline)) {
            Ok(_) | Err(nix::errno::Errno::EINTR) => {}
            Err(error) => return Err(error).context("wait for the namespaces' first process"),
        }
        let hung_up = deadline.is_none() && watched[1].any().unwrap_or(false);
        let mut asked = hung_up;
        while let Some(signal) = signals.read_signal().context("read a signal")? {
            if signal.ssi_signo != Signal::SIGCHLD as u32 {
                asked = true;
                let _ = kill(init, Signal::SIGTERM);
            }
        }
        while let Some((pid, status)) = reap_one() {
            if pid == init {
                return if status == "exit status 0" { Ok(()) } else { bail!("the node ended with {status}") };
            }
        }
        if asked && deadline.is_none() {
            deadline = Some(Instant::now() + ENDING);
        }
        if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            let _ = kill(init, Signal::SIGKILL);
            deadline = Some(Instant::now() + ENDING);
        }
    }
}

/// The first process in the namespaces: makes the rest of them, then guards the node's parts.
pub fn init(folder: &Path, settings: &NodeSettings) -> Result<()> {
    unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWUTS | CloneFlags::CLONE_NEWIPC)
        .context("make namespaces: a node needs root (CAP_SYS_ADMIN)")?;
    mounts(folder, settings)?;
    network(settings)?;
    nix::unistd::sethostname(&settings.host).context("set the host name")?;
    let mut keep = None;
    let ended = Loop::new(folder)?.run(|to| keep = Some(to));
    if let Some(to) = keep {
        move_logs(folder, &to).context("keep the logs")?;
    }
    ended
}

/// Private copies of the places that a node writes to, so that the host's are never touched.
fn mounts(folder: &Path, settings: &NodeSettings) -> Result<()> {
    let root = Path::new("/");
    remount(root, MsFlags::MS_REC | MsFlags::MS_PRIVATE)?;
    // Pods may ask for HostToContainer propagation, which works on shared mounts only.
    remount(root, MsFlags::MS_REC | MsFlags::MS_SHARED)?;
    fresh("proc", Path::new("/proc"))?;
    system_tree(folder)?;
    fresh("tmpfs", Path::new("/run"))?;
    fs::create_dir_all("/run/lock").context("make /run/lock")?;
    bind(&new_dir(folder.join("node/log"))?, Path::new("/var/log"))?;
    overlay(folder, Path::new("/var/lib"))?;
    for name in ["kubelet", "containerd"] {
        let place = new_dir(Path::new("/var/lib").join(name))?;
        bind(&new_dir(folder.join("node").join(name))?, &place)?;
    }
    let resolver = folder.join("node/resolv.conf");
    let text = format!(
        "nameserver {}\nsearch svc.cluster.local cluster.local\noptions ndots:5 timeout:1 attempts:2\n",
        settings.dns
    );
    fs::write(&resolver, text).context("write resolv.conf")?;
    let place = fs::canonicalize("/etc/resolv.conf").unwrap_or_else(|_| "/etc/resolv.conf".into());
    if place.exists() {
        bind(&resolver, &place)?;
    }
    Ok(())
}

/// A /sys that shows the new network's devices, with the cgroups of the host in it.
fn system_tree(folder: &Path) -> Result<()> {
    let tree = new_dir(folder.join("node/sys"))?;
    fresh("sysfs", &tree)?;
    bind(Path::new("/sys/fs/cgroup"), &tree.join("fs/cgroup"))?;
    bind(&tree, Path::new("/sys"))
}

fn overlay(folder: &Path, place: &Path) -> Result<()> {
    let (upper, work) = (new_dir(folder.join("node/upper"))?, new_dir(folder.join("node/work"))?);
    let options = format!("lowerdir={},upperdir={},workdir={}", place.display(), upper.display(), work.display());
    mount(Some("overlay"), place, Some("overlay"), MsFlags::empty(), Some(options.as_str()))
        .with_context(|| format!("lay a private copy over {}", place.display()))
}

fn new_dir(path: PathBuf) -> Result<PathBuf> {
    fs::create_dir_all(&path).with_context(|| format!("make {}", path.display()))?;
    Ok(path)
}

fn fresh(kind: &str, at: &Path) -> Result<()> {
    mount(Some(kind), at, Some(kind), MsFlags::empty(), None::<&str>)
        .with_context(|| format!("mount a fresh {kind} on {}", at.display()))
}

fn bind(from: &Path, to: &Path) -> Result<()> {
    mount(Some(from), to, None::<&str>, MsFlags::MS_BIND | MsFlags::MS_REC, None::<&str>)
        .with_context(|| format!("bind {} to {}", from.display(), to.display()))
}

fn remount(at: &Path, flags: MsFlags) -> Result<()> {
    mount(None::<&str>, at, None::<&str>, flags, None::<&str>).context("change the mounts' propagation")
}

/// A bridge carries the node's address and the default route; nothing is plugged into it.
fn network(settings: &NodeSettings) -> Result<()> {
    let steps: [&[&str]; 5] = [
        &["link", "set", "lo", "up"],
        &["link", "add", "node0", "type", "bridge"],
        &["address", "add", &settings.address, "dev", "node0"],
        &["link", "set", "node0", "up"],
        &["route", "add", "default", "via", &settings.gateway, "dev", "node0"],
    ];
    for step in steps {
        let out = Command::new("ip").args(step).output().context("run ip (Debian: apt-get install iproute2)")?;
        if !out.status.success() {
            bail!("ip {} failed: {}", step.join(" "), String::from_utf8_lossy(&out.stderr).trim());
        }
    }
    fs::write("/proc/sys/net/ipv4/ip_forward", "1").context("switch on forwarding")?;
    // Only where bridges pass packets through netfilter at all.
    let _ = fs::write("/proc/sys/net/bridge/bridge-nf-call-iptables", "1");
    Ok(())
}

/// The cgroup that all pods of one node are in: one folder in each hierarchy (v1), or one (v2).
pub(super) struct Cgroup {
    name: String,
}

impl Cgroup {
    pub(super) fn create(lease: &Path) -> Result<Self> {
        let cgroup = Self { name: format!("flagstaff-{}", nix::unistd::getpid()) };
        fs::write(lease.join("cgroup"), &cgroup.name).context("note the cgroup")?;
        if Path::new("/sys/fs/cgroup/cgroup.controllers").exists() {
            let root = Path::new("/sys/fs/cgroup");
            let controllers = fs::read_to_string(root.join("cgroup.controllers")).context("read the controllers")?;
            let enabled: Vec<String> = controllers.split_whitespace().map(|name| format!("+{name}")).collect();
            let place = new_dir(root.join(&cgroup.name))?;
            for folder in [root, &place] {
                for controller in &enabled {
                    let _ = fs::write(folder.join("cgroup.subtree_control"), controller);
                }
            }
        } else {
            for place in cgroup.places() {
                new_dir(place.clone())?;
                for file in ["cpuset.cpus", "cpuset.mems"] {
                    if let Some(value) = place.parent().and_then(|root| fs::read_to_string(root.join(file)).ok()) {
                        fs::write(place.join(file), value.trim()).context("fill the cpuset")?;
                    }
                }
            }
        }
        Ok(cgroup)
    }

    /// The one that a killed guardian left.
    pub(super) fn left_by(lease: &Path) -> Self {
        let name = fs::read_to_string(lease.join("cgroup")).unwrap_or_default();
        let plain = name.strip_prefix("flagstaff-").is_some_and(|rest| rest.parse::<u32>().is_ok());
        Self { name: if plain { name } else { String::new() } }
    }

    pub(super) fn name(&self) -> String {
        self.name.clone()
    }

    fn places(&self) -> Vec<PathBuf> {
        if self.name.is_empty() {
            return Vec::new();
        }
        let root = Path::new("/sys/fs/cgroup");
        let mut places = vec![root.join(&self.name)];
        for entry in fs::read_dir(root).into_iter().flatten().flatten() {
            let path = entry.path();
            let hierarchy = path.join("cgroup.procs").exists() && !path.is_symlink();
            if hierarchy && !root.join("cgroup.controllers").exists() {
                places.push(path.join(&self.name));
            }
        }
        if !root.join("cgroup.procs").exists() {
            places.remove(0);
        }
        places
    }

    /// Removes the empty ones of guardians that are gone, wherever their leases' folders were.
    pub(super) fn sweep() {
        let root = Path::new("/sys/fs/cgroup");
        let hierarchies = fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path());
        for hierarchy in hierarchies.chain([root.to_owned()]) {
            for place in fs::read_dir(&hierarchy).into_iter().flatten().flatten().map(|entry| entry.path()) {
                let name = place.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let guardian = name.strip_prefix("flagstaff-").and_then(|pid| pid.parse::<u32>().ok());
                if guardian.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
                    // One with processes in it cannot be removed.
                    remove_tree(&place);
                }
            }
        }
    }

    /// Removes it with all below, as soon as its last process is gone.
    pub(super) fn remove(&self) {
        let deadline = Instant::now() + Duration::from_secs(5);
        for place in self.places() {
            while place.exists() && !remove_tree(&place) && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(20));
            }
            if place.exists() {
                eprintln!("harness: cannot remove {}", place.display());
            }
        }
    }
}

/// In a cgroup only folders can be removed, the deepest first.
fn remove_tree(place: &Path) -> bool {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) && !remove_tree(&entry.path()) {
            return false;
        }
    }
    fs::remove_dir(place).is_ok()
}
