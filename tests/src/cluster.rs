//! What every leased cluster can do, whichever way it came to be.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use kube::config::{KubeConfigOptions, Kubeconfig};

/// A cluster that a test may use.
pub trait Cluster {
    /// The kubeconfig of its administrator.
    fn kubeconfig(&self) -> &Path;

    /// A new client for the administrator. Make one a test: a client's connections end with the test's runtime.
    fn client(&self) -> impl Future<Output = Result<kube::Client>> + Send {
        let path = self.kubeconfig().to_owned();
        async move { client_for(&path).await }
    }

    /// Runs kubectl as the administrator; its output, or an error with what it said.
    fn kubectl(&self, args: &[&str]) -> Result<String> {
        kubectl(self.kubeconfig(), args)
    }
}

/// A client for a kubeconfig file.
pub async fn client_for(kubeconfig: &Path) -> Result<kube::Client> {
    let config = Kubeconfig::read_from(kubeconfig).with_context(|| format!("read {}", kubeconfig.display()))?;
    let config = kube::Config::from_custom_kubeconfig(config, &KubeConfigOptions::default())
        .await
        .with_context(|| format!("use {}", kubeconfig.display()))?;
    kube::Client::try_from(config).context("make a client")
}

/// Runs the kubectl of our own build with a kubeconfig.
pub fn kubectl(kubeconfig: &Path, args: &[&str]) -> Result<String> {
    let out = Command::new(crate::programs::built("kubernetes", "kubectl")?)
        .env("KUBECONFIG", kubeconfig)
        .args(["--request-timeout=30s"])
        .args(args)
        .output()
        .context("run kubectl")?;
    if !out.status.success() {
        bail!("kubectl {}: {}", args.join(" "), String::from_utf8_lossy(&out.stderr).trim());
    }
    String::from_utf8(out.stdout).context("read what kubectl said")
}
