//! The real node that tests lease: it runs real pods that reach each other by name, and nothing is left of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::{Cluster, NodeCluster, NodeOptions, eventually, images};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A web server, its Service, and a Job that reads from it by name.
const PODS: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: docker.io/library/busybox:1.35
        command: [/bin/busybox, sh, -c, "echo hello from $HOSTNAME; /bin/busybox mkdir -p /tmp/www; echo served > /tmp/www/index.html; exec /bin/busybox httpd -f -p 8080 -h /tmp/www"]
        readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}
        securityContext: {runAsUser: 1000, runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: reader}
spec:
  backoffLimit: 10
  template:
    spec:
      restartPolicy: OnFailure
      containers:
      - name: reader
        image: docker.io/library/busybox:1.35
        command: [/bin/busybox, wget, -q, -O, "-", "http://web.default.svc.cluster.local/"]
"#;

/// All processes in the PID namespace of this one, as the host counts.
fn processes_of(init: i32) -> Result<Vec<i32>> {
    let namespace = |pid: i32| std::fs::read_link(format!("/proc/{pid}/ns/pid"));
    let wanted = namespace(init).context("the node's PID namespace")?;
    let all = std::fs::read_dir("/proc").context("list processes")?;
    let pids = all.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    Ok(pids.filter(|pid| namespace(*pid).is_ok_and(|own| own == wanted)).collect())
}

/// What is left of a cgroup in any hierarchy.
fn cgroups(name: &str) -> Vec<PathBuf> {
    let root = Path::new("/sys/fs/cgroup");
    let below = std::fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path().join(name));
    std::iter::once(root.join(name)).chain(below).filter(|path| path.exists()).collect()
}

#[tokio::test]
async fn pods_run_and_reach_a_service_by_name() -> Result<()> {
    let cluster = NodeCluster::shared().await?;
    cluster.load_image(&images::busybox()?).await?;
    cluster.apply(PODS)?;
    eventually(Duration::from_secs(90), "what the reader read", async || {
        let read = cluster.kubectl(&["logs", "job/reader"])?;
        let state = cluster.kubectl(&["get", "pods", "-o", "wide"])?;
        check(read.trim() == "served", format!("{read:?}; {state}"))
    })
    .await?;

    let said = cluster.kubectl(&["logs", "deployment/web"])?;
    ensure!(said.starts_with("hello from web-"), "{said}");
    let ran = cluster.kubectl(&["exec", "deployment/web", "--", "/bin/busybox", "id", "-u"])?;
    assert_eq!(ran.trim(), "1000");

    let address = cluster.kubectl(&["get", "service", "web", "-o", "jsonpath={.spec.clusterIP}"])?;
    let forwarded = cluster.forward(&format!("{address}:80"))?;
    let page = flagstaff_tests::http::client()?.get(format!("http://{forwarded}/")).send().await?.text().await?;
    assert_eq!(page.trim(), "served");

    let resolved = cluster.exec_in_node(&["busybox", "wget", "-q", "-O", "-", "http://web.default/"]).await;
    assert_eq!(resolved?.trim(), "served");
    Ok(())
}

#[tokio::test]
async fn no_packet_leaves_the_node() -> Result<()> {
    let cluster = NodeCluster::shared().await?;
    let devices = cluster.exec_in_node(&["ls", "/sys/class/net"]).await?;
    ensure!(devices.split_whitespace().all(|name| !name.starts_with("eth") && !name.starts_with("en")), "{devices}");
    let route = cluster.exec_in_node(&["ip", "route", "get", "192.0.2.1"]).await?;
    ensure!(route.contains("dev node0"), "{route}");
    Ok(())
}

#[tokio::test]
async fn an_unknown_name_is_unknown_at_once() -> Result<()> {
    let cluster = NodeCluster::shared().await?;
    let asked = std::time::Instant::now();
    let answer = cluster.exec_in_node(&["busybox", "nslookup", "example.com"]).await;
    let text = format!("{answer:?}");
    ensure!(text.contains("NXDOMAIN"), "{text} after {:?}", asked.elapsed());
    Ok(())
}

#[tokio::test]
async fn nothing_is_left_of_a_node() -> Result<()> {
    let cluster = NodeCluster::with(NodeOptions { dns: false, ..NodeOptions::default() }).await?;
    let lease = cluster.processes();
    let (init, guardian) = (lease.pid(), i32::try_from(lease.guardian_pid())?);
    let (folder, cgroup) = (lease.folder().to_owned(), lease.cgroup().to_owned());
    let inside = processes_of(init)?;
    ensure!(inside.len() > 7, "{inside:?}");
    drop(cluster);
    let left: Vec<_> = inside.iter().filter(|pid| Path::new(&format!("/proc/{pid}")).exists()).collect();
    ensure!(left.is_empty(), "{left:?}");
    ensure!(!folder.exists() && !Path::new(&format!("/proc/{guardian}")).exists());
    ensure!(cgroups(&cgroup).is_empty(), "{:?}", cgroups(&cgroup));
    let mounts = std::fs::read_to_string("/proc/self/mounts")?;
    ensure!(!mounts.contains(folder.to_str().context("a path")?), "{mounts}");

    let cluster = NodeCluster::with(NodeOptions { dns: false, ..NodeOptions::default() }).await?;
    let lease = cluster.processes();
    let inside = processes_of(lease.pid())?;
    kill(Pid::from_raw(i32::try_from(lease.guardian_pid())?), Signal::SIGKILL)?;
    eventually(Duration::from_secs(10), "the end of all processes after the guardian's", async || {
        let left: Vec<_> = inside.iter().filter(|pid| Path::new(&format!("/proc/{pid}")).exists()).collect();
        check(left.is_empty(), &left)
    })
    .await?;
    let (folder, cgroup) = (lease.folder().to_owned(), lease.cgroup().to_owned());
    drop(cluster);
    ensure!(!folder.exists() && cgroups(&cgroup).is_empty(), "{:?}", cgroups(&cgroup));
    Ok(())
}
