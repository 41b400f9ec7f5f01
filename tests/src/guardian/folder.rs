//! A lease's folder: made and locked by its guardian, removed at its end; what a killed guardian left is swept later.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::fcntl::{Flock, FlockArg};

const PREFIX: &str = "flagstaff-";
const LOCK: &str = "guardian.lock";

/// The folder, for as long as its guardian lives.
pub struct LeaseFolder {
    path: PathBuf,
    keep_logs: Option<PathBuf>,
    _lock: Flock<File>,
}

impl LeaseFolder {
    /// A new folder among the temporary ones, or the one named, which must be new or empty.
    pub fn create(at: Option<PathBuf>) -> Result<Self> {
        let path = match at {
            Some(path) => {
                fs::create_dir_all(&path).with_context(|| format!("make the folder {}", path.display()))?;
                let path = path.canonicalize().with_context(|| format!("find the folder {}", path.display()))?;
                if fs::read_dir(&path)?.next().is_some() {
                    bail!("the folder {} is not empty", path.display());
                }
                path
            }
            None => tempfile::Builder::new().prefix(PREFIX).tempdir().context("make a folder")?.keep(),
        };
        let lock = File::create(path.join(LOCK)).context("make the lock file")?;
        let lock = Flock::lock(lock, FlockArg::LockExclusiveNonblock)
            .map_err(|(_, error)| error)
            .context("lock the lease's folder")?;
        Ok(Self { path, keep_logs: None, _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// At the end, move the logs there.
    pub fn keep_logs(&mut self, to: PathBuf) {
        self.keep_logs = Some(to);
    }

    /// Removes it, with all that is in it but the logs that are to be kept.
    pub fn remove(&self) {
        if let Some(to) = &self.keep_logs
            && let Err(error) = move_logs(&self.path, to)
        {
            eprintln!("harness: cannot keep the logs in {}: {error}", to.display());
        }
        if std::env::var_os("FLAGSTAFF_TEST_KEEP").is_some() {
            eprintln!("harness: kept {}", self.path.display());
            return;
        }
        if let Err(error) = fs::remove_dir_all(&self.path) {
            eprintln!("harness: cannot remove {}: {error}", self.path.display());
        }
    }
}

pub(super) fn move_logs(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "log")
            && let Some(name) = path.file_name()
        {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

/// Removes the folders and cgroups whose guardian was killed and could not do it. Those in use are locked.
pub fn sweep() {
    super::namespaces::Cgroup::sweep();
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let ours = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(PREFIX));
        if !ours || std::env::var_os("FLAGSTAFF_TEST_KEEP").is_some() {
            continue;
        }
        let lock = path.join(LOCK);
        // A young one may be about to be locked.
        let age = fs::metadata(&lock).and_then(|meta| meta.modified()).ok().and_then(|time| time.elapsed().ok());
        if age.is_none_or(|age| age < Duration::from_secs(30)) {
            continue;
        }
        let free = File::open(&lock).is_ok_and(|file| Flock::lock(file, FlockArg::LockExclusiveNonblock).is_ok());
        if free {
            remove_left(&path);
        }
    }
}

/// Removes what a killed guardian left of a lease: its cgroup and its folder.
pub fn remove_left(folder: &Path) {
    super::namespaces::Cgroup::left_by(folder).remove();
    let _ = fs::remove_dir_all(folder);
}
