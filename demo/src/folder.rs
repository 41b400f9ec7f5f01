//! Where the demo keeps its state: one folder in the machine's cache folder.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// What the demo is reached by, written when all of it runs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    /// The process that holds everything.
    pub pid: u32,
    /// Start time of that process in clock ticks, so that another process with its number is not taken for it.
    pub started: u64,
    /// Kubeconfig of the cluster, for this machine.
    pub kubeconfig: String,
    /// Folder of kubectl.
    pub kubectl_folder: String,
    /// Prometheus, from this machine.
    pub prometheus: String,
    /// Loki, from this machine.
    pub loki: String,
    /// Alertmanager, from this machine.
    pub alertmanager: String,
    /// The console, from this machine.
    pub console: String,
    /// The certificate authority of the hub, a file.
    pub hub_authority: String,
    /// Who signs in.
    pub email: String,
    /// With which password.
    pub password: String,
    /// Where the network of the simulated clusters is told what to do.
    pub network: String,
    /// The regions of the simulated clusters.
    pub regions: Vec<String>,
    /// The meters of the simulated clusters: name of the cluster, URL of remote write.
    #[serde(default)]
    pub meters: Vec<(String, String)>,
    /// The lines that `make demo` ended with.
    pub summary: Vec<String>,
}

/// `~/.cache/flagstaff/demo`, made when it is missing.
pub fn folder() -> Result<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))
        .context("neither XDG_CACHE_HOME nor HOME is set")?;
    let folder = cache.join("flagstaff/demo");
    std::fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    Ok(folder)
}

/// The state of a running demo; none when no demo runs.
pub fn running() -> Result<Option<State>> {
    let path = folder()?.join("state.json");
    let Ok(text) = std::fs::read_to_string(&path) else { return Ok(None) };
    let state: State = serde_json::from_str(&text).with_context(|| format!("read {}", path.display()))?;
    Ok((start_time(state.pid) == Some(state.started)).then_some(state))
}

/// Writes the state whole or not at all.
pub fn write(state: &State) -> Result<()> {
    let folder = folder()?;
    let new = folder.join("state.json.new");
    std::fs::write(&new, serde_json::to_vec_pretty(state)?).with_context(|| format!("write {}", new.display()))?;
    std::fs::rename(&new, folder.join("state.json")).context("put the new state in place")
}

/// When a process started, in clock ticks since boot (`/proc/<pid>/stat`, field 22).
pub fn start_time(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}
