//! On what, with what and under which load a row was measured.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use flagstaff_tests::programs;
use serde::{Deserialize, Serialize};

/// The machine.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's name.
    pub cpu: String,
    /// How many cores it has.
    pub cores: usize,
    /// All of its memory in GiB.
    pub memory_gib: f64,
    /// The kernel.
    pub kernel: String,
}

impl Machine {
    /// This one.
    pub fn this() -> Result<Self> {
        let cpus = read("/proc/cpuinfo")?;
        let names: Vec<&str> = cpus.lines().filter(|line| line.starts_with("model name")).collect();
        let cpu = names.first().and_then(|line| line.split_once(':')).map_or("unknown", |(_, name)| name.trim());
        let memory = read("/proc/meminfo")?;
        let total = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")).context("MemTotal")?;
        let kilobytes: f64 = total.trim().trim_end_matches("kB").trim().parse().context("MemTotal")?;
        Ok(Self {
            cpu: cpu.to_owned(),
            cores: std::thread::available_parallelism().map_or(names.len(), usize::from),
            memory_gib: (kilobytes / 1024.0 / 1024.0 * 10.0).round() / 10.0,
            kernel: read("/proc/sys/kernel/osrelease")?.trim().to_owned(),
        })
    }
}

/// Processes that wanted to run, as the kernel's mean over one minute.
pub fn load() -> Result<f64> {
    let text = read("/proc/loadavg")?;
    text.split_whitespace().next().context("a load")?.parse().context("a load")
}

/// The commit that is checked out, with `+` when files differ from it; what the bench itself writes does not count.
pub fn commit() -> Result<String> {
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changed = git(&["status", "--porcelain", "--untracked-files=no"])?;
    Ok(format!("{commit}{}", if differs(&changed) { "+" } else { "" }))
}

/// Whether `git status --porcelain` names something else than what the bench itself writes.
fn differs(status: &str) -> bool {
    let written = ["bench/results/", "bench/RESULTS.md", "bench/SOAK.md", "README.md"];
    // Two letters and a space stand before each path.
    status.lines().any(|line| !written.iter().any(|path| line.get(3..).unwrap_or("").starts_with(path)))
}

fn git(args: &[&str]) -> Result<String> {
    run(Command::new("git").arg("-C").arg(programs::repository()).args(args))
}

/// The operator that is measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The cargo profile: the name of the folder that the program is in.
    pub profile: String,
    /// The size of the program in megabytes.
    pub megabytes: f64,
}

/// The operator that the harness starts.
pub fn operator() -> Result<Measured> {
    let path = programs::ours("flagstaff-operator")?;
    let profile = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let bytes = std::fs::metadata(&path).with_context(|| format!("find {}", path.display()))?.len();
    Ok(Measured { profile: profile.unwrap_or_default(), megabytes: (bytes as f64 / 1e5).round() / 10.0 })
}

/// The versions of everything that takes part, by name.
pub fn versions() -> Result<BTreeMap<String, String>> {
    let ask = |part: &str, program: &str, args: &[&str]| -> Result<String> {
        let text = run(Command::new(programs::built(part, program)?).args(args))?;
        Ok(text.lines().next().unwrap_or_default().trim().to_owned())
    };
    let peer = read(&programs::repository().join("tests/kubernetes/controller-runtime/go.mod").to_string_lossy())?;
    let peer = peer.lines().find_map(|line| line.trim().strip_prefix("sigs.k8s.io/controller-runtime "));
    Ok([
        ("Kubernetes", ask("kubernetes", "kube-apiserver", &["--version"])?.replace("Kubernetes ", "")),
        ("etcd", ask("etcd", "etcd", &["--version"])?.replace("etcd Version: ", "")),
        ("Helm", ask("helm", "helm", &["version", "--template={{.Version}}"])?),
        ("kwok", ask("kwok", "kwok", &["--version"])?.split(' ').nth(2).unwrap_or_default().to_owned()),
        ("Alloy", ask("alloy", "alloy", &["--version"])?.split(' ').nth(2).unwrap_or_default().to_owned()),
        ("controller-runtime", peer.unwrap_or_default().to_owned()),
        ("Rust", run(Command::new("rustc").arg("--version"))?.split(' ').nth(1).unwrap_or_default().to_owned()),
        ("Go", run(Command::new("go").args(["env", "GOVERSION"]))?.replace("go", "")),
    ]
    .into_iter()
    .map(|(name, version)| (name.to_owned(), version))
    .collect())
}

fn run(command: &mut Command) -> Result<String> {
    let out = command.output().with_context(|| format!("run {command:?}"))?;
    anyhow::ensure!(out.status.success(), "{command:?}: {}", String::from_utf8_lossy(&out.stderr).trim());
    Ok(String::from_utf8_lossy(&out.stdout).trim_end().to_owned())
}

fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("read {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_the_bench_are_no_change() {
        assert!(!differs(""));
        assert!(!differs(" M bench/results/apply.jsonl\n M bench/RESULTS.md\nM  README.md"));
        assert!(differs(" M bench/results/apply.jsonl\n M operator/src/apply.rs"));
    }

    #[test]
    fn this_machine_has_a_name_cores_and_memory() -> Result<()> {
        let machine = Machine::this()?;
        assert!(machine.cores > 0 && machine.memory_gib > 0.1 && !machine.kernel.is_empty(), "{machine:?}");
        assert!(load()? >= 0.0);
        Ok(())
    }
}
