//! Finds programs: our own in the target folder, Kubernetes and its peers in the cache, Debian's on the PATH.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};

use crate::lease::lock;

/// The root of the repository.
pub fn repository() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// Where cargo puts what it builds.
pub fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), |folder| repository().join(folder))
}

/// One of the workspace's own binaries, of the same profile as this program.
pub fn ours(name: &str) -> Result<PathBuf> {
    if let Some(path) = std::env::var_os(format!("CARGO_BIN_EXE_{name}")) {
        return Ok(path.into());
    }
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    let path = target_folder().join(profile).join(name);
    if path.exists() {
        return Ok(path);
    }
    let package = if name == "harness" { "flagstaff-tests" } else { name };
    let flag = if cfg!(debug_assertions) { "" } else { " --release" };
    bail!("{} is not built: cargo build{flag} -p {package} --bin {name}", path.display())
}

/// A program of one of the parts that `tests/kubernetes/build` makes, or the one that `FLAGSTAFF_PROGRAM_<name>` names.
pub fn built(part: &str, name: &str) -> Result<PathBuf> {
    if let Some(path) = std::env::var_os(format!("FLAGSTAFF_PROGRAM_{}", name.replace(['-', '.'], "_"))) {
        return Ok(path.into());
    }
    static FOUND: Mutex<BTreeMap<String, BTreeMap<String, PathBuf>>> = Mutex::new(BTreeMap::new());
    let mut found = lock(&FOUND);
    let programs = match found.get(part) {
        Some(programs) => programs,
        None => found.entry(part.to_owned()).or_insert(ask_build(part)?),
    };
    programs.get(name).cloned().with_context(|| format!("the part {part} has no {name}"))
}

fn ask_build(part: &str) -> Result<BTreeMap<String, PathBuf>> {
    let script = repository().join("tests/kubernetes/build");
    let out =
        Command::new(&script).args(["--paths", part]).output().with_context(|| format!("run {}", script.display()))?;
    if !out.status.success() {
        bail!("{}\nto build it: tests/kubernetes/build {part}", String::from_utf8_lossy(&out.stderr).trim());
    }
    let text = String::from_utf8(out.stdout).context("read the paths of the built programs")?;
    let mut programs = BTreeMap::new();
    for (name, path) in text.lines().filter_map(|line| line.split_once('=')) {
        programs.insert(name.to_owned(), PathBuf::from(path));
    }
    Ok(programs)
}

/// A program of a Debian package.
pub fn installed(name: &str, package: &str) -> Result<PathBuf> {
    for folder in ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin", "/usr/lib/cni"] {
        let path = Path::new(folder).join(name);
        if path.exists() {
            return Ok(path);
        }
    }
    bail!("{name} is not installed: run tests/kubernetes/packages (or apt-get install {package})")
}
