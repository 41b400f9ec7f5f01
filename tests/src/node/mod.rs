//! Lease (c): a real node that runs real pods, with its whole cluster in namespaces of their own.

mod config;
mod parts;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use k8s_openapi::api::core::v1::Node;
use kube::Api;
use tokio::sync::OnceCell;

use crate::cluster::{Cluster, kubectl};
use crate::control_plane::parts::{self as plane, Identities, Place, Version};
use crate::control_plane::{apiserver_ready, controllers_ready};
use crate::etcd::Etcd;
use crate::eventually;
use crate::forward::Forwarder;
use crate::guardian::NodeSettings;
use crate::images;
use crate::lease::Lease;

/// The node's address: what runs on the node is reached by it, from pods too.
pub const ADDRESS: &str = "10.77.0.2";
/// The node's name.
pub const HOST: &str = "node-1";
/// The network that pods get their addresses from.
pub const PODS: &str = "10.244.0.0/24";
/// The cluster's DNS.
pub const DNS: &str = "10.96.0.10";
pub(crate) const PAUSE: &str = "registry.k8s.io/pause:3.10";

/// What a node is made with.
#[derive(Clone)]
pub struct NodeOptions {
    /// The version of the API server.
    pub version: Version,
    /// More labels of the node, `name=value,…`; region and zone are there already.
    pub labels: String,
    /// Whether CoreDNS runs; without it the node is there some seconds sooner, and names of Services do not resolve.
    pub dns: bool,
    /// The lease's folder, new or empty; none: a temporary one.
    pub folder: Option<PathBuf>,
}

impl Default for NodeOptions {
    fn default() -> Self {
        Self { version: Version::default(), labels: String::new(), dns: true, folder: None }
    }
}

/// A cluster of one real node. Dropping it ends all that is in its namespaces.
pub struct NodeCluster {
    lease: Arc<Lease>,
    forwarder: Arc<Forwarder>,
    kubeconfig: PathBuf,
}

impl NodeCluster {
    /// One of its own.
    pub async fn lease() -> Result<Self> {
        Self::with(NodeOptions::default()).await
    }

