//! Puts the operator into the cluster the way a person would: with Helm and the charts.

use std::path::Path;
use std::process::Command;

use crate::programs::{built, repository};
use anyhow::{Context, Result, bail};

/// Installs both charts and waits until the operator's pods are ready.
pub fn install(kubeconfig: &Path) -> Result<()> {
    let charts = repository().join("charts");
    helm(kubeconfig, &["upgrade", "--install", "flagstaff-crds", &charts.join("flagstaff-crds").to_string_lossy()])?;
    helm(
        kubeconfig,
        &[
            "upgrade",
            "--install",
            "flagstaff-operator",
            &charts.join("flagstaff-operator").to_string_lossy(),
            "--namespace",
            "flagstaff",
            "--create-namespace",
            // The namespace is part of the release; Helm has just made it.
            "--take-ownership",
            "--set",
            "replicas=1",
            "--wait",
            "--timeout",
            "180s",
        ],
    )?;
    Ok(())
}

fn helm(kubeconfig: &Path, args: &[&str]) -> Result<()> {
    let program = built("helm", "helm")?;
    let out = Command::new(&program)
        .args(args)
        .env("KUBECONFIG", kubeconfig)
        .output()
        .with_context(|| format!("run {}", program.display()))?;
    if !out.status.success() {
        bail!(
            "helm {}: {}{}",
            args.join(" "),
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        );
    }
    Ok(())
}
