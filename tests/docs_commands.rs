//! The commands that the README and docs/start give for a cluster of one's own, run as they stand there.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use flagstaff_tests::programs::{built, ours, repository};
use flagstaff_tests::{Cluster, FakeCluster, Flag, turn};

/// The shell blocks of a page below one of its headings.
fn blocks(page: &str, heading: &str) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(repository().join(page)).with_context(|| format!("read {page}"))?;
    let (_, rest) = text.split_once(&format!("\n{heading}\n")).with_context(|| format!("{page} has no `{heading}`"))?;
    let section = rest.split("\n## ").next().unwrap_or_default();
    let found: Vec<String> =
        section.split("```sh\n").skip(1).filter_map(|rest| rest.split("\n```").next()).map(str::to_owned).collect();
    ensure!(!found.is_empty(), "{page} has no commands below `{heading}`");
    Ok(found)
}

/// Runs one block in the repository, with the programs that a person would have on the PATH.
fn run(block: &str, kubeconfig: &Path) -> Result<String> {
    let mut folders = vec![];
    for program in [built("helm", "helm")?, built("kubernetes", "kubectl")?, ours("flagstaff")?] {
        folders.push(program.parent().context("a folder")?.display().to_string());
    }
    let path = format!("{}:{}", folders.join(":"), std::env::var("PATH").unwrap_or_default());
    let out = Command::new("bash")
        .args(["-euo", "pipefail", "-c", block])
        .current_dir(repository())
        .env("PATH", path)
        .env("KUBECONFIG", kubeconfig)
        .output()
        .context("run bash")?;
    let (said, complained) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    if !out.status.success() {
        bail!("{}:\n{block}\n{said}{complained}", out.status);
    }
    Ok(said.into_owned())
}

#[tokio::test]
async fn the_commands_for_ones_own_cluster_do_what_the_pages_say() -> Result<()> {
    let cluster = FakeCluster::lease().await?;
    let page = "docs/start/README.md";
    let asked = run(&blocks(page, "## 2. Ask your own cluster")?[0], cluster.kubeconfig());
    // Without the chart there is no definition yet, which preflight calls a problem and ends with 1.
    let said = asked.unwrap_or_else(|error| format!("{error:#}"));
    ensure!(said.contains("ok") && said.contains("definitions"), "{said}");

    let three = blocks(page, "## 3. Three commands")?;
    run(&three[0], cluster.kubeconfig())?;
    let flag = Flag { client: cluster.client().await? };
    // The nodes are simulated, so the installed Deployment runs no container: the operator runs beside the cluster instead.
    let _operator = turn::operator(cluster.kubeconfig(), &[]).await?;
    flag.wait_for("Ready", "NoDestination").await?;

    let see = blocks(page, "## 4. What you see")?;
    let table = run(&see[0], cluster.kubeconfig())?;
    for column in ["ENABLED", "READY", "REASON", "TEMPLATE", "OBJECTS"] {
        ensure!(table.contains(column), "{table}");
    }
    run(&see[1], cluster.kubeconfig())?;

    run(&blocks(page, "## 5. Take it back")?[0], cluster.kubeconfig())?;
    flag.wait_until_gone().await
}

#[tokio::test]
async fn the_three_commands_of_the_readme_work_on_a_fresh_cluster() -> Result<()> {
    let cluster = FakeCluster::lease().await?;
    run(&blocks("README.md", "## On your own cluster")?[0], cluster.kubeconfig())?;
    let flag = Flag { client: cluster.client().await? };
    let _operator = turn::operator(cluster.kubeconfig(), &[]).await?;
    flag.wait_for("Ready", "NoDestination").await.map(drop)
}
