//! The parts of a control plane with their arguments, the same on loopback and on a real node.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::ValueEnum;

use crate::certificates::{Authority, Files};
use crate::kubeconfig::{self, Identity};
use crate::programs;
use crate::protocol::Part;

/// The network that Services get their addresses from.
pub const SERVICES: &str = "10.96.0.0/16";
/// The address of the Service `default/kubernetes`.
const KUBERNETES: &str = "10.96.0.1";

/// A supported version of Kubernetes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Version {
    /// The newest.
    #[default]
    #[value(name = "1.36")]
    Newest,
    /// The oldest; only its API server differs, controllers are the newest ones.
    #[value(name = "1.34")]
    Oldest,
}

impl Version {
    fn apiserver(self) -> Result<PathBuf> {
        match self {
            Self::Newest => programs::built("kubernetes", "kube-apiserver"),
            Self::Oldest => programs::built("kubernetes-1.34", "kube-apiserver-1.34"),
        }
    }
}

/// Where an API server listens.
pub struct Place {
    /// The address that it listens on.
    pub bind: String,
    /// The address by which clients know it.
    pub address: String,
    /// Its port.
    pub port: u16,
    /// Whether kubelets join it.
    pub nodes: bool,
}

impl Place {
    /// Its URL.
    pub fn url(&self) -> String {
        format!("https://{}:{}", self.address, self.port)
    }
}

/// Certificates and keys that the parts share.
pub struct Identities {
    /// Who signs everything.
    pub authority: Authority,
    server: Files,
    accounts: Files,
    kubelet_client: Files,
}

impl Identities {
    /// Makes all, in `folder`.
    pub fn new(folder: &Path, place: &Place) -> Result<Self> {
        let authority = Authority::new(folder)?;
        let names = [
            "127.0.0.1",
            &place.address,
            KUBERNETES,
            "localhost",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
        ];
        Ok(Self {
            server: authority.server("apiserver", &names)?,
            accounts: authority.bare_key("service-accounts")?,
            kubelet_client: authority.client_files(
                "kubelet-client",
                "kube-apiserver-kubelet-client",
                Some("system:masters"),
            )?,
            authority,
        })
    }

    /// Writes a kubeconfig for one of the system's own users.
    pub fn kubeconfig(&self, path: &Path, url: &str, user: &str, group: Option<&str>) -> Result<()> {
        let pair = self.authority.client(user, group)?;
        kubeconfig::write(path, url, &self.authority.pem(), &Identity::Certificate(&pair))
    }
}

/// kube-apiserver.
pub fn apiserver(
    version: Version,
    folder: &Path,
    place: &Place,
    identities: &Identities,
    etcd: &str,
    prefix: &str,
) -> Result<Part> {
    let show = |path: &Path| path.display().to_string();
    let part = Part::new("kube-apiserver", version.apiserver()?)
        .flag("etcd-servers", etcd)
        .flag("etcd-prefix", prefix)
        .flag("bind-address", &place.bind)
        .flag("advertise-address", &place.address)
        .flag("secure-port", place.port)
        .flag("cert-dir", show(&folder.join("apiserver")))
        .flag("tls-cert-file", show(&identities.server.certificate))
        .flag("tls-private-key-file", show(&identities.server.key))
        .flag("client-ca-file", show(&identities.authority.certificate()))
        .flag("service-account-issuer", "https://kubernetes.default.svc.cluster.local")
        .flag("service-account-key-file", show(&identities.accounts.certificate))
        .flag("service-account-signing-key-file", show(&identities.accounts.key))
        .flag("service-cluster-ip-range", SERVICES)
        .flag("allow-privileged", true)
        .flag("profiling", false);
    Ok(if place.nodes {
        part.flag("authorization-mode", "Node,RBAC")
            .flag("enable-admission-plugins", "NodeRestriction")
            .flag("kubelet-client-certificate", show(&identities.kubelet_client.certificate))
            .flag("kubelet-client-key", show(&identities.kubelet_client.key))
            .flag("kubelet-certificate-authority", show(&identities.authority.certificate()))
            .flag("kubelet-preferred-address-types", "InternalIP")
    } else {
        part.flag("authorization-mode", "RBAC").flag("endpoint-reconciler-type", "none")
    })
}

/// kube-controller-manager.
pub fn controller_manager(folder: &Path, place: &Place, identities: &Identities) -> Result<Part> {
    let config = folder.join("controller-manager.kubeconfig");
    identities.kubeconfig(&config, &place.url(), "system:kube-controller-manager", None)?;
    let authority = &identities.authority;
    Ok(Part::new("kube-controller-manager", programs::built("kubernetes", "kube-controller-manager")?)
        .flag("kubeconfig", config.display())
        .flag("use-service-account-credentials", true)
        .flag("service-account-private-key-file", identities.accounts.key.display())
        .flag("root-ca-file", authority.certificate().display())
        .flag("cluster-signing-cert-file", authority.certificate().display())
        .flag("cluster-signing-key-file", authority.key().display())
        .flag("leader-elect", false)
        .flag("secure-port", 0)
        .flag("profiling", false))
}

/// kube-scheduler.
pub fn scheduler(folder: &Path, place: &Place, identities: &Identities) -> Result<Part> {
    let config = folder.join("scheduler.kubeconfig");
    identities.kubeconfig(&config, &place.url(), "system:kube-scheduler", None)?;
    Ok(Part::new("kube-scheduler", programs::built("kubernetes", "kube-scheduler")?)
        .flag("kubeconfig", config.display())
        .flag("leader-elect", false)
        .flag("secure-port", 0)
        .flag("profiling", false))
}
