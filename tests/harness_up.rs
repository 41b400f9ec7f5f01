//! The harness as a program: it says what is ready, goes on in the background, and ends with whoever started it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use flagstaff_tests::cluster::client_for;
use flagstaff_tests::eventually::check;
use flagstaff_tests::guardian;
use flagstaff_tests::{Cluster, ControlPlane, OwnCluster, eventually, programs};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

fn harness(args: &[&str]) -> Result<Command> {
    let mut command = Command::new(programs::ours("harness")?);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
    Ok(command)
}

/// All lines up to the one that says that the cluster is ready.
fn until_ready(child: &mut Child) -> Result<Vec<Value>> {
    let mut lines = Vec::new();
    for line in BufReader::new(child.stdout.take().context("its stdout")?).lines() {
        let line: Value = serde_json::from_str(&line?)?;
        let last = line["ready"] == "cluster";
        lines.push(line);
        if last {
            return Ok(lines);
        }
    }
    bail!("it ended early: {lines:?}")
}

fn lives(pid: i64) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

fn pids(state: &Value) -> Vec<i64> {
    state["parts"].as_object().into_iter().flatten().filter_map(|(_, pid)| pid.as_i64()).collect()
}

async fn all_gone(state: &Value) -> Result<()> {
    let folder = state["folder"].as_str().context("its folder")?;
    eventually(Duration::from_secs(10), "the end of everything", async || {
        let left: Vec<_> = pids(state).into_iter().filter(|pid| lives(*pid)).collect();
        check(left.is_empty() && !Path::new(folder).exists(), (&left, folder))
    })
    .await
}

#[tokio::test]
async fn everything_ends_with_a_killed_owner() -> Result<()> {
    let mut owner = harness(&["up", "control-plane"])?.spawn()?;
    let lines = until_ready(&mut owner)?;
    let names: Vec<_> = lines.iter().filter_map(|line| line["ready"].as_str()).collect();
    assert_eq!(names, ["etcd", "kube-apiserver", "kube-controller-manager", "cluster"]);
    let state = lines.last().context("the last line")?;
    ensure!(pids(state).len() == 3 && pids(state).into_iter().all(lives), "{state}");
    owner.kill()?;
    owner.wait()?;
    all_gone(state).await
}

#[tokio::test]
async fn everything_ends_with_the_owners_stdin() -> Result<()> {
    let mut owner = harness(&["up", "control-plane"])?.spawn()?;
    let lines = until_ready(&mut owner)?;
    drop(owner.stdin.take());
    ensure!(owner.wait()?.success());
    all_gone(lines.last().context("the last line")?).await
}

#[tokio::test]
async fn a_detached_cluster_goes_on_until_it_is_stopped() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let place = folder.path().join("state");
    let place = place.to_str().context("a path")?;
    let started = harness(&["up", "control-plane", "--detach", place])?.output()?;
    let state: Value = serde_json::from_slice(&started.stdout)?;
    let kubeconfig = state["kubeconfig"].as_str().context("its kubeconfig")?;
    client_for(Path::new(kubeconfig)).await?.apiserver_version().await?;
    let again = harness(&["up", "control-plane", "--detach", place])?.stderr(Stdio::piped()).output()?;
    ensure!(!again.status.success());

    let told: Value = serde_json::from_slice(&harness(&["status", place])?.output()?.stdout)?;
    ensure!(told["running"] == true && told["pid"] == state["pid"], "{told}");
    ensure!(harness(&["stop", place])?.status()?.success());
    ensure!(!Path::new(place).exists());
    all_gone(&state).await
}

#[tokio::test]
async fn the_users_own_cluster_is_used_only_when_allowed() -> Result<()> {
    let cluster = ControlPlane::shared().await?;
    let kubeconfig = || Some(cluster.kubeconfig().as_os_str().to_owned());
    for refused in [None, Some("".into()), Some("true".into())] {
        ensure!(OwnCluster::from_values(kubeconfig(), refused).is_err());
    }
    ensure!(OwnCluster::from_values(None, Some("1".into())).is_err());
    let own = OwnCluster::from_values(kubeconfig(), Some("1".into()))?;
    own.client().await?.apiserver_version().await?;
    Ok(())
}

#[tokio::test]
async fn what_is_left_when_both_were_killed_is_swept() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let place = folder.path().join("state");
    let started = harness(&["up", "node", "--detach", place.to_str().context("a path")?])?.output()?;
    let state: Value = serde_json::from_slice(&started.stdout)?;
    let pid = |name: &str| state[name].as_i64().with_context(|| format!("{name} in {state}"));
    let cgroup = format!("flagstaff-{}", pid("guardian_pid")?);
    for name in ["pid", "guardian_pid"] {
        kill(Pid::from_raw(i32::try_from(pid(name)?)?), Signal::SIGKILL)?;
    }
    eventually(Duration::from_secs(10), "no cgroup of the node any more", async || {
        guardian::sweep();
        check(cgroups(&cgroup).is_empty(), cgroups(&cgroup))
    })
    .await?;
    let first = pid("first_pid")?;
    eventually(Duration::from_secs(10), "the node's first process is gone", async || check(!lives(first), first)).await
}

/// What is left of a cgroup in any hierarchy.
fn cgroups(name: &str) -> Vec<PathBuf> {
    let root = Path::new("/sys/fs/cgroup");
    let below = std::fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path().join(name));
    std::iter::once(root.join(name)).chain(below).filter(|path| path.exists()).collect()
}
