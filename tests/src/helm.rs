//! The real Helm, on the charts of this repository.

use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::programs::{built, repository};
use crate::{Cluster, ControlPlane};

/// Helm with a home of its own, so that nothing of the machine's user is read or written.
pub struct Helm {
    program: PathBuf,
    home: TempDir,
    kubeconfig: Option<PathBuf>,
}

impl Helm {
    /// One that asks this cluster, or none.
    pub fn new(cluster: Option<&ControlPlane>) -> Result<Self> {
        let home = tempfile::tempdir().context("make a home for Helm")?;
        let kubeconfig = cluster.map(|cluster| cluster.kubeconfig().to_owned());
        Ok(Self { program: built("helm", "helm")?, home, kubeconfig })
    }

    /// Runs it in the folder of the charts.
    pub fn output(&self, args: &[&str]) -> Result<Output> {
        let none = self.home.path().join("no-kubeconfig");
        Command::new(&self.program)
            .current_dir(repository().join("charts"))
            .env("HELM_CACHE_HOME", self.home.path())
            .env("HELM_CONFIG_HOME", self.home.path())
            .env("HELM_DATA_HOME", self.home.path())
            .env("KUBECONFIG", self.kubeconfig.as_ref().unwrap_or(&none))
            .args(args)
            .args(["--namespace", "flagstaff"])
            .output()
            .context("run helm")
    }

    /// What it says when it succeeds.
    pub fn run(&self, args: &[&str]) -> Result<String> {
        let out = self.output(args)?;
        if !out.status.success() {
            bail!("helm {}: {}", args.join(" "), String::from_utf8_lossy(&out.stderr).trim());
        }
        String::from_utf8(out.stdout).context("read what helm said")
    }

    /// What helm says when it refuses.
    pub fn refusal(&self, args: &[&str]) -> Result<String> {
        let out = self.output(args)?;
        ensure!(!out.status.success(), "helm {} was taken", args.join(" "));
        Ok(String::from_utf8_lossy(&out.stderr).into_owned())
    }
}
