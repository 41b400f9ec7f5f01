//! A Helm chart of given manifests, and Helm as a process.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use flagstaff_tests::programs;
use serde_json::Value;
use tempfile::TempDir;

/// The release's name.
const RELEASE: &str = "bench";

/// A chart, and a home for Helm and kubectl whose caches stay warm from run to run, as a person's do.
pub struct Chart {
    folder: TempDir,
}

impl Chart {
    /// Writes a chart with one file for each manifest.
    pub fn write(manifests: &[Value]) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("bench-chart-").tempdir().context("make a folder")?;
        let templates = folder.path().join("chart/templates");
        std::fs::create_dir_all(&templates).context("make the chart's folder")?;
        std::fs::create_dir_all(folder.path().join("home")).context("make a home")?;
        let about = "apiVersion: v2\nname: bench\nversion: 1.0.0\n";
        std::fs::write(folder.path().join("chart/Chart.yaml"), about).context("write Chart.yaml")?;
        for (number, manifest) in manifests.iter().enumerate() {
            let path = templates.join(format!("{number:03}.yaml"));
            std::fs::write(&path, escaped(manifest)?).with_context(|| format!("write {}", path.display()))?;
        }
        Ok(Self { folder })
    }

    /// A home for programs that keep caches in one.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Installs it without waiting for workloads; how long the process took, from its start to its end.
    pub fn install(&self, kubeconfig: &Path) -> Result<Duration> {
        let chart = self.folder.path().join("chart").display().to_string();
        self.helm(kubeconfig, &["install", RELEASE, &chart, "--namespace", "flagstaff", "--wait=hookOnly"])
    }

    /// Removes it.
    pub fn uninstall(&self, kubeconfig: &Path) -> Result<()> {
        self.helm(kubeconfig, &["uninstall", RELEASE, "--namespace", "flagstaff", "--ignore-not-found"]).map(drop)
    }

    fn helm(&self, kubeconfig: &Path, args: &[&str]) -> Result<Duration> {
        timed(Command::new(programs::built("helm", "helm")?).args(args), kubeconfig, &self.home())
    }
}

/// Runs a command to its end with a home of its own; how long it took.
pub fn timed(command: &mut Command, kubeconfig: &Path, home: &Path) -> Result<Duration> {
    command.env("KUBECONFIG", kubeconfig).env("HOME", home);
    for name in ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"] {
        command.env(name, home);
    }
    let begun = Instant::now();
    let out = command.output().with_context(|| format!("run {command:?}"))?;
    let took = begun.elapsed();
    ensure!(out.status.success(), "{command:?}: {}", String::from_utf8_lossy(&out.stderr).trim());
    Ok(took)
}

/// JSON in which Helm's template language finds nothing to do: rules and dashboards have a language of their own in braces.
fn escaped(manifest: &Value) -> Result<String> {
    let text = serde_json::to_string(manifest).context("write a manifest")?;
    let mut escaped = String::with_capacity(text.len());
    let mut quoted = false;
    let mut after_backslash = false;
    for char in text.chars() {
        match char {
            '{' | '}' if quoted => escaped.push_str(if char == '{' { "\\u007b" } else { "\\u007d" }),
            // Outside of text a space keeps braces apart.
            '{' | '}' => escaped.extend([char, ' ']),
            _ => escaped.push(char),
        }
        if char == '"' && !after_backslash {
            quoted = !quoted;
        }
        after_backslash = char == '\\' && !after_backslash;
    }
    Ok(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn templates_of_others_survive_helm() -> Result<()> {
        let manifest = json!({"a": {"b": {}}, "text": "{{ $labels.pod }} \"{{\" \\", "more": {"x": "}}"}});
        let text = escaped(&manifest)?;
        assert!(!text.contains("{{") && !text.contains("}}"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text)?, manifest);
        Ok(())
    }
}
