//! Lease (b): a control plane with a scheduler and simulated nodes, on which Deployments and DaemonSets become available.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::core::v1::Node;
use kube::Api;
use kube::api::{ListParams, PostParams};
use serde_json::json;
use tokio::sync::OnceCell;

use crate::cluster::Cluster;
use crate::control_plane::{ControlPlane, Options, parts};
use crate::eventually::{check, eventually};
use crate::programs;
use crate::protocol::Part;

/// The label that every simulated node carries.
pub const SIMULATED: &str = "flagstaff.dev/simulated";

/// What a fake cluster is made of.
#[derive(Clone)]
pub struct FakeOptions {
    /// Its control plane.
    pub control_plane: Options,
    /// How many nodes.
    pub nodes: usize,
    /// The nodes' region.
    pub region: String,
    /// The nodes' zones, in turn.
    pub zones: Vec<String>,
    /// What the nodes' `providerID` begins with: `aws:///`, `gce://`, `azure:///`, …
    pub provider: String,
}

impl Default for FakeOptions {
    fn default() -> Self {
        let zones = ["a", "b", "c"].map(|zone| format!("fake-1{zone}")).to_vec();
        Self { control_plane: Options::default(), nodes: 3, region: "fake-1".into(), zones, provider: "kwok://".into() }
    }
}

/// A cluster whose nodes and pods are played by kwok: no container ever runs.
pub struct FakeCluster {
    control_plane: ControlPlane,
    options: FakeOptions,
}

impl FakeCluster {
    /// One of its own with three nodes.
    pub async fn lease() -> Result<Self> {
        Self::with(FakeOptions::default()).await
    }

    /// The one that all tests of this program share; it ends with the program.
    pub async fn shared() -> Result<&'static Self> {
        static SHARED: OnceCell<FakeCluster> = OnceCell::const_new();
        SHARED.get_or_try_init(Self::lease).await
    }

    /// One as the options say.
    pub async fn with(options: FakeOptions) -> Result<Self> {
        ensure!(
            options.control_plane.controllers,
            "a fake cluster needs the controller-manager: nodes stay tainted without"
        );
        ensure!(!options.zones.is_empty(), "nodes need a zone");
        let program = programs::built("kwok", "kwok")?;
        let control_plane = ControlPlane::with(options.control_plane.clone()).await?;
        let lease = control_plane.processes();
        lease.start(parts::scheduler(lease.folder(), control_plane.place(), &control_plane.identities)?)?;
        lease.start(kwok(&program, control_plane.kubeconfig())?)?;
        let this = Self { control_plane, options };
        this.add_nodes(0..this.options.nodes).await?;
        Ok(this)
    }

    /// The control plane behind it: to break and mend it, and for more users.
    pub fn control_plane(&self) -> &ControlPlane {
        &self.control_plane
    }

    /// Adds the nodes `fake-<number>` and waits until they are ready.
    pub async fn add_nodes(&self, numbers: std::ops::Range<usize>) -> Result<()> {
        let nodes: Api<Node> = Api::all(self.client().await?);
        let count = numbers.len();
        stream::iter(numbers)
            .map(|number| {
                let (nodes, node) = (nodes.clone(), self.node(number));
                async move { nodes.create(&PostParams::default(), &node?).await.context("add a node").map(drop) }
            })
            .buffer_unordered(16)
            .try_collect::<Vec<()>>()
            .await?;
        let selected = ListParams::default().labels(&format!("{SIMULATED}=true"));
        eventually(Duration::from_secs(60), "simulated nodes that are ready", async || {
            let list = nodes.list(&selected).await?;
            let ready = list.iter().filter(|node| is_ready(node)).count();
            check(ready >= count, format!("{ready} of {count} are ready"))
        })
        .await
    }

    fn node(&self, number: usize) -> Result<Node> {
        let name = format!("fake-{number}");
        let FakeOptions { region, zones, provider, .. } = &self.options;
        let zone = &zones[number % zones.len()];
        let node = json!({
            "metadata": {
                "name": name,
                "annotations": { "kwok.x-k8s.io/node": "fake", "node.alpha.kubernetes.io/ttl": "0" },
                "labels": {
                    SIMULATED: "true",
                    "kubernetes.io/hostname": name,
                    "kubernetes.io/os": "linux",
                    "kubernetes.io/arch": "amd64",
                    "topology.kubernetes.io/region": region,
                    "topology.kubernetes.io/zone": zone,
                },
            },
            "spec": { "providerID": format!("{provider}{zone}/{name}") },
        });
        serde_json::from_value(node).context("write a node")
    }
}

impl Cluster for FakeCluster {
    fn kubeconfig(&self) -> &Path {
        self.control_plane.kubeconfig()
    }
}

fn is_ready(node: &Node) -> bool {
    let conditions = node.status.as_ref().and_then(|status| status.conditions.as_ref());
    let ready = conditions.is_some_and(|all| all.iter().any(|one| one.type_ == "Ready" && one.status == "True"));
    let tainted = node.spec.as_ref().and_then(|spec| spec.taints.as_ref()).is_some_and(|taints| !taints.is_empty());
    ready && !tainted
}

/// kwok does what its stage files say: these make nodes ready, renew their leases, and move pods on at once.
fn kwok(program: &Path, kubeconfig: &Path) -> Result<Part> {
    let home = program.parent().and_then(Path::parent).context("kwok's folder")?;
    let mut part = Part::new("kwok", program)
        .flag("kubeconfig", kubeconfig.display())
        .flag("manage-all-nodes", false)
        .flag("manage-nodes-with-annotation-selector", "kwok.x-k8s.io/node=fake")
        .flag("node-lease-duration-seconds", 40)
        .flag("cidr", "10.0.0.0/16")
        .flag("node-ip", "10.0.0.1");
    for stage in ["node/fast", "node/heartbeat-with-lease", "pod/fast"] {
        let folder = home.join("share").join(stage);
        let entries = std::fs::read_dir(&folder).with_context(|| format!("read {}", folder.display()))?;
        let mut files: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        files.sort();
        for file in files {
            part = part.flag("config", file.display());
        }
    }
    Ok(part)
}