    /// The one that all tests of this program share; it ends with the program.
    pub async fn shared() -> Result<&'static Self> {
        static SHARED: OnceCell<NodeCluster> = OnceCell::const_new();
        SHARED.get_or_try_init(Self::lease).await
    }

    /// One as the options say.
    pub async fn with(options: NodeOptions) -> Result<Self> {
        ensure!(nix::unistd::geteuid().is_root(), "a real node needs root: it makes namespaces, mounts and cgroups");
        parts::check_packages()?;
        let mut first_images = vec![images::pause()?];
        if options.dns {
            first_images.push(images::coredns()?);
        }
        let settings = NodeSettings {
            address: format!("{ADDRESS}/24"),
            gateway: "10.77.0.1".into(),
            host: HOST.into(),
            dns: DNS.into(),
        };
        let lease = Lease::in_namespaces(options.folder.as_deref(), &settings)?;
        let folder = lease.folder().to_owned();
        let place = Place { bind: "0.0.0.0".into(), address: ADDRESS.into(), port: 6443, nodes: true };
        let identities = Identities::new(&folder.join("pki"), &place)?;
        config::write(&folder, lease.cgroup(), &identities)?;

        // Nothing answers before the namespaces are there, so the forwarder comes after the first answer.
        let etcd = Etcd::in_node(&lease)?;
        lease.start(plane::apiserver(options.version, &folder, &place, &identities, &etcd, "/registry")?)?;
        lease.start(parts::containerd(&folder)?)?;
        let forwarder = Arc::new(Forwarder::new(lease.pid())?);
        let kubeconfig = folder.join("kubeconfig");
        let outside = format!("https://{}", forwarder.to(&format!("{ADDRESS}:6443"))?);
        identities.kubeconfig(&kubeconfig, &outside, "admin", Some("system:masters"))?;
        let this = Self { lease, forwarder, kubeconfig };

        this.containerd_ready().await?;
        for image in &first_images {
            this.load_image(image).await?;
        }
        apiserver_ready(&this.lease, &this.kubeconfig).await?;
        this.lease.start(plane::controller_manager(&folder, &place, &identities)?)?;
        this.lease.start(plane::scheduler(&folder, &place, &identities)?)?;
        let mut labels = format!("topology.kubernetes.io/region={REGION},topology.kubernetes.io/zone={REGION}-a");
        if !options.labels.is_empty() {
            labels = format!("{labels},{}", options.labels);
        }
        this.lease.start(parts::kubelet(&folder, &place, &identities, &labels)?)?;
        this.lease.start(parts::proxy(&folder, &place, &identities)?)?;
        controllers_ready(&this.lease, &this.kubeconfig).await?;
        this.node_ready().await?;
        if options.dns {
            this.dns_ready(&folder).await?;
        }
        Ok(this)
    }

    /// The processes behind it, for what has no method here.
    pub fn processes(&self) -> &Arc<Lease> {
        &self.lease
    }

    pub(crate) fn forwarder(&self) -> &Arc<Forwarder> {
        &self.forwarder
    }

    /// An address on the host's loopback that leads to this one (a node's, pod's or Service's, with port) inside.
    pub fn forward(&self, target: &str) -> Result<SocketAddr> {
        self.forwarder.to(target)
    }

    /// Gives the node an image from an OCI archive, under the name that the archive carries.
    pub async fn load_image(&self, archive: &Path) -> Result<()> {
        let path = archive.to_str().context("an archive's path that is no text")?.to_owned();
        let (socket, space) = (config::CONTAINERD, "k8s.io");
        self.exec_in_node(&["ctr", "-a", socket, "-n", space, "images", "import", "--no-unpack=false", &path])
            .await
            .with_context(|| format!("load the image {path}"))
            .map(drop)
    }

    /// Gives the node the images that packs use: Alloy, kube-state-metrics, node-exporter.
    pub async fn load_agents(&self) -> Result<()> {
        for image in [images::alloy()?, images::kube_state_metrics()?, images::node_exporter()?] {
            self.load_image(&image).await?;
        }
        Ok(())
    }

    /// SIGKILL for the API server; the rest goes on.
    pub fn kill_apiserver(&self) -> Result<()> {
        self.lease.kill("kube-apiserver")
    }

    /// Starts the API server again and waits until it is ready.
    pub async fn start_apiserver(&self) -> Result<()> {
        self.lease.start_again("kube-apiserver")?;
        apiserver_ready(&self.lease, &self.kubeconfig).await
    }

    /// Runs a command on the node, as root, and returns what it printed.
    pub async fn exec_in_node(&self, command: &[&str]) -> Result<String> {
        let mut run = Command::new("nsenter");
        run.args(["--target", &self.lease.pid().to_string(), "--mount", "--net", "--uts", "--ipc", "--pid", "--"]);
        run.args(command);
        let shown = command.join(" ");
        let out: Output = tokio::task::spawn_blocking(move || run.output())
            .await
            .context("wait for nsenter")?
            .context("run nsenter (Debian: apt-get install util-linux)")?;
        if !out.status.success() {
            let said = [out.stdout, out.stderr].map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
            bail!("{shown}: {}: {}", out.status, said.join("\n").trim());
        }
        Ok(String::from_utf8_lossy(&out.stdout).into_owned())
    }

    /// Applies manifests (YAML or JSON) as the administrator.
    pub fn apply(&self, manifests: &str) -> Result<String> {
        apply(&self.kubeconfig, self.lease.folder(), manifests)
    }

    async fn containerd_ready(&self) -> Result<()> {
        let probe = async || self.exec_in_node(&["ctr", "-a", config::CONTAINERD, "version"]).await.map(drop);
        self.lease.ready("containerd", Duration::from_secs(30), probe).await
    }

    async fn node_ready(&self) -> Result<()> {
        let nodes: Api<Node> = Api::all(self.client().await?);
        self.lease
            .ready("kubelet", Duration::from_secs(90), async || {
                let node = nodes.get(HOST).await.context("get the node")?;
                let conditions = node.status.and_then(|status| status.conditions).unwrap_or_default();
                let ready = conditions.iter().find(|condition| condition.type_ == "Ready");
                match ready {
                    Some(ready) if ready.status == "True" => Ok(()),
                    other => bail!("the node is not ready: {:?}", other.and_then(|ready| ready.message.clone())),
                }
            })
            .await
    }

    async fn dns_ready(&self, folder: &Path) -> Result<()> {
        apply(&self.kubeconfig, folder, include_str!("dns.yaml"))?;
        eventually(Duration::from_secs(90), "CoreDNS on the node", async || {
            let ready = ["get", "deployment", "coredns", "-n", "kube-system", "-o", "jsonpath={.status.readyReplicas}"];
            let said = kubectl(&self.kubeconfig, &ready)?;
            if said == "1" {
                // Its pod is ready; kube-proxy may need another moment until the Service leads there.
                let page = self.forward(&format!("{DNS}:9153"))?;
                let answer = crate::http::client()?.get(format!("http://{page}/metrics")).send().await;
                return answer.context("reach CoreDNS by its Service").map(drop);
            }
            let pods = ["get", "pods", "-n", "kube-system", "-o", "wide"];
            bail!("not ready: {}", kubectl(&self.kubeconfig, &pods)?)
        })
        .await
    }
}

/// The region that the node's labels name.
pub const REGION: &str = "harness-1";

impl Cluster for NodeCluster {
    fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }
}

/// Applies by kubectl, server-side, from a file that goes with the lease.
fn apply(kubeconfig: &Path, folder: &Path, manifests: &str) -> Result<String> {
    let mut file = tempfile::Builder::new().suffix(".yaml").tempfile_in(folder).context("make a file")?;
    std::io::Write::write_all(&mut file, manifests.as_bytes()).context("write manifests")?;
    let path = file.path().to_str().context("a path that is no text")?;
    kubectl(kubeconfig, &["apply", "--server-side", "-f", path])
}
