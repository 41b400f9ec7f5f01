//! Lease (a): a real control plane on loopback, without nodes, ready in a few seconds.

pub mod parts;
mod users;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::Api;
use tokio::sync::OnceCell;

use crate::cluster::{Cluster, client_for};
use crate::etcd::Etcd;
use crate::lease::Lease;
use crate::ports;
use parts::{Identities, Place, Version};
pub use users::{User, rule};

const APISERVER: &str = "kube-apiserver";
const CONTROLLERS: &str = "kube-controller-manager";
const READY: Duration = Duration::from_secs(60);

/// What a control plane is made of.
#[derive(Clone)]
pub struct Options {
    /// The version of its API server.
    pub version: Version,
    /// Whether the controller-manager runs: without it there are no service accounts, ReplicaSets' pods or garbage collection.
    pub controllers: bool,
    /// An etcd that many share; none: one of its own.
    pub etcd: Option<Arc<Etcd>>,
    /// More arguments for the API server.
    pub apiserver_args: Vec<String>,
    /// The lease's folder, new or empty; none: a temporary one.
    pub folder: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { version: Version::default(), controllers: true, etcd: None, apiserver_args: Vec::new(), folder: None }
    }
}

/// etcd, kube-apiserver and kube-controller-manager. Dropping it ends them.
pub struct ControlPlane {
    pub(crate) lease: Arc<Lease>,
    etcd: Arc<Etcd>,
    place: Place,
    pub(crate) identities: Identities,
    kubeconfig: PathBuf,
    users: AtomicU32,
}

impl ControlPlane {
    /// One of its own for a test that breaks it, or that must be alone.
    pub async fn lease() -> Result<Self> {
        Self::with(Options::default()).await
    }

    /// The one that all tests of this program share; it ends with the program.
    pub async fn shared() -> Result<&'static Self> {
        static SHARED: OnceCell<ControlPlane> = OnceCell::const_new();
        SHARED.get_or_try_init(Self::lease).await
    }

    /// One as the options say.
    pub async fn with(options: Options) -> Result<Self> {
        let lease = Lease::at(options.folder.as_deref())?;
        let etcd = match options.etcd {
            Some(etcd) => etcd,
            None => Arc::new(Etcd::start(lease.clone()).await?),
        };
        let place = Place { bind: "127.0.0.1".into(), address: "127.0.0.1".into(), port: ports::free()?, nodes: false };
        let identities = Identities::new(&lease.folder().join("pki"), &place)?;
        let kubeconfig = lease.folder().join("kubeconfig");
        identities.kubeconfig(&kubeconfig, &place.url(), "admin", Some("system:masters"))?;
        let apiserver =
            parts::apiserver(options.version, lease.folder(), &place, &identities, &etcd.url(), &etcd.new_prefix())?
                .args(options.apiserver_args);
        lease.start(apiserver)?;
        let this = Self { lease, etcd, place, identities, kubeconfig, users: AtomicU32::new(0) };
        this.apiserver_ready().await?;
        if options.controllers {
            this.lease.start(parts::controller_manager(this.lease.folder(), &this.place, &this.identities)?)?;
            this.controllers_ready().await?;
        }
        Ok(this)
    }

    /// The API server's URL.
    pub fn url(&self) -> String {
        self.place.url()
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// The certificate that signed the API server's.
    pub fn authority(&self) -> PathBuf {
        self.identities.authority.certificate()
    }

    /// The processes behind it, for what has no method here.
    pub fn processes(&self) -> &Arc<Lease> {
        &self.lease
    }

    /// The etcd behind it.
    pub fn etcd(&self) -> &Arc<Etcd> {
        &self.etcd
    }

    /// Ends the API server as an upgrade does: SIGTERM, and SIGKILL after 10 s.
    pub fn stop_apiserver(&self) -> Result<()> {
        self.lease.stop(APISERVER, Duration::from_secs(10))
    }

    /// SIGKILL for the API server; etcd goes on.
    pub fn kill_apiserver(&self) -> Result<()> {
        self.lease.kill(APISERVER)
    }

    /// Makes the API server hang: connections stay, nothing is answered.
    pub fn pause_apiserver(&self) -> Result<()> {
        self.lease.signal(APISERVER, "SIGSTOP")
    }

    /// Lets a hanging API server go on.
    pub fn resume_apiserver(&self) -> Result<()> {
        self.lease.signal(APISERVER, "SIGCONT")
    }

    /// Starts it again, on the same port with the same data, and waits until it is ready.
    pub async fn start_apiserver(&self) -> Result<()> {
        self.lease.start_again(APISERVER)?;
        self.apiserver_ready().await
    }

    /// SIGKILL for the controller-manager.
    pub fn kill_controllers(&self) -> Result<()> {
        self.lease.kill(CONTROLLERS)
    }

    /// Starts the controller-manager again.
    pub fn start_controllers(&self) -> Result<()> {
        self.lease.start_again(CONTROLLERS).map(drop)
    }

    async fn apiserver_ready(&self) -> Result<()> {
        apiserver_ready(&self.lease, &self.kubeconfig).await
    }

    async fn controllers_ready(&self) -> Result<()> {
        controllers_ready(&self.lease, &self.kubeconfig).await
    }
}

impl Cluster for ControlPlane {
    fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }
}

/// Waits until the API server says that it is ready.
pub(crate) async fn apiserver_ready(lease: &Lease, kubeconfig: &Path) -> Result<()> {
    lease
        .ready(APISERVER, READY, async || {
            let client = client_for(kubeconfig).await?;
            let request = http::Request::get("/readyz").body(Vec::new()).context("make a request")?;
            let answer = client.request_text(request).await.context("ask the API server whether it is ready")?;
            if answer == "ok" { Ok(()) } else { bail!("the API server says {answer}") }
        })
        .await
}

/// Waits until the controller-manager has done its first work: no pod can be made before.
pub(crate) async fn controllers_ready(lease: &Lease, kubeconfig: &Path) -> Result<()> {
    let client = client_for(kubeconfig).await?;
    let accounts: Api<ServiceAccount> = Api::namespaced(client, "default");
    lease
        .ready(CONTROLLERS, READY, async || {
            accounts.get("default").await.map(drop).context("the first service account")
        })
        .await
}
